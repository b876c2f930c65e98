"""Clean copies of a table: what is published beside the untouched original.

``NAME.csv`` is UTF-8, comma-separated, with CRLF: the form RFC 4180 gives to ``text/csv``, which
also lets a lone line feed or carriage return stand inside a quoted cell. ``NAME.parquet`` has the
same rows, typed. ``NAME.schema.json`` is the Table Schema of that CSV, ``NAME.rejects.csv`` lists
the cells the twin could not take, and ``NAME.log.json`` says whose the data are, which bytes they
came from and everything that was changed.

Every cell, every row and their order are kept. Only a number's *form* is changed (``1.234,50``
becomes ``1234.50``); codes such as ``010101`` are text and stay so. Cells that spreadsheets would
take for formulas are data and are not altered: whoever opens a CSV in a spreadsheet imports it as
text.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO

from acopio.errors import PublishError
from acopio.model import FileKind, ReleaseFile, Table
from acopio.publishers.cleaning.changes import changes_made
from acopio.publishers.cleaning.columns import Column, columns_of
from acopio.publishers.cleaning.copying import Copy, batches
from acopio.publishers.cleaning.reading import Original, Record
from acopio.publishers.cleaning.typed import TypedOriginal, sheet_of
from acopio.publishers.intact import Hashed
from acopio.publishers.names import safe_name
from acopio.tables.packed import unpacked
from acopio.tables.reading import sheet_named
from acopio.tables.sheet import Unreadable

if TYPE_CHECKING:
    from acopio.archive import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanJob:
    """What to clean: the original ``sha256`` in the archive, read as ``table`` says.

    ``name`` is the clean files' base name. ``author``, ``source_url``, ``licence`` (as declared,
    or empty) and ``fetched`` go into the log. Plain values, so that a spawned process takes it.
    """

    archive_url: str
    scratch: str
    sha256: str
    name: str
    table: Table
    author: str = ""
    source_url: str = ""
    licence: str = ""
    fetched: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """The clean files, in the archive already; the CSV's Table Schema; how many cells were bad.

    ``changes`` are the log's: ``{"change": code, ...}``; the message ``change-CODE`` words it.
    """

    files: tuple[ReleaseFile, ...]
    schema: Mapping[str, Any]
    rows: int
    rejects: int
    changes: tuple[Mapping[str, Any], ...]


def clean(job: CleanJob) -> Cleaned:
    """Make the clean copies of one table and put them into the archive.

    The same job gives the same bytes. Raises PublishError when the text cannot be split into
    records at all, or its bytes changed in the archive.
    """
    from acopio.archive import Archive

    archive = Archive(job.archive_url, Path(job.scratch))
    Path(job.scratch).mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=job.scratch, prefix="clean-") as folder:
        try:
            return _clean(job, archive, Path(folder))
        except (csv.Error, Unreadable) as error:
            raise PublishError("clean-unreadable", file=job.name, reason=str(error)) from error


def _clean(job: CleanJob, archive: "Archive", folder: Path) -> Cleaned:
    table = job.table
    with _opened(job, archive) as original:
        columns = columns_of(original.labels if original.has_header else None, table.schema)
        copy = Copy(folder, original, columns)
        for batch in batches(_records(original, columns)):
            copy.add(batch)
        copy.close()
    provenance = {
        "author": job.author,
        "source": job.source_url,
        "sha256": job.sha256,
        "licence": job.licence,
    }
    copy.spill.write_parquet(folder / "parquet", {f"acopio.{k}": v for k, v in provenance.items()})
    schema = clean_schema(table.schema, columns, copy.header)
    changes = tuple(changes_made(table, original, copy))
    moment = job.fetched.isoformat() if job.fetched else None
    log = provenance | {"fetched": moment, "rows": copy.rows, "changes": changes}
    (folder / "schema").write_text(_json(schema), "utf-8")
    (folder / "log").write_text(_json(log), "utf-8")
    if not copy.rejects:
        (folder / "rejects").unlink()
    return Cleaned(
        files=tuple(_stored(archive, folder, safe_name(job.name, "tabla"))),
        schema=schema,
        rows=copy.rows,
        rejects=copy.rejects,
        changes=changes,
    )


def _records(original: Original | TypedOriginal, columns: Sequence[Column]) -> Iterator[Record]:
    if isinstance(original, TypedOriginal):
        return original.records(columns)
    return original.records()


@contextmanager
def _opened(job: CleanJob, archive: "Archive") -> Iterator[Original | TypedOriginal]:
    """Give the original's records, having seen at the end that its bytes are what was judged."""
    if job.table.format == "csv" and not job.table.compression:
        with archive.open(job.sha256) as kept:
            body = Hashed(kept)
            yield _text(io.BufferedReader(body), job.table)
        _compare(body.sha256, job)
        return
    path = archive.path(job.sha256)
    with path.open("rb") as kept:
        _compare(hashlib.file_digest(kept, "sha256").hexdigest(), job)
    with _unpacked(path, job.table) as place:
        if job.table.format == "csv":
            with place.open("rb") as text:
                yield _text(text, job.table)
        else:
            with sheet_named(place, job.table.format, sheet_of(job.table.dialect)) as sheet:
                yield TypedOriginal(sheet, job.table.dialect)


def _text(body: BinaryIO, table: Table) -> Original:
    return Original(body, table.encoding, table.dialect, table.title_rows)


def _unpacked(path: Path, table: Table) -> AbstractContextManager[Path]:
    if table.compression:
        return unpacked(path, table.compression, table.innerpath)
    return nullcontext(path)


def _compare(sha256: str, job: CleanJob) -> None:
    if sha256 != job.sha256:
        raise PublishError("archive-damaged", file=job.name, sha256=job.sha256)


def clean_schema(
    judged: Mapping[str, Any], columns: Sequence[Column], header: Sequence[str]
) -> dict[str, Any]:
    """Return the Table Schema of the clean CSV: the judged one, with numbers in plain form.

    A field whose name is not its column's (a repeated label) has the label as its title.
    """
    declared = {field.get("name"): dict(field) for field in judged.get("fields", ())}
    fields = []
    for column, label in zip(columns, header, strict=True):
        field = declared.get(column.name) or {"name": column.name, "type": column.field.type}
        for form in ("decimalChar", "groupChar", "bareNumber"):
            field.pop(form, None)
        if label != column.name:
            field.setdefault("title", label)
        fields.append(field)
    return {**judged, "fields": fields}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


# Kind, its file here, its ending, media type and format.
_FILES = (
    (FileKind.DATA, "data", "csv", "text/csv", "csv"),
    (FileKind.PARQUET, "parquet", "parquet", "application/vnd.apache.parquet", "parquet"),
    (FileKind.SCHEMA, "schema", "schema.json", "application/json", "json"),
    (FileKind.REJECTS, "rejects", "rejects.csv", "text/csv", "csv"),
    (FileKind.LOG, "log", "log.json", "application/json", "json"),
)


def _stored(archive: "Archive", folder: Path, name: str) -> Iterator[ReleaseFile]:
    for kind, local, ending, media_type, form in _FILES:
        path = folder / local
        if not path.exists():
            continue
        with path.open("rb") as body:
            sha256 = hashlib.file_digest(body, "sha256").hexdigest()
        size = path.stat().st_size
        archive.add(path, sha256)
        yield ReleaseFile(
            kind=kind,
            name=f"{name}.{ending}",
            sha256=sha256,
            size=size,
            media_type=media_type,
            format=form,
        )
