"""Examine the one table inside a packed file as if it were not packed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acopio.model import Finding, Report, Table
from acopio.tables.packed import COMPRESSIONS, hashes, unpacked
from acopio.tables.sheet import Unreadable
from acopio.validators.finding import examination_failed

if TYPE_CHECKING:
    from acopio.examine import Examination


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inside:
    """What is inside: by which compression, which member of a zip, what it would be called."""

    compression: str
    innerpath: str
    name: str


def with_inside(
    job: "Examination",
    path: Path,
    report: Report,
    examine: Callable[["Examination", Path], Report],
) -> Report:
    """Return a file's ``report``, and what ``examine`` finds in the one table packed in it.

    Persons in it are told once, as the table's own. A table beyond what memory may hold, or that
    cannot be unpacked, is ``examination-failed``.
    """
    inside = _inside(job, path)
    if inside is None:
        return report
    resource = replace(job.resource, format="", media_type="")
    try:
        with unpacked(path, inside.compression, inside.innerpath) as place:
            # Those of what is inside are in no report.
            table_job = replace(
                job, path=place, name=inside.name, resource=resource, hashed_elsewhere=True
            )
            found = examine(table_job, place)
    except Unreadable as problem:
        failed = examination_failed(job.resource.id, problem.limit, problem.value)
        return replace(report, findings=(*report.findings, failed))
    return Report(
        findings=(*_not_among(report.findings, found.findings), *found.findings),
        tables=tuple(_packed(table, job, path, inside) for table in found.tables),
        dictionaries=(*report.dictionaries, *found.dictionaries),
    )


def _inside(job: "Examination", path: Path) -> _Inside | None:
    from acopio.validators.archives import table_members
    from acopio.validators.preflight import profile

    found = profile(path, job.resource.format, job.name)
    compression = found.kind.format
    if compression not in COMPRESSIONS or found.kind.encrypted:
        return None
    if compression != "zip":
        name = job.name.removesuffix(f".{compression}")
        return _Inside(compression=compression, innerpath="", name=name)
    members = table_members(path)
    if len(members) != 1:
        return None
    return _Inside(compression="zip", innerpath=members[0], name=Path(members[0]).name)


def _not_among(outer: Iterable[Finding], inner: Iterable[Finding]) -> list[Finding]:
    """Return ``outer`` without the persons ``inner`` tells too; those of other members stay."""
    told = {_person(one) for one in inner}
    return [
        one for one in outer if not one.code.startswith("personal-data") or _person(one) not in told
    ]


def _person(one: Finding) -> tuple[Any, ...]:
    return one.code, one.row, one.field, one.evidence, one.params.get("kind")


def _packed(table: Table, job: "Examination", path: Path, inside: _Inside) -> Table:
    """Return a table with its packing, its report about the file as it came: as frictionless's."""
    from acopio.validators.loose_numbers import name_without_dnis

    member = f" -> {name_without_dnis(inside.innerpath)}" if inside.innerpath else ""
    md5, sha256 = ("", "") if job.hashed_elsewhere else hashes(path)
    own = {"md5": md5, "sha256": sha256, "bytes": path.stat().st_size}
    tasks = [
        {
            **task,
            "name": _name(job.name),
            "place": job.name + member,
            "stats": {**task["stats"], **own},
        }
        for task in table.report["tasks"]
    ]
    return replace(
        table,
        report={**table.report, "tasks": tasks},
        compression=inside.compression,
        innerpath=inside.innerpath,
    )


def _name(name: str) -> str:
    """Return the name frictionless derives from a packed file's: ``h.csv.zip`` is ``h``."""
    from frictionless import Resource

    described = Resource(path=f"{Path(name).name}")
    return str(described.name)
