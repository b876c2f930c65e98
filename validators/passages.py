"""Look for persons' numbers in text that is no table: JSON, XML, pages, documents, long lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from acopio.validators.lexicon import is_full_name
from acopio.validators.persons import names_a_dni
from acopio.validators.shapes import MENTION

_BLOCK = 1 << 20
# What a block keeps of the one before: no key and value are longer together.
_OVERLAP = 400
_KEYED = (
    re.compile(r'"([^"\\\n]{1,80})"\s{0,20}:\s{0,20}"?([0-9]{8})(?![0-9.])'),
    re.compile(r"<([A-Za-z_][\w:.-]{1,80})[^<>]{0,100}>\s{0,20}([0-9]{8})\s{0,20}</"),
    re.compile(r'\b([A-Za-z_][\w:.-]{1,80})="([0-9]{8})"'),
)
# A number of eight digits in a line of a document, and the words beside it.
_NUMBER = re.compile(r"(?<![0-9.,/-])[0-9]{8}(?![0-9.,/-])")
_WORDS = re.compile(r"[^\W\d_]+(?:,? [^\W\d_]+)+")
# One such line may be chance; a list of persons has several.
_LINES = 2
_LONGEST = 1000
_LISTED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A person's number in a text. ``field`` is its key, if any; ``line`` counts from 1."""

    field: str
    line: int
    number: str


def passages(path: Path) -> Iterator[Passage]:
    """Yield what reads like somebody's DNI: under a key of that name, or as prose mentions it.

    Reads the file once, in blocks; a number where two blocks meet may come twice.
    """
    kept, line = "", 1
    with path.open("r", encoding=_encoding(path), errors="replace", newline="") as file:
        while block := file.read(_BLOCK):
            text = kept + block
            yield from _in_block(text, line)
            kept = text[-_OVERLAP:]
            line += text.count("\n", 0, len(text) - len(kept))


def passages_in(text: str) -> Iterator[Passage]:
    """Yield what reads like somebody's DNI in a document's ``text``, a line a row or paragraph.

    Beside what ``passages`` finds: numbers of eight digits with a full name in the same line,
    where there are several, as in a list of persons that was printed.
    """
    yield from _in_block(text, 1)
    listed = list(islice(_beside_names(text), _LISTED))
    if len(listed) >= _LINES:
        yield from listed


def _beside_names(text: str) -> Iterator[Passage]:
    for line, words in enumerate(text.splitlines(), 1):
        number = _NUMBER.search(words[:_LONGEST])
        # Where the number is mentioned as a DNI, it was found already.
        if number is None or MENTION.search(words):
            continue
        if any(map(is_full_name, _WORDS.findall(words[:_LONGEST]))):
            yield Passage(field="", line=line, number=number[0])


def _in_block(text: str, line: int) -> Iterator[Passage]:
    for pattern in _KEYED:
        for match in pattern.finditer(text):
            if names_a_dni(match[1]):
                yield _passage(text, match, line, match[1], match[2])
    for match in MENTION.finditer(text):
        yield _passage(text, match, line, "", match[0])


def _passage(text: str, match: re.Match[str], line: int, field: str, number: str) -> Passage:
    return Passage(field=field, line=line + text.count("\n", 0, match.start()), number=number)


def _encoding(path: Path) -> str:
    """Return an encoding in which digits and keys can be read, whatever the accents are in."""
    with path.open("rb") as file:
        start = file.read(4)
    if start in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"):
        return "utf-32"
    return "utf-16" if start.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
