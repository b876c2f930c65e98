"""Copy the rows: into the clean CSV, the list of rejects, and what will be Parquet."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from acopio.publishers.cleaning.columns import Column
from acopio.publishers.cleaning.reading import Original, Record
from acopio.publishers.cleaning.twin import Spill
from acopio.publishers.cleaning.typed import TypedOriginal

# One batch in memory: rows, and characters, whichever comes first.
BATCH_ROWS = 16_384
BATCH_CHARACTERS = 16_000_000

# A cell the twin could not take: its row, its place in it, its field, what stood there.
Reject = tuple[int, int, str, str]


class Copy:
    """Three files written row by row in ``folder``: ``data``, ``rejects``, and the spilled twin.

    ``header`` is what the CSV's first row says; ``unnamed`` the columns the source gave no name,
    which go by their field's. The counts are final once it is closed.
    """

    def __init__(
        self, folder: Path, original: Original | TypedOriginal, columns: Sequence[Column]
    ) -> None:
        self.columns = columns
        self.rows = self.rejects = self.extra_cells = 0
        self.trailing_empty = self.missing_cells = 0
        labels = original.labels if original.has_header else [""] * len(columns)
        self.header = [label or c.name for label, c in zip(labels, columns, strict=True)]
        self.unnamed = [c.name for label, c in zip(labels, columns, strict=True) if not label]
        self._csv = (folder / "data").open("w", encoding="utf-8", newline="")
        self._rejects = (folder / "rejects").open("w", encoding="utf-8", newline="")
        self._write = csv.writer(self._csv)
        self._reject = csv.writer(self._rejects)
        self._write.writerow(self.header)
        self._reject.writerow(["row", "field", "original"])
        self.spill = Spill(folder / "spill", columns)

    def add(self, batch: list[Record]) -> None:
        """Copy a batch of numbered rows."""
        width = len(self.columns)
        bad: list[Reject] = []  # row, place, field, original
        extras: dict[int, list[str]] = {}
        for index, (number, cells) in enumerate(batch):
            if len(cells) > width:
                extras[index] = self._beyond(number, cells, bad)
            elif len(cells) < width:
                self._fill(number, cells, bad)
        texts, values = [], []
        by_column = zip(*(cells for _, cells in batch), strict=True) if width else ()
        for place, (column, raw) in enumerate(zip(self.columns, by_column, strict=True)):
            text, value, broken = column.take(raw)
            texts.append(text)
            values.append(value)
            bad += [(batch[index][0], place, column.name, raw[index]) for index in broken]
        rows = list(zip(*texts, strict=True))
        self._write.writerows([*row, *extras.get(i, ())] for i, row in enumerate(rows))
        self.spill.add(values)
        self.rows += len(batch)
        self.rejects += len(bad)
        self._reject.writerows((row, field, cell) for row, _, field, cell in sorted(bad))

    def _beyond(self, number: int, cells: list[str], bad: list[Reject]) -> list[str]:
        width = len(self.columns)
        extra = cells[width:]
        del cells[width:]
        before = len(extra)
        while extra and not extra[-1]:
            extra.pop()
        self.trailing_empty += before - len(extra)
        self.extra_cells += len(extra)
        bad += [(number, width + place, "", cell) for place, cell in enumerate(extra) if cell]
        return extra

    def _fill(self, number: int, cells: list[str], bad: list[Reject]) -> None:
        have = len(cells)
        absent = self.columns[have:]
        cells.extend([""] * len(absent))
        self.missing_cells += len(absent)
        bad += [(number, have + i, c.name, "") for i, c in enumerate(absent) if c.required]

    def close(self) -> None:
        """Close the files; the counts are final."""
        self._csv.close()
        self._rejects.close()
        self.spill.close()


def batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    """Yield records in lists that fit into memory."""
    batch: list[Record] = []
    characters = 0
    for record in records:
        batch.append(record)
        characters += sum(map(len, record[1]))
        if len(batch) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
