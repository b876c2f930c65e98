"""Give DuckDB the rows of a sheet, as the texts they were counted by."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from acopio.tables.reading import sheet_named
from acopio.tables.sheet import Row
from acopio.validators.records import (
    Ask,
    answered,
    below,
    cells_kept,
    register_cells,
    register_rows,
)
from acopio.validators.sheets.book import Surveyed
from acopio.validators.sheets.texts import cell_text, texts_of

T = TypeVar("T")


def over_cells(
    path: Path, real: str, surveyed: Surveyed, columns: Sequence[int], ask: Ask[T]
) -> T | None:
    """Answer as ``records.over_cells`` about a sheet of the file at ``path``.

    ``real`` is the file's format. The sheet is read once. Raises Unreadable.
    """
    kept = cells_kept(columns)
    places = [place for _, place in kept]
    names = [(name, number) for number, (name, _) in enumerate(kept)]
    with sheet_named(path, real, surveyed.name) as sheet:
        rows = (_chosen(row, places) for row in sheet.rows())
        batches = below(rows, surveyed.layout.header_row)
        provide = partial(register_cells, kept=names, batches=batches)
        return answered(path, [provide], surveyed.survey, ask)


def over_rows(path: Path, real: str, surveyed: Surveyed, ask: Ask[T]) -> T | None:
    """Answer as ``records.over_rows`` about a sheet of the file at ``path``. Raises Unreadable."""
    with sheet_named(path, real, surveyed.name) as sheet:
        batches = below(map(texts_of, sheet.rows()), surveyed.layout.header_row)
        provide = partial(register_rows, batches=batches)
        return answered(path, [provide], surveyed.survey, ask)


def _chosen(row: Row, places: Sequence[int]) -> list[str]:
    return [cell_text(row[place]) if place < len(row) else "" for place in places]
