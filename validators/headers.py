"""Find the header of a table among its first rows: below titles, perhaps in two rows."""

import re
from collections import Counter
from collections.abc import Sequence

Rows = Sequence[Sequence[str]]

BLANK = "\x00 \t\r\n\v\f\x1a\ufeff"
# Rows above the header: more of them than this and the file is a report, not a table.
_TITLES = 30
# Rows looked at below a header of two rows.
_BELOW = 20
_NUMBER = re.compile(r"\s*[-+]?[\d.,/:-]*\d\s*")
_YEAR = re.compile(r"\s*(?:19|20)\d\d\s*")


def shape(rows: Rows) -> tuple[int, float]:
    """Return the most common width of non-blank rows and the share of rows that have it."""
    widths = Counter(len(row) for row in rows if holds_anything(row))
    if not widths:
        return 0, 0.0
    width, votes = max(widths.items(), key=lambda item: (item[1], item[0]))
    return width, votes / widths.total()


def holds_anything(row: Sequence[str]) -> bool:
    """Tell whether a row is not blank."""
    return any(cell.strip(BLANK) for cell in row)


def filled(row: Sequence[str]) -> int:
    """Return how many cells of a row hold something."""
    return sum(1 for cell in row if cell.strip(BLANK))


def header_index(rows: Rows) -> int:
    """Return the index of the header in rows that are not all blank: the first that is no title.

    A title fills a cell or two of a wide table; a row as wide as the table that fills more than
    one cell is a header with blank labels. Where the row found instead looks like data, the
    first non-blank row is the header after all.
    """
    counts = [filled(row) for row in rows]
    first = next(index for index, count in enumerate(counts) if count)
    usual = sorted(count for count in counts if count)[sum(map(bool, counts)) // 2]
    most = max(1, usual // 4)
    width, _ = shape(rows)
    for index in range(first, min(len(rows), first + _TITLES)):
        whole = counts[index] > 1 and len(rows[index]) >= width
        if counts[index] > most or whole or (usual == 1 and counts[index]):
            return first if index > first and _like_data(rows[index]) else index
        if usual == 2 and len(rows[index]) > 1:
            # In a table of two columns a header with a blank label looks like a title.
            return first
    return first


def is_merged(rows: Rows, header: int) -> bool:
    """Tell whether labels stand in two rows, as where a cell was merged over several columns.

    The upper row leaves blank what the lower one fills, and below them both are numbers.
    """
    below = rows[header + 1 : header + 2]
    if below and _stretches(rows[header], below[0], rows[header + 2 : header + 2 + _BELOW]):
        return True
    return header > 0 and _stretches(
        rows[header - 1], rows[header], rows[header + 1 : header + 1 + _BELOW]
    )


def header_confidence(rows: Rows, header: int) -> float:
    """Return, 0 to 1, the share of the header's cells that are labels: words, none twice."""
    cells = [cell.strip(BLANK) for cell in rows[header]]
    labels = {cell for cell in cells if cell and (_YEAR.fullmatch(cell) or not _is_number(cell))}
    return round(len(labels) / len(cells), 2) if cells else 0.0


def _stretches(upper: Sequence[str], lower: Sequence[str], data: Rows) -> bool:
    """Tell whether ``lower`` divides labels of ``upper`` that cover several columns."""
    groups = [index for index, cell in enumerate(upper) if cell.strip(BLANK)]
    if len(groups) < 2:
        # A lone cell is a title.
        return False
    gaps = [
        index
        for index in range(groups[0] + 1, min(len(upper), len(lower)))
        if not upper[index].strip(BLANK) and lower[index].strip(BLANK)
    ]
    labels = all(_YEAR.fullmatch(lower[index]) or not _is_number(lower[index]) for index in gaps)
    return bool(gaps) and labels and all(_is_numeric(data, index) for index in gaps)


def _is_numeric(rows: Rows, index: int) -> bool:
    cells = [row[index] for row in rows if index < len(row) and row[index].strip(BLANK)]
    return sum(map(_is_number, cells)) * 2 > len(cells)


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None


def _like_data(row: Sequence[str]) -> bool:
    cells = [cell for cell in row if cell.strip()]
    return sum(map(_is_number, cells)) * 2 > len(cells)
