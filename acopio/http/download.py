"""Fetch a file to disk: hashed as it comes, resumed when cut, asked for only if it changed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import requests

from acopio.errors import BadAnswer, TooLarge
from acopio.http.addresses import parse, shown
from acopio.http.answers import announced, check_size, check_status, is_encoded, keep, pieces
from acopio.http.budget import Budget, DeadlineError
from acopio.http.faults import Cut, named
from acopio.http.names import file_name
from acopio.http.partial import Partial, Validators
from acopio.http.session import Session
from acopio.http.shared import Shared

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")
# What of an answer is evidence of what was served (RFC 9110).
_TELLING = (
    "date", "server", "via", "age", "last-modified", "etag", "cache-control", "location",
    "content-type", "content-length", "content-encoding", "content-language",
    "content-disposition", "content-location", "content-range", "repr-digest",
)  # fmt: skip
_LONGEST_HEADER = 500
# A connection that brought at least this much before it broke was worth opening.
_PROGRESS = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file as it came. ``path`` is the caller's to move or delete.

    ``url`` is where redirects led; ``status`` 200, or 206 when the last part was resumed;
    ``media_type`` lower case without parameters; ``etag`` and ``last_modified`` as received.
    ``headers`` are those of the last answer that say what came, from where and when, by their
    names in lower case: evidence, cut at 500 characters each. Cookies are never among them.
    """

    path: Path
    sha256: str
    size: int
    url: str
    status: int
    media_type: str
    name: str
    etag: str
    last_modified: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class _Receiver:
    """Writes a body to a partial; keeps what went wrong, for the next attempt to mend."""

    def __init__(self, partial: Partial, limit: int) -> None:
        self._partial = partial
        self._limit = limit
        self.fault: requests.RequestException | None = None

    def __call__(self, response: requests.Response) -> None:
        keep(response, b"")
        try:
            self._receive(response)
        except TooLarge:
            self._partial.discard()
            raise
        except (Cut, requests.Timeout) as error:
            self.fault = error

    def _receive(self, response: requests.Response) -> None:
        if response.status_code == 206:
            self._take_up(response)
        elif response.status_code in (200, 203):
            self._begin(response)
        elif response.status_code == 416:
            # There is no rest: what we have is not the beginning of what is there now.
            self._begin_anew("nothing after what came before")
        else:
            return
        partial = self._partial
        for piece in pieces(response):
            check_size(response, partial.size + len(piece), self._limit)
            partial.append(piece)
        if partial.total is not None and partial.size != partial.total:
            self._disagree(partial)

    def _begin(self, response: requests.Response) -> None:
        # What is decoded on the way has another length, and its ranges are of something else.
        encoded = is_encoded(response)
        total = None if encoded else announced(response)
        check_size(response, total, self._limit)
        self._partial.begin(Validators() if encoded else Validators.of(response.headers), total)

    def _take_up(self, response: requests.Response) -> None:
        """Check that what comes is the rest of what we have. Raises Cut if it is not."""
        partial, headers = self._partial, response.headers
        match = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", "").strip())
        etag = Validators.of(headers).etag
        changed = etag and partial.validators.etag and etag != partial.validators.etag
        if match is None or int(match[1]) != partial.size or changed or is_encoded(response):
            self._begin_anew("another part than was asked for")
        elif match[3] != "*":
            partial.total = int(match[3])
            check_size(response, partial.total, self._limit)

    def _disagree(self, partial: Partial) -> None:
        """Raise Cut: fewer bytes came than there are, or more."""
        if partial.total is not None and partial.size > partial.total:
            self._begin_anew("more than was announced")
        raise Cut("less than was announced")

    def _begin_anew(self, reason: str) -> None:
        self._partial.begin(Validators(), None)
        raise Cut(reason)


def fetch(
    shared: Shared, verify: bool | str, url: str, folder: Path, known: Validators | None
) -> Fetched | None:
    """See ``Client.fetch``."""
    host = parse(url).name
    with shared.call(shared.limits.file_seconds) as budget:
        try:
            with Partial.open(folder, url, budget) as partial:
                response = _persist(shared, verify, url, partial, known, budget)
                return None if response.status_code == 304 else _fetched(response, partial)
        except DeadlineError as error:
            raise named(error, host, url, spent=True) from None


def _fetched(response: requests.Response, partial: Partial) -> Fetched:
    headers = response.headers
    size = partial.size
    path, sha256 = partial.finish()
    # A part need not repeat what the whole came with.
    validators = Validators.of(headers)
    return Fetched(
        path=path,
        sha256=sha256,
        size=size,
        url=response.url,
        status=response.status_code,
        media_type=headers.get("Content-Type", "").partition(";")[0].strip().lower(),
        name=file_name(headers.get("Content-Disposition", ""), response.url),
        etag=validators.etag or partial.validators.etag,
        last_modified=validators.last_modified or partial.validators.last_modified,
        headers={
            name: str(headers[name])[:_LONGEST_HEADER] for name in _TELLING if name in headers
        },
    )


def _persist(
    shared: Shared,
    verify: bool | str,
    url: str,
    partial: Partial,
    known: Validators | None,
    budget: Budget,
) -> requests.Response:
    """Ask until the file is whole, or ``retries`` attempts in a row brought nothing much."""
    vain = 0
    while True:
        before = partial.size
        resume = partial.resume()
        condition = known.unless_same() if known and not resume else {}
        response, fault = _attempt(shared, verify, url, partial, resume | condition)
        if fault is None:
            _check(response, asked=bool(condition))
            return response
        vain = 0 if partial.size - before >= _PROGRESS else vain + 1
        if vain > shared.limits.retries or budget.spent:
            raise named(fault, parse(url).name, url, spent=budget.spent)
        budget.sleep(shared.limits.backoff * 2**vain)


def _attempt(
    shared: Shared, verify: bool | str, url: str, partial: Partial, headers: Mapping[str, str]
) -> tuple[requests.Response, requests.RequestException | None]:
    receiver = _Receiver(partial, shared.limits.file_bytes)
    with Session(shared, receiver) as session:
        session.verify = verify
        # The hash is to be the file's own, and ranges are to count its own bytes.
        response = session.get(url, headers={"Accept-Encoding": "identity", **headers})
    return response, receiver.fault


def _check(response: requests.Response, *, asked: bool) -> None:
    """Raise what a status means that brought no file. 304 is an answer only if it was asked for."""
    if response.status_code == 304 and asked:
        return
    check_status(response)
    if response.status_code not in (200, 203, 206):
        raise BadAnswer(
            "http-bad-status",
            status=response.status_code,
            url=shown(response.url),
            host=parse(response.url).name,
        )
