"""Have DuckDB work out the expressions of officers' rules, all in one reading of a table."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Event, Thread
from typing import Any, Protocol

from acopio.model import RowRule
from acopio.validators.records import Connection
from acopio.validators.row_rules.expression import columns_of
from acopio.validators.row_rules.outcome import MOST, SHOWN, Broken, Case, Outcome, Unchecked
from acopio.validators.row_rules.typed import identifier, typed

# No header and no expression may have such a character in a name.
_ROW = '"\x01row"'
# Each expression at work holds memory of its own.
_AT_ONCE = 8
# Seconds between interruptions of a statement that does not end.
_AGAIN = 0.01


class Asked(Protocol):
    """Answers a question about ``records(row, c1, ...)``: as ``over_cells``, of one table."""

    def __call__(self, columns: Sequence[int], ask: Any) -> "tuple[_Found, ...] | _Fault | None":
        """Return what ``ask`` does, None where the table cannot be read."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A rule with the numbers, from 1, of the columns it speaks of and of those to be shown."""

    rule: RowRule
    spoken: Mapping[str, int]
    shown: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    count: int
    cases: Sequence[Case]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    """Why DuckDB did not work a rule out: ``seconds``, ``memory`` or ``value``."""

    obstacle: str


def check_expressions(
    asked: Asked, schema: Mapping[str, Any], rows: int, rules: Sequence[RowRule], seconds: float
) -> Iterator[Outcome]:
    """Yield what becomes of rules that have a ``where``; its columns are typed by ``schema``.

    Together they have ``seconds``. ``rows`` is how many rows of data the table has.
    """
    names = [str(field.get("name", "")) for field in schema.get("fields", [])]
    ready = []
    for rule in rules:
        one = _ready(rule, names)
        if isinstance(one, Unchecked):
            yield one
        else:
            ready.append(one)
    for start in range(0, len(ready), _AT_ONCE):
        some = ready[start : start + _AT_ONCE]
        yield from _worked_out(asked, schema, rows, some, seconds * len(some) / len(ready))


def _ready(rule: RowRule, names: Sequence[str]) -> _Ready | Unchecked:
    spoken = columns_of(rule.where)
    shown = rule.columns or spoken
    places = {name: _place(name, names) for name in (*spoken, *shown)}
    absent = [name for name, place in places.items() if not place]
    if absent:
        return Unchecked(rule=rule, obstacle="column", value=", ".join(absent)[:SHOWN])
    return _Ready(
        rule=rule,
        spoken={name: places[name] for name in spoken},
        shown={name: places[name] for name in shown},
    )


def _place(name: str, names: Sequence[str]) -> int:
    """Return a column's number from 1, 0 if there is none: SQL does not tell capitals apart."""
    if name in names:
        return names.index(name) + 1
    folded = [each.casefold() for each in names]
    return folded.index(name.casefold()) + 1 if name.casefold() in folded else 0


def _worked_out(
    asked: Asked,
    schema: Mapping[str, Any],
    rows: int,
    ready: Sequence[_Ready],
    seconds: float,
) -> Iterator[Outcome]:
    columns = [place for one in ready for place in (*one.spoken.values(), *one.shown.values())]
    found = asked(columns, partial(_ask, ready, schema, rows, seconds))
    if isinstance(found, tuple):
        for one, each in zip(ready, found, strict=True):
            if each.count:
                yield Broken(
                    rule=one.rule,
                    columns=tuple(one.shown),
                    count=each.count,
                    cases=list(each.cases),
                )
        return
    fault = found or _Fault(obstacle="value")
    if fault.obstacle != "seconds" and len(ready) > 1:
        # One of them broke the reading of all.
        for one in ready:
            yield from _worked_out(asked, schema, rows, [one], seconds / len(ready))
        return
    for one in ready:
        value = round(seconds) if fault.obstacle == "seconds" else one.rule.where[:SHOWN]
        yield Unchecked(rule=one.rule, obstacle=fault.obstacle, value=value)


def _ask(
    ready: Sequence[_Ready],
    schema: Mapping[str, Any],
    rows: int,
    seconds: float,
    connection: Connection,
) -> tuple[int, tuple[_Found, ...] | _Fault]:
    import duckdb

    try:
        with _interrupted_after(seconds, connection):
            ((count, *found),) = connection.execute(_statement(ready, schema)).fetchall()
    except duckdb.InvalidInputException:
        # It may be the file that DuckDB reads otherwise: who asks reads it by another way then.
        raise
    except duckdb.InterruptException:
        return rows, _Fault(obstacle="seconds")
    except duckdb.OutOfMemoryException:
        return rows, _Fault(obstacle="memory")
    except duckdb.Error:
        return rows, _Fault(obstacle="value")
    pairs = zip(found[::2], found[1::2], strict=True)
    return count, tuple(_Found(count=n, cases=_cases(cases)) for n, cases in pairs)


def _cases(found: Sequence[Mapping[str, Any]] | None) -> list[Case]:
    return [
        Case(row=each["row"], cells=[cell or "" for cell in each["cells"]]) for each in found or ()
    ]


@contextmanager
def _interrupted_after(seconds: float, connection: Connection) -> Iterator[None]:
    done = Event()

    def watch() -> None:
        late = not done.wait(seconds)
        # An interruption that comes before a statement has begun is forgotten.
        while late and not done.wait(_AGAIN):
            connection.interrupt()

    watching = Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        done.set()
        watching.join()


def _statement(ready: Sequence[_Ready], schema: Mapping[str, Any]) -> str:
    """Return the one statement: how many rows there are, and of each rule how many and which."""
    fields = schema["fields"]
    missing = [str(value) for value in schema.get("missingValues", [""])]
    shown = {place for one in ready for place in one.shown.values()}
    spoken = {name.casefold(): (name, place) for one in ready for name, place in one.spoken.items()}
    cells = [f"c{place} AS {_raw(place)}" for place in sorted(shown)]
    values = [
        f"{typed(f'c{place}', fields[place - 1], missing)} AS {identifier(name)}"
        for name, place in spoken.values()
    ]
    # A line feed ends what an expression may have begun as a comment.
    wrong = [
        f"CAST((\n{one.rule.where}\n) AS BOOLEAN) AS {_mark(number)}"
        for number, one in enumerate(ready)
    ]
    kept = [_raw(place) for place in sorted(shown)]
    asked = [_of(number, one) for number, one in enumerate(ready)]
    return (
        f"WITH typed AS (SELECT row AS {_ROW}, {', '.join([*cells, *values])} FROM records), "  # noqa: S608 - checked
        f"marked AS (SELECT {', '.join([_ROW, *kept, *wrong])} FROM typed) "
        f"SELECT count(*), {', '.join(asked)} FROM marked"
    )


def _of(number: int, one: _Ready) -> str:
    # Cut here, a cell is only cut in the rows that are wrong.
    cells = ", ".join(f"substr({_raw(place)}, 1, {SHOWN})" for place in one.shown.values())
    case = f"struct_pack(row := {_ROW}, cells := [{cells}])"
    where = f"FILTER (WHERE {_mark(number)})"
    return f"count(*) {where}, arg_min({case}, {_ROW}, {MOST}) {where}"


def _raw(place: int) -> str:
    return f'"\x01c{place}"'


def _mark(number: int) -> str:
    return f'"\x01r{number}"'
