"""Judge tables in text: frictionless's verdict, as findings and as its own report."""

from collections.abc import Generator, Iterator, Mapping
from typing import Any, ClassVar

from acopio.model import File, Finding, Pinned, Resource, Snapshot, Table
from acopio.validators.columns import LONGEST_CELL, WIDEST, Survey, survey
from acopio.validators.dates_inside import dates_inside
from acopio.validators.detected import detected
from acopio.validators.files import data_files
from acopio.validators.finding import finding
from acopio.validators.known_schemas import Chosen, choose
from acopio.validators.lines import LONGEST_LINE
from acopio.validators.preflight import Profile, profile
from acopio.validators.reported import findings_of
from acopio.validators.tabular.engine import Reading, judged
from acopio.validators.tabular.judge import SchemaProblem, checked, infer, within_the_table
from acopio.validators.tabular.schema import corrected, zero_led

# Names of other tables shown in one sentence, in characters.
_NAMES = 200
_LIMITS = {"columns": WIDEST, "cell": LONGEST_CELL}


class TableValidator:
    """Judges a table about which nothing is left to guess, by the engine that is soonest done."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "3"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding | Table]:
        """Yield a ``Table`` for each table in text, and one finding per frictionless error.

        With the same schema, dialect and encoding the report equals frictionless's own, whichever
        engine made it.
        """
        for file, resource in data_files(snapshot):
            found = profile(file.path, resource.format, file.name, file.reading)
            if found.too_long_a_line:
                yield _beyond(file, "line", LONGEST_LINE)
                continue
            table = survey(file.path, found)
            if table is None:
                continue
            if table.limit:
                yield _beyond(file, table.limit, _LIMITS[table.limit])
                continue
            yield from _judged(file, resource, found, table, snapshot.pinned.get(file.resource))


def _beyond(file: File, limit: str, value: int) -> Finding:
    return finding("examination-failed", resource=file.resource, limit=limit, value=value)


def _judged(
    file: File, resource: Resource, found: Profile, table: Survey, pinned: Pinned | None
) -> Iterator[Finding | Table]:
    from frictionless import FrictionlessException

    if found.layout is None or found.encoding is None:
        return
    dialect = found.layout.descriptor()
    encoding = found.encoding.name
    try:
        chosen = yield from _schema(file, resource, found, table, pinned)
        reading = Reading(
            path=file.path,
            name=file.name or file.path.name,
            encoding=encoding,
            dialect=dialect,
            schema=chosen.schema,
        )
        verdict = judged(reading, file.engine)
    except FrictionlessException as error:
        yield finding(error.error.type, resource=file.resource, note=error.error.note)
        return
    judgement = verdict.judgement
    yield from findings_of(judgement.report, file.resource)
    yield Table(
        resource=file.resource,
        encoding=encoding,
        dialect=dialect,
        schema=judgement.schema,
        report=judgement.report,
        rows=table.rows,
        title_rows=found.layout.header_row - 1,
        engine=verdict.engine,
        engine_reason=verdict.reason,
        counts=verdict.counts,
        seconds=judgement.seconds,
        schema_source=chosen.source,
        detected=detected(found, table),
        dates=dates_inside(file.path, found, table),
    )


def _schema(
    file: File, resource: Resource, found: Profile, table: Survey, pinned: Pinned | None
) -> Generator[Finding, None, Chosen]:
    """Return the schema that judges a table: declared, pinned, known, or what the file shows."""
    name = file.name or file.path.name
    declared = resource.schema
    if declared is not None and "fields" in declared:
        try:
            declared, tables = within_the_table(checked(declared), name)
        except SchemaProblem as problem:
            yield finding("schema-error", resource=file.resource, note=str(problem))
            declared = None
        else:
            if tables:
                names = ", ".join(tables)[:_NAMES]
                yield finding("keys-not-checked", resource=file.resource, tables=names)

    def seen() -> Mapping[str, Any]:
        if found.layout is None or found.encoding is None:
            return {"fields": []}
        descriptor = found.layout.descriptor()
        return corrected(infer(file.path, name, found.encoding.name, descriptor), table)

    return choose(declared, pinned, seen, lambda: zero_led(table))
