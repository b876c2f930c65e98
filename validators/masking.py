"""Hide persons in what is reported: evidence, and every place of a report that repeats a cell.

A net rather than a list: what could be somebody's is hidden wherever the file speaks of persons.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from acopio.model import UNPINNED, Finding, Reading, Table
from acopio.validators.columns import Column, Survey
from acopio.validators.hiding import hidden_label, mask, title_kind
from acopio.validators.lexicon import is_person, lexicon, name_words
from acopio.validators.loose_numbers import is_dni_alone, starred, without_dnis, without_rucs
from acopio.validators.mentions import speaks_of_dnis
from acopio.validators.persons import Personal, PersonalKind, names_a_dni, personal_columns
from acopio.validators.preflight import Profile, profile
from acopio.validators.shapes import Shape, shape_of
from acopio.validators.sheets.book import book_of
from acopio.validators.surveys import survey_lines

# A whole cell that could be somebody's number, wherever a broken row has pushed it.
_LOOSE = re.compile(r"\s*'?(?:\d{7,8}[- ]?[\dA-K]?|10\d{9})\s*")
_NUMBER_INSIDE = re.compile(r"\b\d{6,11}[A-K]?\b")
# A number with something around it: ``DNI-43219876``, ``41.234.567``.
_LOOSE_INSIDE = re.compile(r"(?<!\d)\d{7,9}(?!\d)")
# What of a field's name is looked at, in characters.
_LABEL = 200
_SPOKEN = frozenset({Shape.MENTION, Shape.RUC_MENTION})

Cells = Sequence[str]


def mask_of(
    path: Path,
    declared_format: str,
    name: str,
    reading: Reading = UNPINNED,
    schemas: Sequence[Mapping[str, Any]] = (),
) -> "Mask":
    """Return what hides the persons of the file at ``path``, as far as it tells of any.

    ``schemas`` are those it was judged by: what a field is called, its column is called too.
    """
    found = profile(path, declared_format, name, reading)
    table = survey_lines(path, found) or _main_sheet(path, found)
    spoken = found.encoding is not None and speaks_of_dnis(path, found.encoding.name)
    names = [name for schema in schemas for name in enumerate(_field_names(schema), 1)]
    if table is None:
        return Mask((), (), names=names, spoken=spoken)
    labels = [column.label for column in table.columns[: table.width]]
    return Mask(
        personal_columns(table),
        labels,
        names=[*enumerate(labels, 1), *names],
        spoken=spoken,
        coded=any(map(_is_coded, table.columns)),
    )


def _field_names(schema: Mapping[str, Any]) -> list[str]:
    """Return what fields are called, in their order; a schema may also be none, in any way."""
    fields = schema.get("fields")
    given = fields if isinstance(fields, list) else []
    return [str(one.get("name", ""))[:_LABEL] if isinstance(one, Mapping) else "" for one in given]


def _is_coded(column: Column) -> bool:
    """Tell whether a column is of eight-digit codes, which may then stand in any broken row."""
    eight = (Shape.EIGHT, Shape.EIGHT_FROM_ZERO, Shape.YEAR_NUMBER, Shape.DATE)
    return 0 < column.filled <= 2 * column.count(*eight)


def _main_sheet(path: Path, found: Profile) -> Survey | None:
    book = book_of(path, found)
    return book.main.survey if book and book.main else None


def _speaks_of_a_person(label: str) -> bool:
    return bool(_LOOSE.fullmatch(label)) or title_kind(label) is not None


class Mask:
    """Hides the personal columns of one table, alike in findings and in frictionless reports."""

    def __init__(
        self,
        persons: Sequence[Personal],
        labels: Sequence[str],
        *,
        names: Sequence[tuple[int, str]] = (),
        spoken: bool = False,
        coded: bool = False,
    ) -> None:
        """``labels`` are the header's: a row of another width may hold anything anywhere.

        ``names`` are what each column, by its number, is called anywhere. ``spoken``: the text
        speaks of DNIs, in whatever column, so any such number may be one. ``coded``: eight digits
        are a code of this table, in a broken row too.
        """
        self._spoken = spoken or any(names_a_dni(name) for _, name in names)
        self._coded = coded
        rucs = lexicon().ruc
        self._kinds = {number: PersonalKind.RUC for number, n in names if name_words(n) & rucs}
        self._kinds |= {person.number: person.kind for person in persons}
        self._numbers = {person.field: person.number for person in persons}
        self._labels = frozenset(labels)
        self._width = len(labels)
        # A file without a header has its first person there.
        self._header_is_data = any(map(_speaks_of_a_person, labels))
        self._header_has_dni = any(map(is_dni_alone, labels))

    def finding(self, finding: Finding) -> Finding:
        """Return ``finding`` with its evidence, and what of its parameters repeats it, masked."""
        if finding.field:
            finding = replace(finding, field=self._label(finding.field))
        if finding.code.startswith("personal-data"):
            return finding
        number = finding.params.get("number", 0) or self._numbers.get(finding.field or "", 0)
        shifted = finding.params.get("cells", self._width) != self._width
        hidden = self._cell(number, finding.evidence, shifted=shifted)
        if hidden in self._labels:
            hidden = self._label(hidden)
        params = dict(finding.params)
        if "note" in params:
            params["note"] = self._note(str(params["note"]), {finding.evidence: hidden})
            if hidden != finding.evidence and finding.evidence.endswith("…"):
                # The note has more of the cell than the evidence, which was cut.
                params["note"] = hidden
        return replace(finding, evidence=hidden, params=params)

    def table(self, table: Table) -> Table:
        """Return ``table`` with its report masked, and its schema where the header is a person."""
        named = [
            {**field, "name": self._label(str(field.get("name", "")))}
            for field in table.schema.get("fields", [])
        ]
        schema = {**table.schema, "fields": named} if "fields" in table.schema else table.schema
        dates = {self._label(name): span for name, span in table.dates.items()}
        report = self.report(table.report)
        counts = {kind: self._by_label(fields) for kind, fields in table.counts.items()}
        return replace(table, report=report, schema=schema, dates=dates, counts=counts)

    def _by_label(self, counts: Mapping[str, int]) -> dict[str, int]:
        """Return counts by masked label; labels that mask alike are counted together."""
        masked: Counter[str] = Counter()
        for label, count in counts.items():
            masked[self._label(label)] += count
        return dict(masked)

    def report(self, report: Mapping[str, Any]) -> dict[str, Any]:
        """Return a frictionless report descriptor with every personal cell masked."""
        tasks = [
            {
                **task,
                "labels": [self._label(label) for label in task.get("labels", [])],
                "errors": [self._error(error) for error in task.get("errors", [])],
            }
            for task in report.get("tasks", [])
        ]
        return {**report, "tasks": tasks}

    def _error(self, error: Mapping[str, Any]) -> dict[str, Any]:
        error = self._error_labels(error)
        cells = error.get("cells")
        if cells is None:
            return error
        hidden = self._cells(cells)
        words = dict(zip(cells, hidden, strict=True))
        masked = {**error, "cells": hidden}
        if "cell" in error:
            cell, number = error["cell"], error.get("fieldNumber", 0)
            masked["cell"] = self._cell(number, cell, shifted=len(cells) != self._width)
            words[cell] = masked["cell"]
        if "fieldCells" in error:
            values = error["fieldCells"]
            masked["fieldCells"] = [self._note(words.get(value, value), {}) for value in values]
        masked["note"] = self._note(error.get("note", ""), words)
        if masked == error:
            return error
        masked["message"] = _message(masked) or _replaced(error.get("message", ""), words)
        return masked

    def _error_labels(self, error: Mapping[str, Any]) -> dict[str, Any]:
        """Return an error whose labels are masked."""
        given = (key for key in ("label", "fieldName") if key in error)
        named: dict[str, Any] = {key: self._label(error[key]) for key in given}
        if "labels" in error:
            named["labels"] = [self._label(label) for label in error["labels"]]
        masked = {**error, **named}
        return masked if masked == error else {**masked, "message": _message(masked)}

    def _label(self, label: str) -> str:
        label = hidden_label(label)
        if self._spoken:
            label = without_dnis(_LOOSE_INSIDE.sub(starred, label))
        if not self._header_is_data or not (self._has_people or self._header_has_dni):
            return label
        if _LOOSE.fullmatch(label):
            return mask(PersonalKind.DNI, label)
        return mask(PersonalKind.NAME, label) if is_person(label) else label

    def _cells(self, cells: Cells) -> list[str]:
        shifted = len(cells) != self._width
        return [self._cell(number, cell, shifted=shifted) for number, cell in enumerate(cells, 1)]

    def _cell(self, number: int, cell: str, *, shifted: bool) -> str:
        # In a broken row nobody can tell which cell is whose: words could be a name.
        if shifted and self._has_people and re.search(r"[^\W\d_]{2}", cell):
            return mask(PersonalKind.NAME, cell)
        kind = self._kinds.get(number)
        if kind is PersonalKind.RUC:
            return self._ruc(cell)
        if kind:
            return mask(kind, cell)
        cell = self._loose(cell)
        return without_dnis(cell) if shifted and self._width and not self._coded else cell

    def _ruc(self, cell: str) -> str:
        """Hide persons' RUCs, and DNIs among them; what companies have stays."""
        if shape_of(cell.strip() or "-") is Shape.MENTION:
            return self._loose(cell)
        cell = mask(PersonalKind.RUC, cell)
        return without_dnis(cell) if self._has_people or self._spoken else cell

    def _note(self, note: str, words: Mapping[str, str]) -> str:
        """Return a note with the cells it repeats masked; parsing may have changed their form."""
        note = without_rucs(_replaced(note, words))
        if not self._has_people and not self._spoken:
            return note
        return without_dnis(_NUMBER_INSIDE.sub(starred, note))

    @property
    def _has_people(self) -> bool:
        return any(kind is not PersonalKind.RUC for kind in self._kinds.values())

    def _loose(self, cell: str) -> str:
        """Hide a number that could be somebody's although its column is not personal."""
        if shape_of(cell.strip() or "-") in _SPOKEN:
            return mask(PersonalKind.MENTION, mask(PersonalKind.RUC, cell))
        cell = without_rucs(cell)
        if not self._has_people and not self._spoken:
            return cell
        if _LOOSE.fullmatch(cell):
            return mask(PersonalKind.DNI, cell)
        return mask(PersonalKind.MENTION, without_dnis(_LOOSE_INSIDE.sub(starred, cell)))


def _replaced(text: str, words: Mapping[str, str]) -> str:
    """Return ``text`` with each cell it repeats masked, the longest first."""
    for cell in sorted(words, key=len, reverse=True):
        # A cell of three characters or fewer is also part of positions and constraint names.
        if words[cell] != cell and len(cell) > 3:
            text = text.replace(cell, words[cell])
    return text


def _message(error: Mapping[str, Any]) -> str:
    """Return the message frictionless would build from the masked error."""
    from frictionless import errors

    name = str(error.get("type", ""))
    for item in vars(errors).values():
        if getattr(item, "type", None) == name:
            return str(item.template.format(**error))
    return ""
