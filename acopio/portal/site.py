"""What actions work with, and how one is called."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from acopio.archive import Archive
from acopio.config.settings import Settings
from acopio.portal.caller import Caller
from acopio.store import Store, sequence

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from acopio.portal.rows import Rows
    from acopio.portal.search import Index

# The parameters of a call, as JSON gave them, and ``upload`` where a file came along.
Asked = Mapping[str, Any]


class Site:
    """The portal's parts, opened once a process. Safe to share between threads.

    The search index and the row engine are opened when first asked: a run that publishes here
    needs neither.
    """

    def __init__(self, settings: Settings, store: Store, archive: Archive) -> None:
        self.settings = settings
        self.store = store
        self.archive = archive

    @property
    def home(self) -> Path:
        """Where the portal keeps what can be made again."""
        return self.settings.home / "portal"

    @cached_property
    def index(self) -> "Index":
        """The search index."""
        from acopio.portal.search import Index

        return Index(self.home / "index")

    @cached_property
    def rows(self) -> "Rows":
        """The row engine."""
        from acopio.portal.rows import Rows

        return Rows()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of an action: by whom, and under which address (``http://host:port``) it answers."""

    site: Site
    caller: Caller
    base: str

    @property
    def store(self) -> Store:
        """The site's store."""
        return self.site.store

    @contextmanager
    def writing(self) -> "Iterator[Connection]":
        """Open a transaction that changes the catalogue, one at a time in all processes."""
        with self.store.write() as connection:
            sequence.hold(connection)
            yield connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came with a call; ``body`` is open for reading in binary, and can seek."""

    name: str
    body: IO[bytes]
    media_type: str = ""
