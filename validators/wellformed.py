"""Read JSON (RFC 8259) and XML (W3C XML 1.0) as streams, and say where they stop being that.

Nothing is built in memory: depth, the length of one value and entities are bounded.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acopio.tables import json_events
from acopio.tables.json_events import DEPTH
from acopio.tables.sheet import Unreadable

# Bytes one value, name or tag may have: what a reader must hold at once.
LONGEST = 16 << 20
# What one entity of an XML may stand for, in characters.
_ENTITY = 1000
_PREDEFINED = re.compile("&(?:lt|gt|amp|quot|apos);")
_BLOCK = 64 << 10
# The first pieces in which a flaw is looked for, in bytes.
_PIECE = 1 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Where a text stops being well formed. ``line`` counts from 1, ``byte`` from 0."""

    problem: str
    line: int
    byte: int


class Beyond(Exception):  # noqa: N818 - it is no fault of the program
    """A limit was met: ``limit`` is its name in the catalogue, ``value`` its measure."""

    def __init__(self, limit: str, value: int | str) -> None:
        super().__init__(limit)
        self.limit = limit
        self.value = value


def json_flaw(path: Path, *, several: bool = False) -> Flaw | None:
    """Return where the JSON at ``path`` breaks, or None; ``several`` allows a value a line.

    Raises Beyond for what is too deep or too long to read.
    """
    at, line = _mark(path), 1
    feed = _JsonFeed(several)
    with path.open("rb") as file:
        file.seek(at)
        while block := file.read(feed.appetite):
            problem = feed.take(block)
            if problem:
                return _narrowed(path, several, Flaw(problem=problem, line=line, byte=at), block)
            at += len(block)
            line += block.count(b"\n")
    problem = feed.end()
    return Flaw(problem=problem, line=line, byte=at) if problem else None


class _JsonFeed:
    """One reading of a JSON text, fed in pieces."""

    def __init__(self, several: bool) -> None:
        import ijson

        self._error = ijson.JSONError
        self._reader = json_events.Reader(several=several)

    @property
    def silent(self) -> int:
        """How many bytes were read since a value ended or began."""
        return self._reader.silent

    @property
    def appetite(self) -> int:
        """How many bytes to give next."""
        return self._reader.appetite

    def take(self, block: bytes) -> str:
        """Read on; return what is wrong, or nothing."""
        problem = self._told(lambda: self._reader.send(block))
        if self.silent > LONGEST:
            raise Beyond("value", LONGEST)
        return problem

    def end(self) -> str:
        """Return what is missing at the end, or nothing."""
        return self._told(self._reader.close)

    def _told(self, act: Callable[[], object]) -> str:
        try:
            act()
        except self._error as error:
            return _json_problem(str(error))
        except StopIteration:
            return "several-values"
        except Unreadable as met:
            raise Beyond(met.limit, met.value) from None
        return ""


def _json_problem(message: str) -> str:
    """Return the kind of an error of ijson's, whose sentences quote the file."""
    # The words of yajl and of ijson's own reader.
    words = {
        "invalid bytes in UTF8": "not-utf8",
        "utf-8": "not-utf8",
        "trailing garbage": "several-values",
        "Additional data": "several-values",
        "premature EOF": "cut",
        "Incomplete": "cut",
        "overflow": "number-too-long",
        json_events.LONE_SURROGATE: "lone-surrogate",
    }
    start = message.split("\n", 1)[0]
    return next((kind for word, kind in words.items() if word in start), "syntax")


def _narrowed(path: Path, several: bool, flaw: Flaw, block: bytes) -> Flaw:
    """Return a flaw that is somewhere in ``block``, where ``flaw`` begins, by its very byte.

    In a value longer than a block that would take too long; then it is told where it was met.
    """
    for size in (_PIECE, 1):
        feed = _fed_up_to(path, several, flaw.byte)
        if feed.silent >= _BLOCK:
            return flaw
        offsets = range(0, len(block), size)
        problems = (feed.take(block[offset : offset + size]) for offset in offsets)
        found = zip(offsets, problems, strict=False)
        offset, problem = next((pair for pair in found if pair[1]), (0, "syntax"))
        line = flaw.line + block.count(b"\n", 0, offset)
        flaw = Flaw(problem=problem, line=line, byte=flaw.byte + offset)
        block = block[offset : offset + size]
    return flaw


def _fed_up_to(path: Path, several: bool, end: int) -> _JsonFeed:
    """Return a reading of what stands before the byte at ``end``, where nothing is wrong."""
    feed = _JsonFeed(several)
    with path.open("rb") as file:
        left = end - file.seek(_mark(path))
        while left and (block := file.read(min(feed.appetite, left))):
            feed.take(block)
            left -= len(block)
    return feed


def _mark(path: Path) -> int:
    """Return the length of the byte order mark, which readers may ignore (RFC 8259, 8.1)."""
    with path.open("rb") as file:
        return 3 if file.read(3) == b"\xef\xbb\xbf" else 0


def xml_flaw(path: Path) -> Flaw | None:
    """Return where the XML at ``path`` breaks, or None.

    Entities are not expanded further than a word, and nothing outside is read. Raises Beyond
    for what is too deep, a tag too long, or entities made of entities.
    """
    depth = 0

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            raise Beyond("depth", DEPTH)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    return read_xml(path, start=start, end=end)


def read_xml(path: Path, **handlers: Callable[..., None]) -> Flaw | None:
    """Feed the XML at ``path`` to ``start``, ``end`` and ``text``, as expat calls them.

    Returns where it breaks, or None. Raises Beyond as ``xml_flaw`` does, and what handlers raise.
    """
    from xml.parsers import expat

    parser = expat.ParserCreate()
    parser.buffer_text = "text" in handlers
    parser.EntityDeclHandler = _entity
    names = {
        "start": "StartElementHandler",
        "end": "EndElementHandler",
        "text": "CharacterDataHandler",
    }
    for name, handler in handlers.items():
        setattr(parser, names[name], handler)
    fed = 0
    try:
        for block in _blocks(path):
            fed += len(block)
            parser.Parse(block, False)
            if fed - max(parser.CurrentByteIndex, 0) > LONGEST:
                raise Beyond("value", LONGEST)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        if "amplification" in expat.ErrorString(error.code):
            raise Beyond("entities", _ENTITY) from None
        problem = _xml_problem(error.code)
        return Flaw(problem=problem, line=error.lineno, byte=max(parser.ErrorByteIndex, 0))
    except (LookupError, ValueError):
        # A declared encoding that Python does not know, or that expat cannot use.
        return Flaw(problem="unknown-encoding", line=1, byte=0)
    return None


def _entity(
    _name: str, _parameter: bool, value: str | None, _base: Any, _system: Any, _public: Any, _n: Any
) -> None:
    """Refuse entities from outside, made of others, or long: what bombs are made of."""
    if value is None or len(value) > _ENTITY or "&" in _PREDEFINED.sub("", value):
        raise Beyond("entities", _ENTITY)


def _xml_problem(code: int) -> str:
    from xml.parsers.expat import errors

    words = {
        errors.XML_ERROR_NO_ELEMENTS: "cut",
        errors.XML_ERROR_UNCLOSED_TOKEN: "cut",
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION: "cut",
        errors.XML_ERROR_PARTIAL_CHAR: "cut",
        errors.XML_ERROR_TAG_MISMATCH: "tag-mismatch",
        errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "several-values",
        errors.XML_ERROR_DUPLICATE_ATTRIBUTE: "duplicate-attribute",
        errors.XML_ERROR_UNDEFINED_ENTITY: "undefined-entity",
        errors.XML_ERROR_UNKNOWN_ENCODING: "unknown-encoding",
        errors.XML_ERROR_INCORRECT_ENCODING: "unknown-encoding",
        errors.XML_ERROR_UNBOUND_PREFIX: "unbound-prefix",
    }
    return words.get(errors.messages[code], "syntax")


def _blocks(path: Path, start: int = 0) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while block := file.read(_BLOCK):
            yield block
