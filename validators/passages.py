"""Look for persons' numbers in text that is no table: JSON, XML, pages, documents, long lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from acopio.validators.lexicon import is_full_name
from acopio.validators.persons import names_a_dni
from acopio.validators.shapes import MENTION
from acopio.validators.wide import HEAD, utf16_without_mark

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
# What a text must hold somewhere to speak of a DNI, in lower case: found at C's speed.
_HINTS = ("dni", "d.n", "dn.", "d_n", "d-n", "identidad", "electoral")
# A key's characters before its hint, and what may stand from the hint to the number's end.
_BEFORE, _AFTER = 100, 300
_DIGITS = re.compile(r"[0-9](?:[0-9]{6}|[. ,][0-9]{3}[. ,][0-9]{3})")
# Characters that are read closely in one text: much slower than the search for hints.
CLOSELY = 32 << 20
# More of them are not counted.
MOST = 10_000
# One such line may be chance; a list of persons has several.
_LINES = 2
_LONGEST = 1000
_LISTED = 100_000

# Where it begins and ends in a text.
Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A person's number in a text. ``field`` is its key, if any; ``line`` counts from 1."""

    field: str
    line: int
    number: str


class Beyond(Exception):  # noqa: N818
    """A text speaks of DNIs, and has numbers beside them, in more than ``CLOSELY`` characters."""


def passages(path: Path) -> Iterator[Passage]:
    """Yield what reads like somebody's DNI: under a key of that name, or as prose mentions it.

    Reads the file once, in blocks; a number where two blocks meet may come twice. Stops after
    ``MOST``. Raises Beyond.
    """
    yield from islice(_in_file(path), MOST)


def _in_file(path: Path) -> Iterator[Passage]:
    kept, line, left = "", 1, CLOSELY
    with path.open("r", encoding=_encoding(path), errors="replace", newline="") as file:
        while block := file.read(_BLOCK):
            text = kept + block
            stretches = list(_hinted(text))
            left -= sum(end - start for start, end in stretches)
            if left < 0:
                raise Beyond
            yield from _in_block(text, stretches, line)
            kept = text[-_OVERLAP:]
            line += text.count("\n", 0, len(text) - len(kept))


def passages_in(text: str) -> Iterator[Passage]:
    """Yield what reads like somebody's DNI in a document's ``text``, a line a row or paragraph.

    Beside what ``passages`` finds: numbers of eight digits with a full name in the same line,
    where there are several, as in a list of persons that was printed.
    """
    yield from _in_block(text, list(_hinted(text)), 1)
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


def _in_block(text: str, stretches: Sequence[Stretch], line: int) -> Iterator[Passage]:
    """Yield what is found in ``stretches`` of a block, whose first line is ``line``."""
    counted = 0
    for start, end in stretches:
        line += text.count("\n", counted, start)
        counted = start
        yield from _in_passage(text[start:end], line)


def _hinted(text: str) -> Iterator[Stretch]:
    """Yield the stretches of ``text``, apart and in order, with hints and digits enough."""
    # The one letter that takes two in lower case would move all that follows.
    lower = text.replace("\u0130", "I").lower()
    around: list[Stretch] = []
    for hint in _HINTS:
        found = lower.find(hint)
        while found >= 0:
            # What is found within reach of this one is within this stretch as well.
            around.append((max(0, found - _BEFORE), found + 2 * _AFTER))
            found = lower.find(hint, found + _AFTER)
    for start, end in _merged(sorted(around)):
        if _DIGITS.search(text, start, end):
            yield start, min(end, len(text))


def _merged(stretches: Sequence[Stretch]) -> Iterator[Stretch]:
    """Yield ``stretches``, which are in order, those that touch as one."""
    begin = until = -1
    for start, end in stretches:
        if start > until:
            if until >= 0:
                yield begin, until
            begin, until = start, end
        until = max(until, end)
    if until >= 0:
        yield begin, until


def _in_passage(text: str, line: int) -> Iterator[Passage]:
    ends = set()
    for pattern in _KEYED:
        for match in pattern.finditer(text):
            if names_a_dni(match[1]):
                ends.add(match.end(2))
                yield _passage(text, match, line, match[1], match[2])
    for match in MENTION.finditer(text):
        if match.end() not in ends:
            yield _passage(text, match, line, "", match[0])


def _passage(text: str, match: re.Match[str], line: int, field: str, number: str) -> Passage:
    return Passage(field=field, line=line + text.count("\n", 0, match.start()), number=number)


def _encoding(path: Path) -> str:
    """Return an encoding in which digits and keys can be read, whatever the accents are in."""
    with path.open("rb") as file:
        start = file.read(HEAD)
    if start.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return utf16_without_mark(start) or "utf-8"
