"""Split a block into cells: PyArrow's CSV reader, which reads quotes as Python's csv module does.

Both open a cell at a quote only where the cell starts, take two quotes inside for one, and go on
unquoted after a closing one. They differ at an empty line, which PyArrow gives as a row of empty
cells and Python as one of none (``bare`` tells them apart), and at a quote that never closes, which
``blocks`` does not let through.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from acopio.validators.tabular.blocks import Marks, Unproved

if TYPE_CHECKING:
    import pyarrow as pa

Cells = list[str]
# Rows of a block that may be empty or of another width: each of them is looked at alone. No real
# table comes near, but a file of mere line ends would fill the memory.
IRREGULAR = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A block as columns: ``columns`` of its regular rows, ``ragged`` its others by their place.

    Places count all rows of the block, from 0.
    """

    block: bytes
    marks: Marks
    columns: tuple["pa.StringArray", ...]
    ragged: tuple[tuple[int, Cells], ...]
    rows: int

    def places(self, regular: Sequence[int]) -> list[int]:
        """Return the places in the block of some of its regular rows, given in rising order."""
        found, skipped = [], 0
        irregular = [place for place, _ in self.ragged]
        for index in regular:
            while skipped < len(irregular) and irregular[skipped] <= index + skipped:
                skipped += 1
            found.append(index + skipped)
        return found

    def cells(self, index: int) -> Cells:
        """Return the cells of a regular row."""
        return [column[index].as_py() for column in self.columns]

    def bare(self) -> frozenset[int]:
        """Return which regular rows are empty lines, and so have no cells at all.

        Raises Unproved where they are too many.
        """
        rows = _all_empty(self.columns)
        if not rows:
            return frozenset()
        places = dict(zip(self.places(rows), rows, strict=True))
        quoted = self.marks.quote in self.block
        lines = _rows(self.block.decode(), self.marks) if quoted else self.block.splitlines()
        return frozenset(
            places[place] for place, line in enumerate(lines) if place in places and not line
        )


def _all_empty(columns: Sequence["pa.StringArray"]) -> list[int]:
    """Return the rows whose cells are all empty."""
    import pyarrow.compute as pc

    every = pc.equal(pc.binary_length(columns[0]), 0)
    for column in columns[1:]:
        empty = pc.equal(pc.binary_length(column), 0)
        every = pc.and_(every, empty)
        if not pc.any(every).as_py():
            return []
    if (pc.sum(every).as_py() or 0) > IRREGULAR:
        raise Unproved("irregular")
    rows: list[int] = pc.indices_nonzero(every).to_pylist()
    return rows


def split(block: bytes, marks: Marks, width: int) -> Split:
    """Split a block of whole rows, at least one, into ``width`` columns.

    Raises Unproved for what PyArrow cannot read, and for too many irregular rows.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow

    # A cell takes a byte at least, its mark: lines that would have more are short or empty.
    if _line_ends(block) * width > 1.5 * len(block) + IRREGULAR:
        raise Unproved("irregular")
    names = [str(number) for number in range(width)]
    odd: list[tuple[int, str]] = []

    def keep(row: "arrow.InvalidRow") -> str:
        odd.append((row.number - 1, row.text))
        return "skip" if len(odd) <= IRREGULAR else "error"

    try:
        table = arrow.read_csv(
            pa.py_buffer(block),
            read_options=arrow.ReadOptions(
                use_threads=False, block_size=len(block) + 1, column_names=names
            ),
            parse_options=arrow.ParseOptions(
                delimiter=marks.delimiter.decode(),
                quote_char=marks.quote.decode(),
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            convert_options=arrow.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowException:
        raise Unproved("irregular" if len(odd) > IRREGULAR else "unreadable") from None
    columns = tuple(_whole(column) for column in table.columns)
    ragged = tuple(_cells(odd, marks))
    return Split(
        block=block,
        marks=marks,
        columns=columns,
        ragged=ragged,
        rows=table.num_rows + len(ragged),
    )


def _line_ends(block: bytes) -> int:
    """Return how many line ends there are of the more frequent kind."""
    import numpy as np

    text = np.frombuffer(block, dtype=np.uint8)
    # Five times as fast as ``bytes.count``, which starts anew after each one it finds.
    counts = (int(np.count_nonzero(text == end)) for end in b"\n\r" if end in block)
    return max(counts, default=0)


def _whole(column: "pa.ChunkedArray") -> "pa.Array":
    # To combine is to copy.
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _cells(odd: Sequence[tuple[int, str]], marks: Marks) -> Iterator[tuple[int, Cells]]:
    for place, text in odd:
        try:
            cells = next(_rows(text, marks))
        except csv.Error:
            # A cell beyond the limit in force: who reads by Python's csv says so.
            raise Unproved("unreadable") from None
        yield place, cells


def _rows(text: str, marks: Marks) -> Iterator[Cells]:
    return csv.reader(
        io.StringIO(text, newline=""),
        delimiter=marks.delimiter.decode(),
        quotechar=marks.quote.decode(),
    )
