"""One column of one block as texts, and the different texts a column has shown so far."""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Ints = np.ndarray[Any, Any]

_WORD = 8
# Odd numbers without a pattern, for multiplications that spread what they are given.
_LENGTH, _END = 0x94D049BB133111EB, 0xBF58476D1CE4E5B9


class Vocabulary:
    """The different texts of a column, numbered from 0 in the order they came.

    ``keys`` are theirs, as ``text_keys`` makes them.
    """

    def __init__(self) -> None:
        import numpy as np
        import pyarrow as pa

        self.texts: list[str] = []
        self.keys = np.zeros(0, dtype=np.uint64)
        self._known = pa.array([], pa.string())

    def learn(self, column: "pa.StringArray", most: int) -> "tuple[Ints, Ints] | None":
        """Return the number of each cell's text, and the rows where those new to it first stand.

        Returns None, having learnt nothing, if it were to know more than ``most`` texts then.
        """
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        found = pc.index_in(column, value_set=self._known)
        if not found.null_count:
            return found.to_numpy(), np.zeros(0, dtype=np.int64)
        numbers = pc.fill_null(found, -1).to_numpy()
        unknown = np.flatnonzero(numbers < 0)
        new = column.take(pa.array(unknown)).dictionary_encode()
        if len(self.texts) + len(new.dictionary) > most:
            return None
        codes = new.indices.to_numpy(zero_copy_only=False)
        numbers = numbers.copy()
        numbers[unknown] = codes + len(self.texts)
        self.texts += new.dictionary.to_pylist()
        self.keys = np.concatenate([self.keys, text_keys(new.dictionary)])
        self._known = pa.concat_arrays([self._known, new.dictionary])
        return numbers, unknown[first_of_each(codes, len(new.dictionary))]

    def column(self, start: int) -> "pa.StringArray":
        """Return the texts from the ``start``-th on."""
        return self._known.slice(start)


def first_of_each(codes: "Ints", count: int) -> "Ints":
    """Return where each of ``count`` codes, given from 0 in the order of the rows, first stands."""
    import numpy as np

    # Each comes first where the highest so far rises.
    found: Ints = np.searchsorted(np.maximum.accumulate(codes), np.arange(count))
    return found


class Texts:
    """A column of one block: what several ask of it is worked out once.

    ``numbers`` are those of its texts in ``vocabulary``, both None until they were looked up.
    """

    def __init__(self, column: "pa.StringArray") -> None:
        self.column = column
        self.vocabulary: Vocabulary | None = None
        self.numbers: Ints | None = None
        self._casts: dict[pa.DataType, pa.Array | pa.ArrowInvalid] = {}

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.column)

    def look_up(self, vocabulary: Vocabulary, most: int) -> "tuple[Ints, Ints] | None":
        """Return the texts' numbers and the rows of the new ones; None if there are too many.

        ``most`` is how many the vocabulary may have then.
        """
        learnt = vocabulary.learn(self.column, most)
        if learnt is not None:
            self.vocabulary, self.numbers = vocabulary, learnt[0]
        return learnt

    def keys(self) -> "Ints":
        """Return a number for each text, as ``text_keys`` makes them."""
        if self.vocabulary is None or self.numbers is None:
            return text_keys(self.column)
        return self.vocabulary.keys[self.numbers]

    def cast(self, kind: "pa.DataType") -> "pa.Array":
        """Return the texts, none of them in a dictionary, as ``kind``.

        Raises ArrowInvalid if one cannot be.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        if kind not in self._casts:
            try:
                self._casts[kind] = pc.cast(self.column, kind)
            except pa.ArrowInvalid as error:
                self._casts[kind] = error
        found = self._casts[kind]
        if isinstance(found, pa.ArrowInvalid):
            raise found
        return found

    def longest(self) -> int:
        """Return the bytes of the longest text."""
        import numpy as np

        _, begins = bytes_of(self.column)
        return int(np.diff(begins).max(initial=0))

    def slice(self, start: int, size: int) -> "Texts":
        """Return some of the rows."""
        return Texts(self.column.slice(start, size))


def bytes_of(column: "pa.StringArray") -> "tuple[Ints, Ints]":
    """Return the bytes of a column's texts, and where each begins and the last ends."""
    import numpy as np

    _, offsets, data = column.buffers()
    begins = np.frombuffer(offsets, dtype=np.int32)[column.offset :][: len(column) + 1]
    return np.frombuffer(data or b"", dtype=np.uint8), begins


def text_keys(column: "pa.StringArray") -> "Ints":
    """Return a number for each text, made of its length, its first and its last bytes.

    Those that are alike have the same; those of one number may still be different.
    """
    import numpy as np

    if not len(column):
        return np.zeros(0, dtype=np.uint64)
    text, begins = bytes_of(column)
    text = np.append(text[: begins[-1]], np.zeros(_WORD, dtype=np.uint8))
    # Eight bytes from each place on, as one number; places overlap.
    words = np.ndarray(len(text) - _WORD + 1, dtype="<u8", buffer=text, strides=(1,))
    starts, ends = begins[:-1].astype(np.int64), begins[1:].astype(np.int64)
    lengths = ends - starts
    keys: Ints = words[starts] & _kept().take(lengths, mode="clip")
    if lengths.max() > _WORD:
        last = words[np.maximum(ends - _WORD, starts)] * np.uint64(_END)
        # What a shorter text lacks of a word is its neighbour's.
        keys ^= last * (lengths > _WORD)
    keys += lengths.view(np.uint64) * np.uint64(_LENGTH)
    return keys


@cache
def _kept() -> "Ints":
    """Return what is kept of a word for a text so many bytes long; all of it if it is longer."""
    import numpy as np

    return np.array([(1 << 8 * count) - 1 for count in range(_WORD + 1)], dtype=np.uint64)
