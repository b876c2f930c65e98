"""Folder listings of web servers: Apache, nginx, lighttpd, IIS, and those that look like them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from acopio.harvester.html_page import Link

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_TITLE = re.compile(r"\s*(?:Index of|Directory listing for|Índice de|Indice de)\s+/", re.IGNORECASE)
_IIS_TITLE = re.compile(r"[^\s/]+ - /(?:.*/)?\s*\Z")

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::\d\d)?"
_AFTER = (
    re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d\d|[A-Za-z]{{3}})-(?P<day>\d\d)[ T]{_CLOCK}"),
    re.compile(rf"(?P<day>\d\d)-(?P<month>[A-Za-z]{{3}})-(?P<year>\d{{4}}) {_CLOCK}"),
)
# IIS writes them before the name. Only in English: else day and month cannot be told apart.
_BEFORE = re.compile(
    rf"(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})/(?P<year>\d{{4}})\s+{_CLOCK}\s(?P<half>[AP])M"
)
_SIZE = re.compile(r"\s+(\d{1,15}(?:\.\d{1,3})?)\s?([KMGT]?)i?B?(?=\s|\Z)", re.IGNORECASE)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a listing says of a file: when it was changed, in UTC, and its size in bytes.

    A size such as ``1.2M`` is as exact as that.
    """

    modified: datetime | None = None
    size: int | None = None


def is_folder(tree: "LexborHTMLParser") -> bool:
    """Tell whether a page is a web server's own listing of a folder."""
    for node in tree.css("title, h1")[:4]:
        words = node.text()[:2_000]
        if _TITLE.match(words) or (_IIS_TITLE.match(words) and tree.css_first("pre")):
            return True
    return False


def read(
    links: Sequence[Link], url: str, zone: tzinfo
) -> tuple[list[tuple[Link, Facts]], list[str]]:
    """Return a listing's files with what it says of them, and its sub-folders' addresses.

    Links that sort the listing or lead up, and whatever leads elsewhere, are left out.
    """
    files, folders = [], []
    here = url.partition("?")[0].rpartition("/")[0] + "/"
    for link in links:
        there = _within(link.href, here)
        if there.endswith("/"):
            folders.append(urljoin(here, link.href))
        elif there:
            files.append((link, _facts(link, zone)))
    return files, folders


def _within(href: str, here: str) -> str:
    """Return the last step of an address directly in the folder ``here``, else ``""``."""
    try:
        there = urlsplit(urljoin(here, href))
    except ValueError:
        return ""
    rest = there._replace(fragment="").geturl().removeprefix(here)
    inside = rest and not there.query and "://" not in rest and "/" not in rest.rstrip("/")
    return rest if inside and rest.strip("/.") else ""


def _facts(link: Link, zone: tzinfo) -> Facts:
    found = next(filter(None, (pattern.search(link.after) for pattern in _AFTER)), None)
    found = found or _BEFORE.search(link.before)
    if found is None:
        return Facts()
    return Facts(modified=_moment(found, zone), size=_bytes(found.string[found.end() :]))


def _moment(found: re.Match[str], zone: tzinfo) -> datetime | None:
    part = found.groupdict()
    month = part["month"].lower()
    hour = int(part["hour"])
    if half := part.get("half"):
        hour = hour % 12 + (12 if half.upper() == "P" else 0)
    try:
        number = int(month) if month.isdigit() else _MONTHS.index(month) + 1
        year, day, minute = int(part["year"]), int(part["day"]), int(part["minute"])
        return datetime(year, number, day, hour, minute, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _bytes(words: str) -> int | None:
    found = _SIZE.match(words)
    return round(float(found[1]) * 1024 ** _POWERS[found[2].upper()]) if found else None
