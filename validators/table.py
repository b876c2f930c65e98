"""Judge tables in text: frictionless's verdict, as findings and as its own report."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from acopio.model import File, Finding, Pinned, Resource, Snapshot, Table
from acopio.validators.columns import LONGEST_CELL, WIDEST, Survey
from acopio.validators.dates_inside import dates_inside
from acopio.validators.detected import detected
from acopio.validators.files import data_files
from acopio.validators.finding import examination_failed, finding
from acopio.validators.lines import LONGEST_LINE
from acopio.validators.preflight import Profile, profile
from acopio.validators.reported import findings_of
from acopio.validators.schema_choice import chosen
from acopio.validators.surveys import survey, survey_and_prove
from acopio.validators.tabular.blocks import Unproved
from acopio.validators.tabular.engine import Reading, expected_of, is_small, judged
from acopio.validators.tabular.fast import Proof
from acopio.validators.tabular.judge import SchemaProblem, infer
from acopio.validators.tabular.schema import corrected, zero_led

_LIMITS = {"columns": WIDEST, "cell": LONGEST_CELL}


class TableValidator:
    """Judges a table about which nothing is left to guess, by the engine that is soonest done."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "4"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding | Table]:
        """Yield a ``Table`` for each table in text, and one finding per frictionless error.

        With the same schema, dialect and encoding the report equals frictionless's own, whichever
        engine made it.
        """
        for file, resource in data_files(snapshot):
            found = profile(file.path, resource.format, file.name, file.reading)
            if found.too_long_a_line:
                yield examination_failed(file.resource, "line", LONGEST_LINE)
            elif found.layout is not None:
                yield from _judged(file, resource, found, snapshot.pinned.get(file.resource))


def _judged(
    file: File, resource: Resource, found: Profile, pinned: Pinned | None
) -> Iterator[Finding | Table]:
    from frictionless import FrictionlessException

    if found.layout is None or found.encoding is None:
        return
    try:
        # Where a schema is declared the table is counted and proved in one reading, not two.
        table, proof = _read(file, resource, found)
        if table.limit:
            yield examination_failed(file.resource, table.limit, _LIMITS[table.limit])
            return
        choice = yield from chosen(
            file, resource, pinned, lambda: _seen(file, found, table), lambda: zero_led(table)
        )
        reading = _reading(file, found, choice.schema)
        known = proof if choice.schema == resource.schema else None
        verdict = judged(reading, file.engine, known)
    except FrictionlessException as error:
        refused = finding(error.error.type, resource=file.resource, note=error.error.note)
        yield from _not_told(found, [refused])
        return
    yield from _not_told(found, findings_of(verdict.judgement.report, file.resource))
    yield Table(
        resource=file.resource,
        encoding=reading.encoding,
        dialect=reading.dialect,
        schema=choice.schema,
        report=verdict.judgement.report,
        rows=table.rows,
        title_rows=found.layout.header_row - 1,
        engine=verdict.engine,
        engine_reason=verdict.reason,
        counts=verdict.counts,
        seconds=verdict.judgement.seconds,
        schema_source=choice.source,
        detected=detected(found, table),
        dates=dates_inside(file.path, found, table),
    )


def _not_told(found: Profile, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Return ``findings`` without that the text breaks off, which ``text`` tells with its line."""
    broken = found.encoding is not None and not found.encoding.exact
    return (one for one in findings if not (broken and one.code == "encoding-error"))


def _read(file: File, resource: Resource, found: Profile) -> tuple[Survey, Proof | Unproved | None]:
    """Return the survey of a table, and its proof where it can be had in the same reading."""
    declared = resource.schema or {}
    if "fields" in declared and file.engine != "frictionless" and not is_small(file.path):
        try:
            expected = expected_of(_reading(file, found, declared))
            return survey_and_prove(file.path, found, expected, not file.hashed_elsewhere)
        except (Unproved, SchemaProblem):
            # Read by another way, or refused in words, below.
            pass
    table = survey(file.path, found)
    return table or Survey(columns=(), rows=0, width=0, widest=0), None


def _reading(file: File, found: Profile, schema: Mapping[str, Any]) -> Reading:
    return Reading(
        path=file.path,
        name=file.name or file.path.name,
        encoding=found.encoding.name if found.encoding else "",
        dialect=found.layout.descriptor() if found.layout else {},
        schema=schema,
        hashed=not file.hashed_elsewhere,
    )


def _seen(file: File, found: Profile, table: Survey) -> Mapping[str, Any]:
    """Return the schema frictionless infers, mended by what the whole table shows."""
    shown = _reading(file, found, {})
    inferred = infer(shown.path, shown.name, shown.encoding, shown.dialect)
    return corrected(inferred, table, found.pinned)
