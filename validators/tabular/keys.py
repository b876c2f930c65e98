"""Find repeated keys out of core: which rows break uniqueness, and which rows they repeat.

frictionless keeps every value it has seen in memory and names the previous row that holds it. Here
DuckDB sorts the values; frictionless is shown both rows, and says the rest itself.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from acopio.validators.tabular.blocks import Unproved
from acopio.validators.tabular.judge import LET_OUT
from acopio.validators.tabular.splitting import Split

if TYPE_CHECKING:
    import pyarrow as pa

# Errors looked at; frictionless stops at a thousand.
_LIMIT = 1001
_MEMORY = "128MB"
_REMEMBERED = 200_000
# Types whose values are equal exactly when their canonical texts are.
_TYPES = frozenset({"string", "any", "integer", "number", "date", "year", "boolean"})
_NONE = "\x00"

Rule = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What must not repeat: ``unique`` columns and those of the ``primary`` key, by place."""

    unique: tuple[int, ...] = ()
    primary: tuple[int, ...] = ()

    @property
    def columns(self) -> tuple[int, ...]:
        """Return the places of all columns concerned, each once."""
        return tuple(dict.fromkeys((*self.unique, *self.primary)))


def keys_of(fields: Sequence[Any], primary_key: Sequence[str]) -> Keys:
    """Return the keys of a table by its expected fields. Raises Unproved for types not compared."""
    names = [one.name for one in fields]
    primary = [names.index(name) for name in primary_key if name in names]
    keys = Keys(
        unique=tuple(n for n, one in enumerate(fields) if one.constraints.get("unique")),
        # Where a column of it is not there frictionless looks for none of it.
        primary=tuple(primary) if len(primary) == len(primary_key) else (),
    )
    if any(fields[place].type not in _TYPES for place in keys.columns):
        raise Unproved("keys")
    return keys


class KeyReader:
    """Turns the cells of key columns into canonical texts, None where there is no value."""

    def __init__(self, fields: Sequence[Any], keys: Keys) -> None:
        self._keys = keys
        self._casts = {place: _Canonical(fields[place]) for place in keys.columns}

    def read(self, parts: Split, bare: Collection[int]) -> "pa.Table":
        """Return the place and the canonical key cells of all rows of a block.

        ``bare`` are the regular rows that are empty lines, and have no cells.
        """
        import pyarrow as pa

        ragged = dict(parts.ragged)
        regular = parts.places(range(parts.rows - len(ragged)))
        columns: dict[str, Any] = {"place": [*regular, *ragged]}
        for place, canonical in self._casts.items():
            texts: list[str | None] = parts.columns[place].to_pylist() if regular else []
            for row in bare:
                texts[row] = None
            texts += (cells[place] if place < len(cells) else None for cells in ragged.values())
            found = [None if text is None else canonical[text] for text in texts]
            columns[f"k{place}"] = pa.array(found, pa.string())
        return pa.table(columns)


class _Canonical(dict[str, str | None]):
    """A lookup of cells' canonical texts that works out those it does not know."""

    def __init__(self, one: Any) -> None:
        super().__init__()
        self._read: Callable[[str], tuple[Any, Any]] = one.create_cell_reader()

    def __missing__(self, text: str) -> str | None:
        try:
            value, _ = self._read(text)
            found = None if value is None else _canonical(value)
        except LET_OUT:
            raise Unproved("reader") from None
        if len(self) < _REMEMBERED:
            self[text] = found
        return found


def _canonical(value: Any) -> str:
    if not isinstance(value, Decimal | float):
        return str(value)
    exact = Decimal(value)
    if not exact.is_finite():
        if exact.is_nan():
            # It equals nothing, itself included.
            raise Unproved("keys-nan")
        return str(exact)
    sign, digits, exponent = exact.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    bare = text.rstrip("0")
    if not bare:
        return "0"
    return f"{'-' * sign}{bare}e{int(exponent) + len(text) - len(bare)}"


@dataclass(slots=True)
class Repeated:
    """Rows by number that frictionless must see for the keys' sake, and the errors in all."""

    rows: set[int] = field(default_factory=set)
    counts: Counter[Rule] = field(default_factory=Counter)


@contextmanager
def _within_memory() -> Iterator[None]:
    import duckdb

    try:
        yield
    except duckdb.Error:
        raise Unproved("keys-memory") from None


class KeyStore:
    """Keeps keys in DuckDB, which spills them to disk, until they can be compared."""

    def __init__(self, fields: Sequence[Any], keys: Keys) -> None:
        import duckdb

        self._keys = keys
        self._names = [one.name for one in fields]
        self._stack = ExitStack()
        folder = self._stack.enter_context(TemporaryDirectory(prefix="acopio-"))
        options: dict[str, Any] = {
            "memory_limit": _MEMORY,
            "threads": "2",
            "temp_directory": folder,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        opened = duckdb.connect(f"{folder}/keys.duckdb", config=options)
        self._connection: duckdb.DuckDBPyConnection = self._stack.enter_context(opened)
        columns = "".join(f", k{place} VARCHAR" for place in keys.columns)
        self._connection.execute(f"CREATE TABLE keys (number BIGINT{columns})")

    def add(self, found: "pa.Table", first: int) -> None:
        """Add a block's keys; its first row has the number ``first``.

        Raises Unproved for keys too long to be compared in the memory there is.
        """
        names = "".join(f", k{place}" for place in self._keys.columns)
        with _within_memory():
            self._connection.register("found", found)
            self._connection.execute(f"INSERT INTO keys SELECT place + {first}{names} FROM found")  # noqa: S608
            self._connection.unregister("found")

    def repeated(self) -> Repeated:
        """Return what repeats. Raises Unproved as ``add`` does."""
        found = Repeated()
        with _within_memory():
            for place in self._keys.unique:
                self._look(f"k{place}", f"k{place} IS NOT NULL", found, "unique-error", place)
            if self._keys.primary:
                self._look_at_primary(found)
        return found

    def close(self) -> None:
        """Forget all keys."""
        with _within_memory():
            self._stack.close()

    def _look_at_primary(self, found: Repeated) -> None:
        cells = [f"k{place}" for place in self._keys.primary]
        nothing = " AND ".join(f"{cell} IS NULL" for cell in cells)
        lengths = (f"coalesce(length({cell}) || ':' || {cell}, '{_NONE}')" for cell in cells)
        self._look(" || ".join(lengths), f"NOT ({nothing})", found, "primary-key", None)
        rows = self._connection.execute(
            f"SELECT number FROM keys WHERE {nothing} ORDER BY number LIMIT {_LIMIT}"  # noqa: S608
        ).fetchall()
        ((count,),) = self._connection.execute(
            f"SELECT count(*) FROM keys WHERE {nothing}"  # noqa: S608
        ).fetchall()
        found.rows.update(row for (row,) in rows)
        found.counts["primary-key", ""] += count

    def _look(self, key: str, where: str, found: Repeated, rule: str, place: int | None) -> None:
        ((rows, different),) = self._connection.execute(
            f"SELECT count(*), count(DISTINCT {key}) FROM keys WHERE {where}"  # noqa: S608
        ).fetchall()
        if rows == different:
            return
        found.counts[rule, "" if place is None else self._names[place]] += rows - different
        pairs: Iterable[tuple[int, int]] = self._connection.execute(
            f"SELECT number, before FROM (SELECT number, lag(number) OVER "  # noqa: S608
            f"(PARTITION BY {key} ORDER BY number) AS before FROM keys WHERE {where}) "
            f"WHERE before IS NOT NULL ORDER BY number LIMIT {_LIMIT}"
        ).fetchall()
        found.rows.update(number for pair in pairs for number in pair)
