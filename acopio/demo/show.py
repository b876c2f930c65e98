"""The demo: sample portals on loopback, harvested, judged, cleaned and published to a folder."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from acopio.config.settings import Settings
from acopio.demo import content
from acopio.demo.server import Portal, serve
from acopio.errors import ConfigError
from acopio.model import Source, Target
from acopio.registration import add_sources, add_targets
from acopio.store import Store

PORT = 8200
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample portal, the fixed port it answers on, and the source that reads it."""

    portal: Portal
    port: int
    source: Source


def samples() -> list[Sample]:
    """Return the sample portals, each with its source."""
    common = {"pause": 0.0, "targets": ("carpeta",)}
    return [
        Sample(
            portal=content.ministry(),
            port=content.MINISTRY_PORT,
            source=Source(
                name="ministerio",
                title="Ministerio de muestra",
                kind="ckan",
                url=f"http://{HOST}:{content.MINISTRY_PORT}",
                owner="ministerio-de-muestra",
                **common,  # type: ignore[arg-type]
            ),
        ),
        Sample(
            portal=content.municipality(),
            port=content.MUNICIPALITY_PORT,
            source=Source(
                name="municipalidad",
                title="Municipalidad de muestra",
                kind="datajson",
                url=f"http://{HOST}:{content.MUNICIPALITY_PORT}",
                owner="municipalidad-de-muestra",
                **common,  # type: ignore[arg-type]
            ),
        ),
    ]


def home(settings: Settings) -> Path:
    """Return where the demo keeps its state, apart from the real one."""
    return settings.home / "demo"


def folder(settings: Settings) -> Path:
    """Return the folder it publishes to."""
    return home(settings) / "published"


def apart(settings: Settings) -> Settings:
    """Return the settings of the demo: its own state, and only its own portals allowed."""
    own = home(settings)
    return replace(
        settings,
        home=own,
        database_url=f"sqlite:///{own}/acopio.db",
        archive_url=f"file://{own}/archive",
        allowed_private_hosts=frozenset(f"{HOST}:{sample.port}" for sample in samples()),
    )


def register(store: Store, settings: Settings) -> None:
    """Take the demo's sources and its target into its store."""
    add_targets(store, [Target(name="carpeta", kind="folder", url=folder(settings).as_uri())])
    add_sources(store, [sample.source for sample in samples()])


@contextmanager
def answering(shown: Sequence[Sample]) -> Iterator[None]:
    """Let the sample portals answer while the block runs. Raises ConfigError for a taken port."""
    with ExitStack() as stack:
        for sample in shown:
            try:
                stack.enter_context(serve(sample.portal, port=sample.port))
            except OSError as error:
                raise ConfigError("demo-port-taken", port=sample.port) from error
        yield


class _Folder(SimpleHTTPRequestHandler):
    """Serves the published folder; not what the folder keeps for itself."""

    def send_head(self):  # type: ignore[no-untyped-def]
        asked = Path(self.translate_path(self.path)).relative_to(self.directory)
        if any(part.startswith(".") for part in asked.parts):
            self.send_error(404)
            return None
        return super().send_head()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def serving(settings: Settings) -> Iterator[None]:
    """Serve the published folder on port 8200 while the block runs.

    Raises ConfigError for a taken port.
    """
    handler = partial(_Folder, directory=str(folder(settings)))
    try:
        server = ThreadingHTTPServer((HOST, PORT), handler)
    except OSError as error:
        raise ConfigError("demo-port-taken", port=PORT) from error
    with server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()
