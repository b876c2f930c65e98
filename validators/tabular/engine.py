"""The fast engine: the same report as frictionless, having shown it only what was not proved.

frictionless reads the file's first hundred rows, as it always does, and after them only the rows
that ``fast`` did not prove, under their true numbers. Header, messages, order and limits are its
own; what it could not know by then (how many rows there are, the hashes of the bytes) is put in.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acopio.validators.columns import field_limit
from acopio.validators.tabular.blocks import SIZE, Marks, Unproved
from acopio.validators.tabular.fast import Expected, Proof, prove
from acopio.validators.tabular.judge import (
    Judgement,
    called,
    checked,
    is_tsv,
    judge,
    opened,
    plain,
)
from acopio.validators.tabular.keys import Rule, keys_of
from acopio.validators.tabular.reading import Layout
from acopio.validators.tabular.splitting import Cells

if TYPE_CHECKING:
    from acopio.validators.tabular.parser import Numbered

# What frictionless reads before it judges anything, in rows.
_SAMPLE = 100
# Smaller files, in bytes, are judged by frictionless alone sooner than proved.
_SMALL = 256 << 10
# What a dialect may say and still be read by another reader in the same way.
_READ_ALIKE = {"headerRows", "csv"}
_CSV_ALIKE = {"delimiter", "lineTerminator", "quoteChar", "doubleQuote", "skipInitialSpace"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file and how it is to be read and judged: what both engines are given.

    ``name`` is the file's own; ``dialect`` and ``schema`` are frictionless's descriptors, the
    schema one that ``checked`` let pass. Where it is not ``hashed``, the fast engine's report has
    empty hashes.
    """

    path: Path
    name: str
    encoding: str
    dialect: Mapping[str, Any]
    schema: Mapping[str, Any]
    hashed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A judgement and the engine that made it: ``fast`` or ``frictionless``, and why not fast.

    ``counts`` is how often each rule is broken in the whole file, per type and field; where the
    fast engine cannot prove it, in what frictionless read before its limit.
    """

    judgement: Judgement
    engine: str
    reason: str
    counts: Mapping[str, Mapping[str, int]]


def judged(reading: Reading, asked: str = "auto", known: Proof | Unproved | None = None) -> Verdict:
    """Judge a file by the engine ``asked`` for: ``auto``, ``fast`` where it can, ``frictionless``.

    ``known`` is what was proved of it already, or why nothing could be. Raises what ``judge``
    raises.
    """
    if asked == "frictionless":
        return _counted_on(reading, _by_frictionless(reading, "asked"))
    if asked == "auto" and is_small(reading.path):
        return _counted_on(reading, _by_frictionless(reading, "small"))
    if isinstance(known, Unproved):
        return _by_frictionless(reading, str(known))
    try:
        return judge_fast(reading, known)
    except Unproved as reason:
        return _by_frictionless(reading, str(reason))


def is_small(path: Path) -> bool:
    """Tell whether frictionless alone is sooner done."""
    return path.stat().st_size < _SMALL


def expected_of(reading: Reading) -> Expected:
    """Return what a file's columns are proved by.

    Raises Unproved where the fast engine cannot judge by them, and what ``judge`` raises.
    """
    checked(reading.schema)
    with plain(reading.path) as place, field_limit():
        if is_tsv(reading.name):
            # There a line end inside a cell is read as a line feed: not by a survey.
            raise Unproved("tsv")
        return _layout(place, reading, SIZE)[1]


def _by_frictionless(reading: Reading, reason: str) -> Verdict:
    judgement = judge(reading.path, reading.name, reading.encoding, reading.dialect, reading.schema)
    (task,) = judgement.report["tasks"]
    counts = _by_type(Counter(map(_rule, task["errors"])))
    return Verdict(judgement=judgement, engine="frictionless", reason=reason, counts=counts)


def _counted_on(reading: Reading, verdict: Verdict) -> Verdict:
    """Return ``verdict`` with what comes after frictionless's limit counted, where that can be."""
    report = verdict.judgement.report
    if not report["tasks"][0]["warnings"]:
        return verdict
    with suppress(Unproved), plain(reading.path) as place, field_limit():
        proof = prove(*_layout(place, reading, SIZE))
        return replace(verdict, counts=_by_type(_counted(report, proof)))
    return verdict


def judge_fast(reading: Reading, proof: Proof | None = None, block_size: int = SIZE) -> Verdict:
    """Return frictionless's report on a file, by a ``proof`` if there is one already.

    Raises Unproved where it must read the whole itself, and what ``judge`` raises.
    """
    started = time.monotonic()
    checked(reading.schema)
    with plain(reading.path) as place, field_limit():
        found = proof or prove(*_layout(place, reading, block_size))
        report = _report(place, reading, found)
    called(report, reading.name)
    seconds = round(time.monotonic() - started, 3)
    return Verdict(
        judgement=Judgement(report=report, schema=reading.schema, seconds=seconds),
        engine="fast",
        reason="",
        counts=_by_type(_counted(report, found)),
    )


def _layout(place: Path, reading: Reading, block_size: int) -> tuple[Layout, Expected]:
    """Return what to prove: where, and by which fields.

    Raises Unproved for what the two readers might read differently.
    """
    from frictionless import FrictionlessException

    marks = _marks(reading.dialect)
    if reading.schema.get("foreignKeys"):
        raise Unproved("foreign-keys")
    try:
        with _sparse(place, reading, _only_the_sample) as table:
            fields = table.header.get_expected_fields()
            header_rows = table.dialect.header_rows[-1]
            keys = keys_of(fields, table.schema.primary_key)
    except FrictionlessException:
        # Why, frictionless says better when it is given the whole.
        raise Unproved("not-opened") from None
    if len({field.name for field in fields}) < len(fields):
        raise Unproved("repeated-names")
    layout = Layout(
        path=place,
        encoding=reading.encoding,
        marks=marks,
        header_rows=header_rows,
        width=len(fields),
        translate=is_tsv(reading.name),
        block_size=block_size,
        hashed=reading.hashed,
    )
    return layout, Expected(fields=fields, keys=keys)


def _marks(dialect: Mapping[str, Any]) -> Marks:
    control = dialect.get("csv", {})
    if dialect.keys() - _READ_ALIKE or control.keys() - _CSV_ALIKE or not dialect.get("headerRows"):
        raise Unproved("dialect")
    if control.get("skipInitialSpace"):
        raise Unproved("skip-initial-space")
    marks = Marks(
        delimiter=control.get("delimiter", ",").encode(),
        quote=control.get("quoteChar", '"').encode(),
    )
    if len(marks.delimiter) != 1 or len(marks.quote) != 1:
        raise Unproved("dialect")
    return marks


Choose = Callable[[Iterator[Cells]], Iterator["Numbered"]]


def _sparse(place: Path, reading: Reading, choose: Choose) -> Any:
    from acopio.validators.tabular.parser import Sparse

    return opened(
        place, reading.name, reading.encoding, reading.dialect, reading.schema, Sparse(choose)
    )


def _report(place: Path, reading: Reading, proof: Proof) -> dict[str, Any]:
    header_rows = reading.dialect["headerRows"][-1]
    numbers = proof.linked.union(number for number, _ in proof.faulty)
    # Of rows that repeat a key the cells were not kept: they are read again.
    chosen = _numbered(numbers) if proof.linked else _kept(proof.faulty)
    report, last = _judged(place, reading, chosen)
    task = report["tasks"][0]
    if "fields" not in task["stats"]:
        # It was never opened; why, frictionless says better when it is given the whole.
        raise Unproved("not-opened")
    if task["warnings"]:
        # Where frictionless stops decides how many bytes it has read: it reads them itself.
        report, last = _judged(place, reading, _numbered(numbers))
        report["tasks"][0]["stats"]["rows"] = last - header_rows
        return report
    task["stats"] |= proof.stats
    if proof.rows:
        task["stats"]["rows"] = proof.rows
    return report


def _judged(place: Path, reading: Reading, choose: Choose) -> tuple[dict[str, Any], int]:
    """Return frictionless's report on the chosen rows, and the number of the last it judged."""
    numbers = [0]
    table = _sparse(place, reading, choose)
    report = table.validate(on_row=lambda row: numbers.append(row.row_number))
    return report.to_descriptor(), numbers[-1]


def _only_the_sample(rows: Iterator[Cells]) -> Iterator["Numbered"]:
    from acopio.validators.tabular.parser import Numbered

    for number, cells in enumerate(islice(rows, _SAMPLE), 1):
        yield Numbered(cells, number)


def _kept(faulty: Sequence[tuple[int, Cells]]) -> Choose:
    """Give the sample, and after it the rows that were kept."""

    def choose(rows: Iterator[Cells]) -> Iterator["Numbered"]:
        from acopio.validators.tabular.parser import Numbered

        yield from _only_the_sample(rows)
        for number, cells in faulty:
            if number > _SAMPLE:
                yield Numbered(cells, number)

    return choose


def _numbered(numbers: Collection[int]) -> Choose:
    """Give the sample, and after it the rows of these numbers, as they come in the file."""

    def choose(rows: Iterator[Cells]) -> Iterator["Numbered"]:
        from acopio.validators.tabular.parser import Numbered

        for number, cells in enumerate(rows, 1):
            if number <= _SAMPLE or number in numbers:
                yield Numbered(cells, number)

    return choose


def _counted(report: Mapping[str, Any], proof: Proof) -> Counter[Rule]:
    """Return the counts of the rows, and the header's own errors."""
    errors = report["tasks"][0]["errors"]
    return proof.counts + Counter(_rule(error) for error in errors if "rowNumber" not in error)


def _rule(error: Mapping[str, Any]) -> Rule:
    return str(error["type"]), str(error.get("fieldName", ""))


def _by_type(counts: Mapping[Rule, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (kind, field), count in sorted(counts.items()):
        found.setdefault(kind, {})[field] = count
    return found
