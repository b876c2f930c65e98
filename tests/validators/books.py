"""Write small spreadsheets and other tables for the tests, by libraries of other people."""

import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Rows = Sequence[Sequence[Any]]


def write_xlsx(path: Path, sheets: Mapping[str, Rows], *, hidden: Sequence[str] = ()) -> Path:
    """Write an XLSX workbook."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
    book.save(path)
    return path


def write_ods(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """Write an OpenDocument workbook."""
    with warnings.catch_warnings():
        # It has escapes in texts that Python warns of when it first compiles them.
        warnings.simplefilter("ignore")
        import ezodf

    book = ezodf.newdoc(doctype="ods", filename=str(path))
    for name, rows in sheets.items():
        sheet = ezodf.Sheet(name, size=(len(rows), max(map(len, rows))))
        book.sheets += sheet
        for down, row in enumerate(rows):
            for right, cell in enumerate(row):
                if cell is not None:
                    sheet[down, right].set_value(cell)
    book.save()
    return path


def write_parquet(path: Path, columns: Mapping[str, Sequence[Any]]) -> Path:
    """Write a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table(dict(columns)), path)
    return path


def write_lines(path: Path, records: Sequence[Any]) -> Path:
    """Write JSON Lines."""
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def write_features(path: Path, properties: Sequence[Any]) -> Path:
    """Write a GeoJSON file of points."""
    point = {"type": "Point", "coordinates": [-77.0, -12.0]}
    features = [{"type": "Feature", "geometry": point, "properties": one} for one in properties]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path
