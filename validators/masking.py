"""Hide persons in what is reported: evidence, and every place of a report that repeats a cell.

What is shown of a number is at most its first and last digit; of a name, its initials.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from acopio.model import UNPINNED, Finding, Reading, Table
from acopio.validators.columns import Survey
from acopio.validators.lexicon import fold, is_full_name, is_person, lexicon
from acopio.validators.mentions import speaks_of_dnis
from acopio.validators.persons import Personal, PersonalKind, personal_columns
from acopio.validators.preflight import Profile, profile
from acopio.validators.shapes import MENTION, RUC_INSIDE, Shape, shape_of
from acopio.validators.sheets.book import book_of
from acopio.validators.surveys import survey_lines

_DNI_INSIDE = re.compile(r"[0-9][0-9. ]{5,9}[0-9]")
_RUC_PERSON = re.compile(r"10[0-9]{9}")
# A whole cell that could be somebody's number, wherever a broken row has pushed it.
_LOOSE = re.compile(r"\s*'?(?:[0-9]{7,8}[- ]?[0-9A-K]?|10[0-9]{9})\s*")
_NUMBER_INSIDE = re.compile(r"\b[0-9]{6,11}[A-K]?\b")
# A number with something around it: ``DNI-43219876``, ``41.234.567``.
_LOOSE_INSIDE = re.compile(r"(?<![0-9])(?:[0-9]{7,9}|[0-9]{2}(?:[.][0-9]{3}){2})(?![0-9])")
_WORDS = re.compile(r"[^\W\d_]+(?:[ ,]{1,2}[^\W\d_]+)*")
_WORD = re.compile(r"[^\W\d_]+")
_MAIL = re.compile(r"([\w.%+-])[\w.%+-]{0,63}@([\w.-]+)")
_TITLE = 10000
_NO_NAMES = frozenset({"dni", "ruc", "con", "a", "el", "la", "por", "responsable"})
_SPOKEN = frozenset({Shape.MENTION, Shape.RUC_MENTION})

Cells = Sequence[str]


def mask(kind: PersonalKind, text: str) -> str:
    """Return ``text`` with the person hidden: ``4******1``, ``10*********``, ``J. P.``."""
    if not text.strip():
        return text
    return _MASKS[kind](text)


def _mask_number(text: str) -> str:
    text = text.strip()
    if len(text) < 6:
        return "*" * len(text)
    return text[0] + "*" * (len(text) - 2) + text[-1]


def _mask_ruc(text: str) -> str:
    """Hide a natural person's RUC, whose digits 3 to 10 are a DNI; a company's stays."""
    return RUC_INSIDE.sub("10" + "*" * 9, text.strip()) if RUC_INSIDE.search(text) else text


def _mask_name(text: str) -> str:
    return " ".join(f"{word[0]}." for word in re.findall(r"\w+", text))


def _mask_mention(text: str) -> str:
    """Hide the number in a text, and every name: known words, and those that run on with them."""
    text = _DNI_INSIDE.sub(_starred, text)
    return _WORDS.sub(lambda match: _without_names(match.group()), text)


def _starred(match: re.Match[str]) -> str:
    return "*" * len(match.group())


def _without_names(run: str) -> str:
    """Return a run of words with names reduced to initials; capitals beside a name are one too."""
    words = _WORD.findall(run)
    known = [_is_name_word(word) for word in words]
    for order in (range(1, len(words)), range(len(words) - 2, -1, -1)):
        for index in order:
            before = index - 1 if order.step > 0 else index + 1
            known[index] = known[index] or (known[before] and _could_be_a_name(words[index]))
    marks = iter(known)
    return _WORD.sub(lambda word: f"{word[0][0]}." if next(marks) else word[0], run)


def _could_be_a_name(word: str) -> bool:
    return word[0].isupper() and fold(word) not in _NO_NAMES


def _is_name_word(word: str) -> bool:
    known = lexicon()
    folded = fold(word)
    return folded in known.given or folded in known.family


def title_kind(text: str) -> PersonalKind | None:
    """Tell what of a person a title or label says: a number, a full name, or nothing."""
    text = text[:_TITLE].strip()
    if not text:
        return None
    if MENTION.search(text) or shape_of(text) is Shape.MENTION:
        return PersonalKind.MENTION
    # After a colon or a dash stands who signs.
    parts = re.split(r"[:;/|\t]| - ", text)
    return PersonalKind.NAME if any(is_full_name(part) for part in parts) else None


def hidden_title(text: str) -> str:
    """Return the text of a title or label with the person in it hidden, if there is one."""
    return _mask_mention(text) if title_kind(text) else text


def _mask_mail(text: str) -> str:
    """Hide whose address it is; the provider tells nobody who."""
    return _MAIL.sub(lambda match: f"{match[1]}***@{match[2]}", text)


def _mask_whole(text: str) -> str:
    return "***"


_MASKS: Mapping[PersonalKind, Callable[[str], str]] = {
    PersonalKind.DNI: _mask_number,
    PersonalKind.RUC: _mask_ruc,
    PersonalKind.NAME: _mask_name,
    PersonalKind.MENTION: _mask_mention,
    PersonalKind.PHONE: _mask_number,
    PersonalKind.EMAIL: _mask_mail,
    PersonalKind.HEALTH: _mask_whole,
}


def mask_of(path: Path, declared_format: str, name: str, reading: Reading = UNPINNED) -> "Mask":
    """Return what hides the persons of the file at ``path``; empty when it holds none."""
    found = profile(path, declared_format, name, reading)
    table = survey_lines(path, found) or _main_sheet(path, found)
    spoken = found.encoding is not None and speaks_of_dnis(path, found.encoding.name)
    if table is None:
        return Mask((), (), spoken=spoken)
    labels = [column.label for column in table.columns[: table.width]]
    return Mask(personal_columns(table), labels, spoken=spoken)


def _main_sheet(path: Path, found: Profile) -> Survey | None:
    book = book_of(path, found)
    return book.main.survey if book and book.main else None


def _speaks_of_a_person(label: str) -> bool:
    return bool(_LOOSE.fullmatch(label)) or title_kind(label) is not None


class Mask:
    """Hides the personal columns of one table, alike in findings and in frictionless reports."""

    def __init__(
        self, persons: Sequence[Personal], labels: Sequence[str], *, spoken: bool = False
    ) -> None:
        """``labels`` are the header's: a row of another width may hold anything anywhere.

        ``spoken``: the text speaks of DNIs, in whatever column, so any such number may be one.
        """
        self._spoken = spoken
        self._kinds = {person.number: person.kind for person in persons}
        self._numbers = {person.field: person.number for person in persons}
        self._width = len(labels)
        # A file without a header has its first person there.
        self._header_is_data = any(map(_speaks_of_a_person, labels))

    def __bool__(self) -> bool:
        """Whether there is anything to hide."""
        return bool(self._kinds) or self._header_is_data or self._spoken

    def finding(self, finding: Finding) -> Finding:
        """Return ``finding`` with its evidence, and what of its parameters repeats it, masked."""
        if finding.field:
            finding = replace(finding, field=self._label(finding.field))
        if finding.code.startswith("personal-data"):
            return finding
        number = finding.params.get("number", 0) or self._numbers.get(finding.field or "", 0)
        shifted = finding.params.get("cells", self._width) != self._width
        hidden = self._cell(number, finding.evidence, shifted=shifted)
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
        schema = {**table.schema, "fields": named} if self._labels_change else table.schema
        dates = {self._label(name): span for name, span in table.dates.items()}
        return replace(table, report=self.report(table.report), schema=schema, dates=dates)

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
        masked["message"] = _message(masked) or _replaced(error.get("message", ""), words)
        return masked

    def _error_labels(self, error: Mapping[str, Any]) -> dict[str, Any]:
        """Return an error whose labels are masked, if the header is a person."""
        if not self._labels_change:
            return dict(error)
        given = (key for key in ("label", "fieldName") if key in error)
        named: dict[str, Any] = {key: self._label(error[key]) for key in given}
        if "labels" in error:
            named["labels"] = [self._label(label) for label in error["labels"]]
        return {**error, **named, "message": _message({**error, **named})}

    def _label(self, label: str) -> str:
        if title_kind(label):
            return hidden_title(label)
        if self._spoken:
            label = _LOOSE_INSIDE.sub(_starred, label)
        if not self._header_is_data or not self._has_people:
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
        return mask(kind, cell) if kind else self._loose(cell)

    def _note(self, note: str, words: Mapping[str, str]) -> str:
        """Return a note with the cells it repeats masked; parsing may have changed their form."""
        note = _replaced(note, words)
        if not self._has_people and not self._spoken:
            return note
        return _NUMBER_INSIDE.sub(lambda match: "*" * len(match.group()), note)

    @property
    def _labels_change(self) -> bool:
        return self._header_is_data or self._spoken

    @property
    def _has_people(self) -> bool:
        return any(kind is not PersonalKind.RUC for kind in self._kinds.values())

    def _loose(self, cell: str) -> str:
        """Hide a number that could be somebody's although its column is not personal."""
        if _RUC_PERSON.fullmatch(cell.strip()) or shape_of(cell.strip() or "-") in _SPOKEN:
            return mask(PersonalKind.MENTION, mask(PersonalKind.RUC, cell))
        if not self._has_people and not self._spoken:
            return cell
        if _LOOSE.fullmatch(cell):
            return mask(PersonalKind.DNI, cell)
        return mask(PersonalKind.MENTION, _LOOSE_INSIDE.sub(_starred, cell))


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
