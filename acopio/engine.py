"""What a run needs, opened once: store, archive, executor, and the way to the network."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, cast

from acopio import leftovers, registry
from acopio.archive import Archive
from acopio.config.settings import Settings
from acopio.errors import ConfigError
from acopio.executor import Executor, open_executor
from acopio.http import Client, Politeness
from acopio.ports import ActionApi, Context
from acopio.store import Store, open_store
from acopio.store.leases import StoredCoolDowns

if TYPE_CHECKING:
    from acopio.model import Source, Target

# What one target is asked at a time; CKAN's own workers are the ceiling above that.
TARGET_CONNECTIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The open parts. ``cancel`` set from outside ends what runs, cleanly."""

    settings: Settings
    store: Store
    archive: Archive
    executor: Executor
    politeness: Politeness
    cancel: Event = field(default_factory=Event)

    @property
    def scratch(self) -> Path:
        """Where half-fetched files wait to be resumed."""
        return self.settings.home / "partial"

    def source_client(self, source: "Source", cancel: Event) -> Client:
        """Return the client that reads a source: one connection a host, with its pause."""
        return self._client(cancel, pause=source.pause, connections=1)

    def target_client(self, cancel: Event) -> Client:
        """Return a client that writes to targets."""
        return self._client(cancel, pause=0.0, connections=TARGET_CONNECTIONS)

    def context(self, client: Client) -> Context:
        """Return what plugins are lent."""
        return Context(
            http=client,
            archive=self.archive,
            connect=lambda target: self.connect(target, client),
            secret=secret,
        )

    def connect(self, target: "Target", client: Client) -> ActionApi:
        """Return the Action API of a CKAN-like target: in process where its kind offers that."""
        if target.kind in registry.names("connections"):
            open_here = registry.load("connections", target.kind)
            return cast("ActionApi", open_here(target, self.settings, self.store, self.archive))
        return remote(target, client)

    def _client(self, cancel: Event, *, pause: float, connections: int) -> Client:
        return Client(
            politeness=self.politeness,
            pause=pause,
            connections=connections,
            allowed_private_hosts=self.settings.allowed_private_hosts,
            cancel=cancel,
        )


@contextmanager
def open_engine(settings: Settings, cancel: Event | None = None) -> Iterator[Engine]:
    """Open everything and close it again; ``cancel`` is the engine's. Raises ConfigError."""
    store = open_store(settings.database_url)
    executor = open_executor(settings.executor, settings.worker_memory)
    archive = Archive(settings.archive_url, settings.home / "scratch")
    leftovers.sweep(settings.home, archive)
    leftovers.sweep_temporary()
    politeness = Politeness(cool_downs=StoredCoolDowns(store))
    try:
        yield Engine(
            settings=settings,
            store=store,
            archive=archive,
            executor=executor,
            politeness=politeness,
            cancel=cancel or Event(),
        )
    finally:
        executor.close()
        store.close()


def remote(target: "Target", client: Client) -> ActionApi:
    """Return the Action API of a remote CKAN, through our own client."""
    from ckanapi import RemoteCKAN

    agent: Any = client.session.headers["User-Agent"]
    ckan = RemoteCKAN(target.url, apikey=secret(target), user_agent=agent, session=client.session)
    return cast("ActionApi", ckan)


def secret(target: "Target") -> str | None:
    """Return a target's token from where its file says it is. Raises ConfigError if it is not."""
    if target.token_env:
        token = os.environ.get(target.token_env, "").strip()
        if not token:
            raise ConfigError("token-env-empty", target=target.name, variable=target.token_env)
        return token
    if target.token_file:
        try:
            return Path(target.token_file).read_text("utf-8").strip()
        except OSError as error:
            reason = error.strerror or str(error)
            raise ConfigError(
                "token-file-unreadable", target=target.name, path=target.token_file, reason=reason
            ) from error
    return None
