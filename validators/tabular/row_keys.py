"""A number for each row of a block, so that rows written alike have the same.

It is made of parts of their cells, and so says only which rows surely differ.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from acopio.validators.tabular.splitting import Cells
from acopio.validators.tabular.texts import Texts

if TYPE_CHECKING:
    import numpy as np

    Ints = np.ndarray[Any, Any]

# An odd number without a pattern.
_SPREAD = 0x9E3779B97F4A7C15


def row_keys(columns: Sequence[Texts]) -> "Ints":
    """Return a number for each row of some columns."""
    import numpy as np

    found = np.zeros(len(columns[0]) if columns else 0, dtype=np.uint64)
    for texts in columns:
        found ^= texts.keys()
        # Each bit is to depend on many of those before.
        found *= np.uint64(_SPREAD)
        found ^= found >> np.uint64(32)
    return found


def ragged_keys(rows: Sequence[Cells]) -> "Ints":
    """Return a number for each of some rows that do not have the table's width."""
    import numpy as np

    hashes = (hash(tuple(cells)) for cells in rows)
    return np.fromiter(hashes, np.int64, len(rows)).astype(np.uint64)
