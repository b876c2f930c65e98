"""A number for each row of a table, so that rows written alike have the same.

It is made of parts of their cells, and so says only which rows surely differ. The numbers of a long
table wait in files: memory is not to grow with its rows.
"""

import os
from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from acopio.validators.tabular.splitting import Cells
from acopio.validators.tabular.texts import Texts

if TYPE_CHECKING:
    import numpy as np

    Ints = np.ndarray[Any, Any]

# An odd number without a pattern.
_SPREAD = 0x9E3779B97F4A7C15
_BITS = 64
# Numbers compared at once, in bits of their count, and bytes read at once.
_TOGETHER_BITS, _READ = 21, 8 << 20


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
    """The numbers of a table's rows, kept in files without a name: they go with their process.

    There is one for the process that made them, and one for its copy (see ``beside``).
    """

    def __init__(self) -> None:
        self._process = os.getpid()
        self._own, self._copy = TemporaryFile(), TemporaryFile()  # noqa: SIM115 - see __exit__

    def __enter__(self) -> Self:
        """Give itself, to be added to."""
        return self

    def __exit__(self, *_: object) -> None:
        """Forget all numbers."""
        self._own.close()
        self._copy.close()

    def add(self, keys: "Ints") -> None:
        """Add those of some rows."""
        self._mine().write(keys.tobytes())

    def flush(self) -> None:
        """Let the other process read what this one added."""
        self._mine().flush()

    def _mine(self) -> BinaryIO:
        return self._own if os.getpid() == self._process else self._copy

    def all_differ(self, rows: int) -> bool:
        """Tell whether the numbers of all ``rows`` are here, and none twice; all were flushed."""
        import numpy as np

        files = (self._own, self._copy)
        held = sum(file.seek(0, os.SEEK_END) for file in files)
        if not rows or held != rows * np.dtype(np.uint64).itemsize:
            return False
        bits = max(0, rows.bit_length() - _TOGETHER_BITS)
        return all(_differ(files, part, bits) for part in range(1 << bits))


def _differ(files: Sequence[BinaryIO], part: int, bits: int) -> bool:
    """Tell whether those numbers are all different whose first ``bits`` are ``part``."""
    import numpy as np

    shift = np.uint64(_BITS - bits)
    found = [keys[keys >> shift == part] if bits else keys for keys in _pieces(files)]
    keys = np.sort(np.concatenate(found))
    return not bool((keys[1:] == keys[:-1]).any())


def _pieces(files: Sequence[BinaryIO]) -> "Iterator[Ints]":
    import numpy as np

    for file in files:
        file.seek(0)
        while data := file.read(_READ):
            yield np.frombuffer(data, np.uint64)
