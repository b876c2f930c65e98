"""The three contracts. A plugin is a class with these methods; it inherits nothing.

The engine makes an instance per run. The engine, never a plugin, owns try/except, status, timing,
counting and progress. Plugins import ``acopio.model``, ``ports``, ``errors``, ``http`` and their
own folder. Every registered plugin passes its contract's conformance tests.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from acopio.model import (
    BadRecord,
    Dataset,
    Dictionary,
    Examined,
    Finding,
    Incomplete,
    Judged,
    Publication,
    Published,
    Release,
    Snapshot,
    Source,
    Table,
    Target,
)

if TYPE_CHECKING:
    from pydantic import BaseModel

    from acopio.archive import Archive
    from acopio.http import Client


class ActionApi(Protocol):
    """A CKAN to talk to: ckanapi's ``call_action``, remote or in process."""

    def call_action(
        self,
        action: str,
        data_dict: Mapping[str, Any] | None = None,
        *,
        files: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call ``action``; raise ckanapi's errors as ckanapi does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What whoever runs the pipeline lends to its plugins.

    ``http`` is guarded, polite and capped: no request leaves by another door. ``connect`` gives
    the Action API of a CKAN-like target; ``secret`` a target's token, or None.
    """

    http: "Client"
    archive: "Archive"
    connect: Callable[[Target], ActionApi]
    secret: Callable[[Target], str | None]


class Harvester(Protocol):
    """Reads one kind of portal: ``Cls(context)``.

    ``Options`` is the kind's pydantic model (``extra="forbid"``) for the source file's options.
    """

    Options: "ClassVar[type[BaseModel]]"

    def __init__(self, context: Context) -> None:
        """Keep the context; ask nothing yet."""
        ...

    def harvest(self, source: Source) -> Iterator[Dataset | BadRecord | Incomplete]:
        """Yield the listing, page by page, in bounded memory.

        A record that cannot be read is yielded as ``BadRecord``; ``Incomplete`` ends a listing
        that could not be finished. Raises SourceError when the source cannot be read at all.
        """
        ...

    def is_gone(self, source: Source, dataset: Dataset) -> bool:
        """Tell whether the record's own address says private or gone (410).

        Asked only about records no longer listed. Any doubt is False.
        """
        ...


class FileValidator(Protocol):
    """Looks for one family of defects: ``Cls()``. Raise ``version`` when its answers change.

    ``scope`` is ``file``: for what can be said of one file alone. It gets a snapshot of one
    resource, in a worker process, and its answers are kept with the file's hash.
    """

    scope: ClassVar[str]
    version: ClassVar[str]

    def validate(self, snapshot: Snapshot) -> Iterator[Finding | Table | Dictionary]:
        """Yield what is wrong, and what the file was found to be. Never raises for bad data."""
        ...


class RowsValidator(Protocol):
    """As a ``FileValidator``, but its ``scope`` is ``rows``: for tables that have been judged."""

    scope: ClassVar[str]
    version: ClassVar[str]

    def validate(self, judged: Judged) -> Iterator[Finding]:
        """Yield what is wrong. Never raises for bad data."""
        ...


class DatasetValidator(Protocol):
    """As a ``FileValidator``, but its ``scope`` is ``dataset``: for all the rest.

    It is asked at every run, after the files, and must be quick.
    """

    scope: ClassVar[str]
    version: ClassVar[str]

    def validate(self, examined: Examined) -> Iterator[Finding]:
        """Yield what is wrong. Never raises for bad data."""
        ...


class Publisher(Protocol):
    """Writes to one kind of target: ``Cls(context, target)``. Safe to call from many threads.

    ``version`` changes when what it writes for the same release changes: then all is written anew.
    ``Options`` is the kind's pydantic model (``extra="forbid"``) for the target file's options.
    """

    Options: "ClassVar[type[BaseModel]]"
    version: ClassVar[str]

    def __init__(self, context: Context, target: Target) -> None:
        """Keep both; ask nothing yet."""
        ...

    def publish(self, release: Release, known: Published | None) -> Publication:
        """Make the target show the release; idempotent.

        ``known`` is what we remember of it there. Raises PublishError: this dataset failed.
        """
        ...

    def withdraw(self, known: Published) -> Publication:
        """Hide the dataset from the target's readers, reversibly. Raises PublishError."""
        ...

    def edited(self, known: Published) -> frozenset[str]:
        """Return the names of ``Dataset``'s fields that differ there from what we last wrote.

        Raises PublishError when the target cannot be asked.
        """
        ...

    def check(self) -> None:
        """Raise PublishError, saying what is missing, if the target cannot be written to."""
        ...

    def finish(self) -> None:
        """Complete what belongs to the target as a whole; called once, after the last dataset.

        Writes nothing when nothing changed. Raises PublishError.
        """
        ...
