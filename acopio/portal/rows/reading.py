"""Each parameter of a search read by itself, in CKAN 2.12's words for what is wrong with it."""

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from acopio.portal.problems import ValidationError
from acopio.portal.rows.refusals import quoted

DEFAULT, MOST = 100, 32_000
FORMATS = ("objects", "lists", "csv", "tsv")
_TRUE = {"true", "yes", "t", "y", "1"}
_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,40}\s*")
# No table has so many rows: a larger number means the same to us, and DuckDB can hold this one.
_FAR = 2**62


class Misread(Exception):  # noqa: N818 (what is said of a value, not an error of ours)
    """A value that its parameter cannot have; ``said`` is CKAN's list of sentences."""

    def __init__(self, *said: str) -> None:
        super().__init__(*said)
        self.said = list(said)


def read_each(asked: Mapping[str, Any], readers: "Mapping[str, Reader]") -> dict[str, Any]:
    """Return each value read, where it is asked. Raises ValidationError with all that is wrong."""
    found: dict[str, Any] = {}
    wrong: dict[str, Any] = {}
    for name, reader in readers.items():
        if asked.get(name) is not None:
            try:
                found[name] = reader(asked[name])
            except Misread as misread:
                wrong[name] = misread.said
    if wrong:
        raise ValidationError(wrong)
    return found


def integer(value: Any) -> int:
    """Return ``value`` as a whole number, near enough where it is beyond any row."""
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if whole or (isinstance(value, str) and _INTEGER.fullmatch(value)):
        return max(-_FAR, min(int(value), _FAR))
    raise Misread("Invalid integer")


def natural(value: Any) -> int:
    """Return ``value`` as a whole number from zero."""
    try:
        found = integer(value)
    except Misread as misread:
        if isinstance(value, str):
            misread.said.append("Please enter an integer value")
        raise
    if found < 0:
        raise Misread("Must be a natural number")
    return found


def limit(value: Any) -> int:
    """Return how many rows an answer may have: CKAN's default where nothing is said, its most."""
    return DEFAULT if value == "" else min(natural(value), MOST)


def offset(value: Any) -> int:
    """Return how many rows come before; what is below zero is refused with the table at hand."""
    return 0 if value == "" else integer(value)


def truth(value: Any) -> bool:
    """Return whether ``value`` says yes; what says nothing says no, as in CKAN."""
    return value is True or str(value).strip().lower() in _TRUE


def parsed(value: Any) -> Any:
    """Return a list or an object, from JSON where it is text."""
    try:
        found = value
        if not isinstance(value, list | dict):
            found = json.loads(value, parse_int=_whole)
        # Half of a surrogate pair is JSON, but no text.
        json.dumps(found, ensure_ascii=False, default=str).encode("utf-8")
    except (ValueError, TypeError, RecursionError):
        raise Misread("Cannot parse JSON") from None
    return found


def _whole(digits: str) -> int | Decimal:
    # Of any length, and still a number where the answer repeats it.
    found = Decimal(digits)
    return int(found) if abs(found) < _FAR else found


def text(value: Any) -> str:
    """Return ``value`` as text."""
    found = str(value)
    try:
        found.encode("utf-8")
    except UnicodeEncodeError:
        raise Misread("Must be a Unicode string value") from None
    return found


def text_or_object(value: Any) -> str | dict[str, Any]:
    """Return an object where ``value`` is one or its JSON, else text."""
    try:
        found = parsed(value)
    except Misread:
        found = None
    return found if isinstance(found, dict) else text(value)


def names(value: Any) -> list[str]:
    """Return a list of names, from text with commas or a list."""
    found = value
    if isinstance(value, str):
        found = [each.strip() for each in value.split(",") if each.strip()]
    if not isinstance(found, list):
        raise Misread("Not a list")
    odd = next((each for each in found if not isinstance(each, str)), None)
    if odd is not None:
        raise Misread(f"Neither a string nor a list: {quoted(odd)}")
    return found


def records_format(value: Any) -> str:
    """Return how records are given."""
    if value not in FORMATS:
        raise Misread(f"Value must be one of {list(FORMATS)}")
    return str(value)


Reader = Callable[[Any], Any]

QUERY: Mapping[str, Reader] = {
    "filters": parsed,
    "q": text_or_object,
    "full_text": text,
    "language": text,
    "plain": truth,
    "distinct": truth,
    "fields": names,
    "sort": names,
    "offset": offset,
}
SEARCH: Mapping[str, Reader] = {
    **QUERY,
    "limit": limit,
    "records_format": records_format,
    "include_total": truth,
    "include_next_page": truth,
}
