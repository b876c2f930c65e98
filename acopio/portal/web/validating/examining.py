"""Examine what one visit brought, as ``acopio validate`` does, in a folder that goes with it."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

from acopio import clean_copies
from acopio.clean_copies import CleanCopy, clean_copy, holds_persons
from acopio.errors import SourceError
from acopio.executor import Executor
from acopio.http import Client, Limits
from acopio.messages import stored
from acopio.portal.web.validating.desk import Desk, Refused
from acopio.portal.web.validating.receiving import MOST_BYTES, Asked
from acopio.publishers.names import safe_name
from acopio.reporting.places import byte_offsets
from acopio.subjects import Subject, fetched_subject, is_address
from acopio.validation import Validated, validate

T = TypeVar("T")

# The client tells it to an administrator; whoever asks here is a visitor.
_PRIVATE = "http-private-address"

# A visitor waits at the page: what takes longer is for `acopio validate`.
EXAMINE_SECONDS, CLEAN_SECONDS = 90.0, 45.0
FETCH = Limits(
    connect=10.0,
    read=20.0,
    file_seconds=90.0,
    file_bytes=MOST_BYTES,
    redirects=5,
    retries=1,
    retry_after_cap=5.0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One file's result, with the byte each of its rows begins at, by hash and row.

    ``copy`` is None where there is none to give back; ``when`` is in UTC.
    """

    validated: Validated
    offsets: Mapping[str, Mapping[int, int]]
    copy: CleanCopy | None
    holds_persons: bool
    when: datetime


class _Hurried:
    """The desk's executor for one visit: nothing takes longer than ``most`` seconds there."""

    def __init__(self, executor: Executor, most: float, cancel: Event) -> None:
        self._executor = executor
        self._most = most
        self._cancel = cancel

    def call(
        self, job: Callable[..., T], *args: object, seconds: float, cancel: Event | None = None
    ) -> T:
        """Run ``job`` for no longer than it and the visit may take."""
        most = min(seconds, self._most)
        return self._executor.call(job, *args, seconds=most, cancel=cancel or self._cancel)

    def close(self) -> None:
        """Nothing to end: the process is the desk's."""


@contextmanager
def examined(
    asked: Asked,
    schema: Mapping[str, Any] | None,
    *,
    desk: Desk,
    allowed: frozenset[str],
    cancel: Event,
) -> Iterator[Checked]:
    """Give what is found in a file; all that was made of it is gone after the block.

    ``allowed`` are the private hosts this visitor may name. Raises Refused, and Cancelled once
    ``cancel`` is set.
    """
    with desk.folder() as folder:
        subject = _subject(asked, folder, desk, allowed, cancel)
        with desk.turn(cancel):
            hurried = _Hurried(desk.executor, EXAMINE_SECONDS, cancel)
            validated = validate(subject, schema, hurried)
            offsets = byte_offsets([validated], hurried)
            copy = _copy(validated, folder, desk, cancel)
        yield Checked(
            validated=validated,
            offsets=offsets,
            copy=copy,
            holds_persons=holds_persons(validated),
            when=datetime.now(UTC),
        )


def _subject(
    asked: Asked, folder: Path, desk: Desk, allowed: frozenset[str], cancel: Event
) -> Subject:
    if asked.body is not None:
        path = folder / "body"
        with path.open("wb") as file:
            shutil.copyfileobj(asked.body, file, 1 << 20)
        return Subject(given=asked.name, path=path, name=asked.name, media_type=asked.media_type)
    if not is_address(asked.url):
        raise Refused("validar-no-address", 422)
    client = Client(
        politeness=desk.politeness, limits=FETCH, allowed_private_hosts=allowed, cancel=cancel
    )
    try:
        with closing(client):
            fetched = client.fetch(asked.url, folder)
    except SourceError as error:
        if error.key == _PRIVATE:
            raise Refused("validar-private", 422, **error.params) from error
        raise Refused("validar-not-fetched", 422, reason=stored(error)) from error
    if fetched is None:  # only of a file known before
        raise Refused("validar-not-fetched", 422, reason="")
    return fetched_subject(asked.url, fetched, safe_name(fetched.name))


def _copy(validated: Validated, folder: Path, desk: Desk, cancel: Event) -> CleanCopy | None:
    made = clean_copy(
        validated,
        folder,
        _Hurried(desk.executor, CLEAN_SECONDS, cancel),
        seconds=CLEAN_SECONDS,
        most_bytes=clean_copies.MOST_BYTES,
        cancel=cancel,
    )
    return made if isinstance(made, CleanCopy) else None
