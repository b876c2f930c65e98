"""The least that makes the validators find something: a file, or what is known of a dataset."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from acopio.examine import Examination, examine, examine_dataset
from acopio.model import (
    Dataset,
    Examined,
    Finding,
    Missing,
    Pinned,
    Resource,
    RowRule,
    Snapshot,
    Table,
)
from acopio.validators.drift import compared

# What the examples are judged on: their findings are to be the same on any day.
TODAY = date(2026, 6, 30)
ADDRESS = "https://datos.example.gob.pe/gasto.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileExample:
    """A file in which the code is found. ``what`` says what is wrong with it, in a few words.

    ``name`` is the file's; ``declared`` a format its publisher claims, if not by the name;
    ``schema`` a Table Schema it is judged by; ``rules`` an officer's own.
    ``lines`` are shown where the content itself would tell a reader nothing.
    """

    what: str
    content: bytes
    name: str = "datos.csv"
    declared: str = ""
    schema: Mapping[str, Any] | None = None
    rules: tuple[RowRule, ...] = ()
    lines: Sequence[str] = ()

    def findings(self) -> Sequence[Finding]:
        """Return all that is found in the file, as in a run."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "example"
            path.write_bytes(self.content)
            resource = Resource(id="r", url=ADDRESS, format=self.declared, schema=self.schema)
            job = Examination(
                archive_url="",
                scratch=path.parent,
                sha256="",
                resource=resource,
                name=self.name,
                path=path,
                rules=self.rules,
            )
            return examine(job).findings

    def shown(self) -> Iterator[str]:
        """Yield what a reader of the page sees of the file."""
        text = self.content.decode("utf-8", "backslashreplace").removeprefix("\ufeff")
        yield from self.lines or _abridged(text.splitlines())
        if self.schema:
            yield from ("", f"schema: {json.dumps(self.schema)}")
        for rule in self.rules:
            written = f"where: {rule.where}" if rule.where else f"check: {json.dumps(rule.check)}"
            yield from ("", written)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingExample:
    """A file that could not be had, for the reason the code names."""

    what: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def findings(self) -> Sequence[Finding]:
        """Return what is found in a dataset whose one file is missing."""
        missing = Missing(resource="r", code=self.code, params={"url": ADDRESS, **self.params})
        return dataset_findings(Dataset(id="d", title="Gasto", resources=(RESOURCE,)), missing)

    def shown(self) -> Iterator[str]:
        """Yield what a reader of the page sees: the address."""
        yield f"GET {ADDRESS}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetExample:
    """A dataset in whose description, or files as a whole, the code is found."""

    what: str
    examined: Examined
    lines: Sequence[str] = ()

    def findings(self) -> Sequence[Finding]:
        """Return what is found in the dataset."""
        return examine_dataset(self.examined)

    def shown(self) -> Iterator[str]:
        """Yield what a reader of the page sees of the dataset."""
        yield from self.lines


@dataclass(frozen=True, slots=True, kw_only=True)
class CutExample:
    """A new cut of a table, beside what was published of the one before."""

    what: str
    published: Pinned
    names: Sequence[str]
    rows: int

    def findings(self) -> Sequence[Finding]:
        """Return what readers of the published version must know."""
        return tuple(compared(self.published, table_of(*self.names, rows=self.rows)))

    def shown(self) -> Iterator[str]:
        """Yield what a reader of the page sees: columns and rows of both."""
        before = (field["name"] for field in self.published.schema["fields"])
        yield f"published: {', '.join(before)} ({self.published.rows} rows)"
        yield f"now: {', '.join(self.names)} ({self.rows} rows)"


Example = FileExample | MissingExample | DatasetExample | CutExample

RESOURCE = Resource(id="r", url=ADDRESS, name="gasto.csv", format="csv")


def table_of(*names: str, rows: int = 9, **more: Any) -> Table:
    """Return a table of text columns with these names."""
    return Table(
        resource=RESOURCE.id,
        encoding="utf-8",
        dialect={},
        schema={"fields": [{"name": name, "type": "string"} for name in names]},
        report={},
        rows=rows,
        **more,
    )


def dataset_findings(dataset: Dataset, *missing: Missing) -> Sequence[Finding]:
    """Return what is found in a dataset that has no files here."""
    return examine_dataset(
        Examined(snapshot=Snapshot(dataset=dataset, missing=missing), today=TODAY)
    )


_LINES, _WIDTH = 6, 100


def _abridged(lines: Sequence[str]) -> Iterator[str]:
    for line in lines[:_LINES]:
        visible = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in line)
        yield visible if len(visible) <= _WIDTH else visible[:_WIDTH] + " …"
    if len(lines) > _LINES:
        yield f"… ({len(lines) - _LINES:,} more lines)"
