"""Find persons where open data must not have them (Ley 29733)."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from acopio.model import Finding, Severity, Snapshot
from acopio.validators.dialect import Layout
from acopio.validators.files import data_files
from acopio.validators.finding import examination_failed, finding
from acopio.validators.hiding import hidden_title, mask, title_kind
from acopio.validators.office import OFFICE, office_text
from acopio.validators.passages import CLOSELY, Beyond, Passage, passages, passages_in
from acopio.validators.pdf import read_pdf
from acopio.validators.persons import Personal, PersonalKind, personal_columns
from acopio.validators.preflight import Profile, profile
from acopio.validators.sheets.book import book_of
from acopio.validators.surveys import survey_lines
from acopio.validators.unpacking import unpacked

_MARKUP = frozenset({"json", "xml", "html"})
_PACKED = frozenset({"zip", "gz", "kmz"})


class PrivacyValidator:
    """Reads every row of every text and every sheet, and reports who is in it."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "6"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Yield a ``personal-data`` finding per column, its evidence masked, or one per text.

        ``params``: ``kind`` (dni, ruc, name, mention), ``confidence`` in percent, ``count`` of
        cells, ``number`` of the column. Alone, a natural person's RUC and names are a warning.
        Columns of a workbook's other sheets go by ``Sheet!column``.
        ``personal-data-in-text`` is for titles, markup and documents; ``place`` says which. What
        a zip or gz holds is read one level down; its files' names are in ``place``.
        """
        for file, resource in data_files(snapshot):
            found = profile(file.path, resource.format, file.name, file.reading)
            yield from _persons(file.path, found, file.resource)
            if found.kind.format in _PACKED:
                yield from _packed(file.path, found, file.resource)


def _packed(path: Path, found: Profile, resource: str) -> Iterator[Finding]:
    kind = "gz" if found.kind.format == "gz" else "zip"
    with unpacked(path, kind) as members:
        for member in members:
            yield from _persons(member, profile(member, "", ""), resource)


def _persons(path: Path, found: Profile, resource: str) -> Iterator[Finding]:
    table = survey_lines(path, found)
    if table is not None and found.lines is not None:
        yield from _titles(found.lines, resource)
        for person in personal_columns(table):
            yield _of_column(person, resource)
    book = book_of(path, found)
    for sheet in book.sheets if book else ():
        # The sheet that is judged is the table; others are named as a formula would name them.
        where = "" if book is None or sheet is book.main else f"{sheet.name}!"
        yield from _titles(sheet.layout, resource)
        for person in personal_columns(sheet.survey):
            yield _of_column(person, resource, where)
    text = found.encoding is not None or found.kind.format in _MARKUP
    if text and (table is None or table.limit):
        yield from _text(passages(path), found.kind.format, resource)
    document = _document(path, found.kind.format)
    if document:
        yield from _text(passages_in(document), found.kind.format, resource)


def _document(path: Path, real: str) -> str:
    if real == "pdf":
        return read_pdf(path).text
    return office_text(path) if real in OFFICE else ""


def _of_column(person: Personal, resource: str, where: str = "") -> Finding:
    return finding(
        "personal-data",
        resource=resource,
        row=person.row,
        field=hidden_title(f"{where}{person.field}"),
        evidence=mask(person.kind, person.example),
        severity=Severity.WARNING if person.alone else Severity.ERROR,
        kind=str(person.kind),
        confidence=round(person.confidence * 100),
        count=person.count,
        number=person.number,
    )


def _titles(layout: Layout, resource: str) -> Iterator[Finding]:
    """Report who is named above the header or in it; a name alone is mostly an office holder's."""
    first = layout.header_row - len(layout.titles)
    for row, title in enumerate((*layout.titles, *layout.labels), first):
        kind = title_kind(title)
        if kind is not None:
            yield finding(
                "personal-data-in-text",
                resource=resource,
                row=min(row, layout.header_row),
                evidence=hidden_title(title),
                severity=Severity.WARNING if kind is PersonalKind.NAME else Severity.ERROR,
                kind=str(kind),
                count=1,
                place="title",
            )


def _text(all_found: Iterator[Passage], real: str, resource: str) -> Iterator[Finding]:
    """Report the numbers in a text once, with the first of them, or that it could not be read."""
    found: list[Passage] = []
    try:
        found.extend(all_found)
    except Beyond:
        if not found:
            yield examination_failed(resource, "hints", CLOSELY)
    if found:
        yield finding(
            "personal-data-in-text",
            resource=resource,
            row=found[0].line,
            field=found[0].field or None,
            evidence=mask(PersonalKind.DNI, found[0].number),
            kind=str(PersonalKind.DNI),
            count=len(found),
            place=real,
        )
