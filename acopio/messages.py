"""The message catalogue: everything said to people, in Spanish and English.

``config/messages/*.toml`` hold one table a message: ``es`` and ``en``, and for findings also
``severity``, ``family``, ``fix_es`` and ``fix_en``. Sentences have named places (``{host}``).
They say what happened, to what, and what to do next. Values are put in when they are read, so a
stored finding or error speaks the reader's language.
"""

import json
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from acopio.errors import AcopioError

if TYPE_CHECKING:
    from acopio.model import Finding

LANGUAGES = ("es", "en")
# Where a message begins in its file.
_HEADING = re.compile(r"^\[([\w-]+)\]$", re.MULTILINE)

# Whom this thread speaks to at the moment, where it serves several readers.
_reader: ContextVar[str | None] = ContextVar("reader", default=None)


class _Given(dict[str, Any]):
    """Values for a sentence; a missing one is shown as its own name, never an exception."""

    def __getitem__(self, name: str) -> "_Place":
        return _Place(self.get(name, "{" + name + "}"))


class _Place:
    """A value in its place: ``{count:cell}`` is ``1 celda``, or ``3 celdas``."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __str__(self) -> str:
        return str(self._value)

    def __format__(self, noun: str) -> str:
        if noun not in catalogue():
            return format(self._value, noun) if noun else str(self._value)
        return f"{self._value} {text(noun if self._value == 1 else f'many-{noun}')}"


class _Catalogue(Mapping[str, Mapping[str, str]]):
    """All messages by key. A file is parsed when one of its messages is asked for: few are."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = {key: text for text in texts for key in _HEADING.findall(text)}
        self._parsed: dict[str, Mapping[str, str]] = {}

    def __getitem__(self, key: str) -> Mapping[str, str]:
        """Return one message."""
        if key not in self._parsed:
            self._parsed |= tomllib.loads(self._texts[key])
        return self._parsed[key]

    def __iter__(self) -> Iterator[str]:
        """Yield the keys."""
        return iter(self._texts)

    def __len__(self) -> int:
        """Return how many messages there are."""
        return len(self._texts)

    def graded(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Yield the findings' messages, which have a severity, with their keys."""
        for key, text in self._texts.items():
            if "\nseverity = " in text and "severity" in self[key]:
                yield key, self[key]


@cache
def catalogue() -> _Catalogue:
    """Return all messages by key. A key stands in one file only."""
    folder = files("acopio.config").joinpath("messages")
    named = (file for file in folder.iterdir() if file.name.endswith(".toml"))
    return _Catalogue(file.read_text("utf-8") for file in named)


def language() -> str:
    """Return the reader's language: as ``speaking`` says, else ``ACOPIO_LANG``, else ``es``."""
    chosen = _reader.get() or os.environ.get("ACOPIO_LANG", "es")
    return chosen if chosen in LANGUAGES else "es"


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Speak to a reader of this language while the block runs; other threads are not affected."""
    token = _reader.set(chosen)
    try:
        yield
    finally:
        _reader.reset(token)


def text(key: str, params: Mapping[str, Any] | None = None, *, part: str = "") -> str:
    """Return the message ``key`` in the reader's language, its places filled.

    ``part`` is ``fix_`` for a finding's remedy. An unknown key is returned as it is, with its
    values, so that nothing stored by a newer version is lost on an older one.
    """
    message = catalogue().get(key)
    if message is None:
        return " ".join([key, *(f"{k}={v}" for k, v in (params or {}).items())])
    sentence = message.get(part + language()) or message.get(part + "es", "")
    return sentence.format_map(_Given(params or {}))


def sentence(error: AcopioError) -> str:
    """Return what an error says to a person."""
    return text(error.key, error.params)


def stored(error: AcopioError) -> str:
    """Return an error as text that can be kept and put into words later, in any language."""
    return said(error.key, error.params)


def said(key: str, params: Mapping[str, Any] | None = None) -> str:
    """Return a message as text that can be kept, and put into words later by ``spoken``."""
    return json.dumps({"key": key, "params": dict(params or {})}, default=str, ensure_ascii=False)


def spoken(kept: str | None) -> str | None:
    """Put into words what ``stored`` or ``said`` kept; None stays None.

    A place called ``reason`` may hold such a message itself, several, or a plain text.
    """
    if not kept:
        return None
    message = json.loads(kept)
    params = _in_words(message["params"])
    if "reason" in params:
        params["reason"] = _reason(params["reason"])
    return text(message["key"], params)


def _reason(given: object) -> object:
    """Put a reason into words if it was kept for that; others, which may be anybody's, stay."""
    if isinstance(given, list):
        return "; ".join(str(_reason(one)) for one in given if isinstance(one, str))
    if not isinstance(given, str) or not given.startswith('{"key": '):
        return given
    try:
        return spoken(given)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return given


def about(finding: "Finding", *, part: str = "") -> str:
    """Return a finding's sentence, or with ``part="fix_"`` its remedy, in the reader's language.

    A parameter whose value is a word of the catalogue (``kind`` ``dni`` is ``kind-dni``) is put
    into words as well, which may have places for the others; of one that has a text for each
    language, the reader's is shown.
    """
    given: dict[str, Any] = {
        "row": finding.row,
        "field": finding.field,
        "evidence": finding.evidence,
        **finding.params,
    }
    return text(finding.code, _in_words(given), part=part)


def _in_words(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _in_word(name, value, params) for name, value in params.items()}


def _in_word(name: str, value: object, params: Mapping[str, Any]) -> object:
    if isinstance(value, Mapping):
        # What an officer wrote, in each language.
        return value.get(language(), "")
    return text(f"{name}-{value}", params) if f"{name}-{value}" in catalogue() else value
