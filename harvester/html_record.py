"""Links of a page become datasets: which belong together, what they are called, who they are."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from requests.utils import requote_uri

from acopio.errors import Blocked
from acopio.harvester import formats, html_titles, values
from acopio.harvester.html_folder import Facts
from acopio.harvester.html_page import Link
from acopio.http.addresses import parse
from acopio.matching import undated
from acopio.messages import stored
from acopio.model import BadRecord, Dataset, Resource, Role

_ID = 300
_RAW = 64 * 2**10
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_NO_ADDRESS = frozenset(
    ["javascript:", "mailto:", "tel:", "sms:", "data:", "blob:", "about:", "whatsapp:"]
)
# A visit's own number, which the next visit does not need.
_SESSION = re.compile(
    r";jsessionid=[^/?#]*|(?<=[?&])(?:phpsessid|jsessionid|aspsessionid\w*)=[^&#]*&?", re.IGNORECASE
)
# What only keeps old copies of a file away, and says nothing of which file it is.
_VOLATILE = re.compile(
    r"(?:\A|&)(?:v|ver|t|ts|time|timestamp|rand|nocache|_|utm_\w+)(?:=[^&]*)?(?=&|\Z)",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"//[^/\s@]{1,500}@")
_DICTIONARY = re.compile(
    r"[ _.-]*(?:diccionarios?|data[ _-]?dictionary|dictionary|metadatos?|metadata)"
    r"(?:[ _-]de[ _-](?:datos|campos|variables))?[ _.-]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A link whose address can be asked for. ``key`` is what its dataset is known by."""

    link: Link
    url: str
    place: str
    key: str
    format: str
    role: Role
    facts: Facts


def format_of(href: str) -> str:
    """Return the format that an address ends in, or a value of its query; else ``""``."""
    place, _, query = href.strip().partition("#")[0].partition("?")
    ends = [place, *(pair.partition("=")[2] for pair in query.split("&")[:50])]
    names = (unquote(end[-200:]).rpartition("/")[2] for end in ends)
    return next(filter(None, map(html_titles.extension, names)), "")


def leads_somewhere(href: str) -> bool:
    """Tell an address from ``#``, ``javascript:`` and what else a page's anchors may hold."""
    written = href.strip()
    scheme = _SCHEME.match(written)
    return (
        bool(written)
        and written[0] != "#"
        and (scheme is None or scheme[0].lower() not in _NO_ADDRESS)
    )


def address(href: str, base: str) -> str:
    """Return a link's whole address as browsers read it, without fragment and session.

    Raises Blocked for what is no http or https address: a file of somebody's computer, a typing
    error, one with a password, one longer than 8,000 characters.
    """
    written = re.sub(r"[\t\r\n]", "", href.strip())
    place, mark, query = written.partition("?")
    try:
        url = requote_uri(urljoin(base, place.replace("\\", "/") + mark + query))
        url = _SESSION.sub("", urlsplit(url)._replace(fragment="").geturl()).rstrip("?&")
    except ValueError as error:
        raise _unusable(written) from error
    if len(url) > values.ADDRESS:
        raise _unusable(written)
    parse(url)
    return url


def _unusable(href: str) -> Blocked:
    return Blocked("http-bad-address", url=values.line(_PASSWORD.sub("//***@", href), 200))


def file_of(link: Link, url: str, root: str, facts: Facts) -> File:
    """Return a link as a file; ``root`` is the source's own address."""
    parts = urlsplit(url)
    place = _place(parts, urlsplit(root))
    form = format_of(url) or _said_format(link.text)
    folder, slash, name = place.partition("?")[0].rpartition("/")
    stem = html_titles.stem(name)
    role = formats.role_of(name=f"{stem} {link.text}", description="", format=form, url=url)
    if role is Role.DICTIONARY:
        stem = _DICTIONARY.sub("", stem) or stem
    query = undated(place.partition("?")[2])
    key = folder + slash + (undated(stem).strip(" _-.") or stem)
    key = unicodedata.normalize("NFC", f"{key}?{query}" if query else key).casefold()
    return File(link=link, url=url, place=place, key=key, format=form, role=role, facts=facts)


def _place(parts: SplitResult, root: SplitResult) -> str:
    """Return where a file is, as seen from the source's page: a site may change its name."""
    path = unquote(parts.path)
    here = unquote(root.path).rpartition("/")[0] + "/"
    if parts.hostname != root.hostname:
        path = f"{parts.hostname}{path}"
    elif path.startswith(here):
        path = path[len(here) :]
    query = _VOLATILE.sub("", unquote(parts.query)).strip("&")
    return f"{path}?{query}" if query else path


def _said_format(words: str) -> str:
    said = re.findall(r"[a-z0-9]+", words.lower()[:200])
    return next((word for word in said if formats.is_extension(word)), "")


def bad(link: Link, error: Blocked) -> BadRecord:
    """Return a link that cannot be followed as a record that cannot be used."""
    href = _PASSWORD.sub("//***@", link.href)
    return BadRecord(id=_identity(href), raw=values.raw(href, _RAW) or "…", reason=stored(error))


def datasets(files: Iterable[File], page: str) -> Iterator[Dataset]:
    """Yield the datasets of a page's files, in the page's order.

    Files are one dataset when the source's options say so, when they differ only by format and
    date, or when one explains the other: by its name, or as the only one in its row.
    """
    grouped: dict[str, list[File]] = {}
    for file in _beside_what_they_explain(_by_group(list(files))):
        grouped.setdefault(file.key, []).append(file)
    titles = {key: _title(group) for key, group in grouped.items()}
    times = Counter(titles.values())
    for key, group in grouped.items():
        title = titles[key]
        yield _dataset(key, group, _told_apart(title, group) if times[title] > 1 else title, page)


def _by_group(files: list[File]) -> Iterator[File]:
    """Know the files of an element that was chosen as a dataset by its title, or by the first."""
    keys: dict[int, str] = {}
    for file in files:
        if file.link.group:
            title = html_titles.lasting(file.link.title).casefold()
            keys.setdefault(file.link.group, title or file.key)
            file = replace(file, key=keys[file.link.group])
        yield file


def _beside_what_they_explain(files: Iterable[File]) -> Iterator[File]:
    met = list(files)
    data: dict[int, set[str]] = {}
    for file in met:
        if file.role is Role.DATA and file.link.block:
            data.setdefault(file.link.block, set()).add(file.key)
    for file in met:
        keys = data.get(file.link.block, set())
        explains = file.role is not Role.DATA and len(keys) == 1
        yield replace(file, key=next(iter(keys))) if explains else file


def _title(group: list[File]) -> str:
    first = sorted(group, key=lambda file: file.role is not Role.DATA)
    said = next((file.link.title for file in first if file.link.title), "")
    return html_titles.lasting(said) or _file_title(first[0])


def _file_title(file: File) -> str:
    name = file.place.partition("?")[0].rpartition("/")[2] or file.place
    return html_titles.from_file(html_titles.stem(name)) or file.place


def _told_apart(title: str, group: list[File]) -> str:
    own = html_titles.title(group[0].link.text)
    own = own if html_titles.tells_apart(own) and own != title else _file_title(group[0])
    return values.line(f"{title}: {own}", values.TITLE) if own != title else title


def _dataset(key: str, group: list[File], title: str, page: str) -> Dataset:
    files = list({file.url: file for file in group}.values())
    ids = formats.stable_ids([("", "", file.place) for file in files])
    names = [_name(file, title) for file in files]
    alike = Counter(zip(names, (file.format for file in files), strict=True))
    changed = [file.facts.modified for file in files if file.facts.modified]
    return Dataset(
        id=_identity(key),
        title=values.line(title, values.TITLE) or key,
        modified=max(changed, default=None),
        landing_page=values.web_page(page),
        resources=tuple(
            Resource(
                id=own,
                url=file.url,
                name=name if alike[name, file.format] == 1 else _file_name(file),
                format=file.format,
                size=file.facts.size,
                role=file.role,
                modified=file.facts.modified,
            )
            for own, file, name in zip(ids, files, names, strict=True)
        ),
    )


def _name(file: File, title: str) -> str:
    own = html_titles.title(file.link.text)
    return own if html_titles.tells_apart(own) else title


def _file_name(file: File) -> str:
    return values.line(file.place.rpartition("/")[2], values.TITLE)


def _identity(key: str) -> str:
    """Return an id that can be stored: short and printable, whatever the address was."""
    plain = values.line(key)
    if 0 < len(plain) <= _ID and plain == key and plain.isprintable():
        return plain
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
