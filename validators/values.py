"""Answer what checks ask about the values of some columns, all of them in one reading."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from acopio.validators.columns import Survey
from acopio.validators.main_table import over_cells, over_rows
from acopio.validators.preflight import Profile
from acopio.validators.records import LONGEST, SPACES, Connection

# Different values kept of one answer, the first in the file.
MOST = 200_000
# DuckDB groups by 63 columns at most.
_AT_ONCE = 32
_FETCHED = 10_000
_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What of a row's cells is of interest, if anything: NULL and None are not.

    Said twice: ``sql`` is a DuckDB expression, for all rows, ``{0}`` the first cell; it must be
    cheap. ``of`` is the same of a text, for columns whose different texts are known; None for keys
    of several cells. Cells come with spaces trimmed, cut at ``LONGEST`` characters. A check writes
    both, never a file, and a test holds them together.
    """

    sql: str
    of: Callable[[str], str | None] | None = None


AS_IT_IS = Key(sql="{0}", of=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which values some columns hold. ``columns`` count from 1.

    ``of_words`` when nothing with a digit in it is of interest to the key, ``of_days`` when it
    looks at no more than a moment's day.
    """

    columns: tuple[int, ...]
    key: Key = AS_IT_IS
    of_words: bool = False
    of_days: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How many cells hold a value, and the first one's row (from 1, the header included)."""

    count: int
    first_row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The different values, in the order of the file; ``complete`` unless there were too many."""

    seen: Mapping[str, Seen]
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Rows equal to an earlier one: how many, of how many different rows, and the first of them.

    ``first_row`` and ``last_row`` are where the first row that repeats stands first and last.
    """

    rows: int
    different: int
    first_row: int
    last_row: int


def answers(
    path: Path, profile: Profile, table: Survey, questions: Sequence[Question]
) -> tuple[Answer, ...]:
    """Return the answers to ``questions`` about the table at ``path``, in their order.

    ``table`` is its survey, read to the end. What that knows is not asked, and without a question
    nothing is read. Raises Unreadable.
    """
    known = {place: answer for place, answer in enumerate(from_survey(table, questions)) if answer}
    rest = [place for place in range(len(questions)) if place not in known]
    for start in range(0, len(rest), _AT_ONCE):
        places = rest[start : start + _AT_ONCE]
        asked = [questions[place] for place in places]
        columns = [number for question in asked for number in question.columns]
        answered = over_cells(path, profile, table, columns, partial(_ask, asked))
        found = answered or [Answer(seen={}, complete=False) for _ in asked]
        known |= zip(places, found, strict=True)
    return tuple(known[place] for place in range(len(questions)))


def from_survey(table: Survey, questions: Sequence[Question]) -> list[Answer | None]:
    """Return the answers the survey has already, of columns with few different values."""
    return [_of_texts(_kept(table, question), question.key) for question in questions]


def _kept(table: Survey, question: Question) -> Mapping[str, tuple[int, int]] | None:
    if len(question.columns) != 1:
        return None
    number = question.columns[0]
    if number > len(table.columns):
        return None
    column = table.columns[number - 1]
    values = column.values if question.of_days or not column.are_days else None
    return column.words if question.of_words and values is None else values


def _of_texts(texts: Mapping[str, tuple[int, int]] | None, key: Key) -> Answer | None:
    """Return texts with their counts and first rows, by the key, in the order of the file."""
    if texts is None or key.of is None:
        return None
    seen: dict[str, Seen] = {}
    complete = True
    for text, (count, row) in sorted(texts.items(), key=lambda one: one[1][1]):
        value = key.of(text.strip(SPACES)[:LONGEST])
        if value is not None and value.strip():
            complete &= _add(seen, value.strip(), count, row)
    return Answer(seen=seen, complete=complete)


def repeats(path: Path, profile: Profile, table: Survey) -> Repeats | None:
    """Return how many rows of the table at ``path`` repeat an earlier one; None if none does.

    Blank rows count for nothing. Rows are told apart by 64 bits of a hash. Raises Unreadable.
    """
    if table.singular:
        return None
    return over_rows(path, profile, table, _repeated)


def in_sql(pattern: re.Pattern[str]) -> str:
    """Return a pattern as it is written in a key's ``sql``; there it must mean the same."""
    return "'" + re.sub("[{}]", lambda brace: brace[0] * 2, pattern.pattern) + "'"


def pair(first: str, second: str) -> str:
    """Return the key of two cells; ``apart`` takes its values to pieces again."""
    return f"{first} || chr({ord(_BETWEEN)}) || {second}"


def apart(value: str) -> tuple[str, str]:
    """Return the two cells of a value whose key is a ``pair``."""
    first, _, second = value.partition(_BETWEEN)
    return first, second


def _ask(questions: Sequence[Question], connection: Connection) -> tuple[int, list[Answer]]:
    found = connection.execute(_grouped(questions))
    # All bits are set in the row that counts all rows, all but one where a key was grouped by.
    every = (1 << len(questions)) - 1
    places = {every ^ (1 << place): place for place in range(len(questions))}
    seen: list[dict[str, Seen]] = [{} for _ in questions]
    whole = [True] * len(questions)
    rows = 0
    while batch := found.fetchmany(_FETCHED):
        for bits, value, count, row in batch:
            if bits == every:
                rows = count
            elif value.strip():
                whole[places[bits]] &= _add(seen[places[bits]], value.strip(), count, row)
    return rows, [Answer(seen=s, complete=c) for s, c in zip(seen, whole, strict=True)]


def _add(seen: dict[str, Seen], value: str, count: int, row: int) -> bool:
    """Add to what was seen of a value, whose white space may differ; False when it is full."""
    before = seen.get(value)
    if before is None and len(seen) >= MOST:
        return False
    # Groups come in the order of their first rows.
    first = before.first_row if before else row
    seen[value] = Seen(count=count + (before.count if before else 0), first_row=first)
    return True


def _grouped(questions: Sequence[Question]) -> str:
    """Return the statement that groups by each key on its own, in one reading."""
    keys = [f"k{place}" for place in range(len(questions))]
    written = ", ".join(map("{} AS {}".format, map(_expression, questions), keys))
    # The last argument is the lowest bit.
    bits = f"grouping_id({', '.join(reversed(keys))})"
    value = f"coalesce({', '.join(keys)})"
    sets = ", ".join(f"({key})" for key in keys)
    return (
        f"WITH keyed AS (SELECT {written}, row FROM records) "  # noqa: S608 - no text of a file
        f"SELECT {bits}, {value}, count(*), min(row) FROM keyed "
        f"GROUP BY GROUPING SETS ({sets}, ()) "
        f"HAVING {value} IS NOT NULL OR {bits} = {(1 << len(keys)) - 1} ORDER BY 4"
    )


def _expression(question: Question) -> str:
    cells = (f"substr(trim(c{number}), 1, {LONGEST})" for number in question.columns)
    return f"({question.key.sql.format(*cells)})::VARCHAR"


def _repeated(connection: Connection) -> tuple[int, Repeats | None]:
    """Count different rows first: nearly always they are as many, and no row need be kept."""
    ((rows, different),) = connection.execute(
        "SELECT count(*), count(DISTINCT hash) FROM records"
    ).fetchall()
    if rows == different:
        return rows, None
    ((repeated, groups, first, last),) = connection.execute(
        "WITH counted AS (SELECT hash, count(*) AS n, min(row) AS first, max(row) AS last "
        "FROM records GROUP BY hash HAVING n > 1 AND NOT bool_and(blank)) "
        "SELECT coalesce(sum(n - 1), 0), count(*), min(first), arg_min(last, first) FROM counted"
    ).fetchall()
    if not repeated:
        return rows, None
    return rows, Repeats(rows=int(repeated), different=groups, first_row=first, last_row=last)
