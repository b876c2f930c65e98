"""A number for each row of a table, so that rows written alike have the same.

It is made of parts of their cells, and so says only which rows surely differ. The numbers of a long
table wait in files: memory is not to grow with its rows.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from acopio.validators.tabular.splitting import Cells
from acopio.validators.tabular.texts import Texts

if TYPE_CHECKING:
    import numpy as np

    Ints = np.ndarray[Any, Any]

# An odd number without a pattern.
_SPREAD = 0x9E3779B97F4A7C15
_BITS = 64
# Numbers compared at once, in bits of their count, and read at once.
_TOGETHER_BITS, _READ = 21, 1 << 20


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


class KeptKeys:
    """The numbers of a table's rows, in a folder: each process that adds some has a file there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: BinaryIO | None = None

    def add(self, keys: "Ints") -> None:
        """Add those of some rows."""
        if self._file is None:
            self._file = (self._folder / str(os.getpid())).open("wb")
        self._file.write(keys.tobytes())

    def close(self) -> None:
        """Let others read what this process added."""
        if self._file is not None:
            self._file.close()

    def all_differ(self, rows: int) -> bool:
        """Tell whether the numbers of all ``rows`` are here, and none twice; all have closed it."""
        import numpy as np

        files = list(self._folder.iterdir())
        if sum(file.stat().st_size for file in files) != rows * np.dtype(np.uint64).itemsize:
            return False
        parts = max(0, rows.bit_length() - _TOGETHER_BITS)
        return rows > 0 and all(_differ(files, part, parts) for part in range(1 << parts))


def _differ(files: Sequence[Path], part: int, bits: int) -> bool:
    """Tell whether those numbers are all different whose first ``bits`` are ``part``."""
    import numpy as np

    shift = np.uint64(_BITS - bits)
    found = [keys[keys >> shift == part] if bits else keys for keys in _pieces(files)]
    keys = np.sort(np.concatenate(found))
    return not bool((keys[1:] == keys[:-1]).any())


def _pieces(files: Sequence[Path]) -> "Iterator[Ints]":
    import numpy as np

    for path in files:
        with path.open("rb") as file:
            while len(keys := np.fromfile(file, np.uint64, _READ)):
                yield keys
