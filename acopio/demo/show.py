"""The demo: sample portals on loopback, harvested, judged, cleaned, published to our own portal."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from acopio.config.settings import Settings
from acopio.demo import budget, district, ministry, municipality, national
from acopio.demo.server import Portal, serve
from acopio.engine import Engine
from acopio.errors import ConfigError
from acopio.model import Source, Target
from acopio.registration import add_sources, add_targets

HOST = "127.0.0.1"
PORT = 8200


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample portal, and the source that reads it: it answers on the port of its address."""

    portal: Portal
    source: Source

    @property
    def port(self) -> int:
        """The port it answers on."""
        return urlsplit(self.source.url).port or 0


def samples() -> list[Sample]:
    """Return the sample portals, each with its source."""
    told = (national, ministry, municipality, district, budget)
    return [Sample(portal=one.portal(), source=one.SOURCE) for one in told]


def home(settings: Settings) -> Path:
    """Return where the demo keeps its state, apart from the real one."""
    return settings.home / "demo"


def address() -> str:
    """Return where the demo's own portal answers."""
    return f"http://{HOST}:{PORT}"


def apart(settings: Settings, shown: Sequence[Sample]) -> Settings:
    """Return the settings of the demo: its own state, and only its own portals allowed."""
    own = home(settings)
    return replace(
        settings,
        home=own,
        database_url=f"sqlite:///{own}/acopio.db",
        archive_url=f"file://{own}/archive",
        allowed_private_hosts=frozenset(f"{HOST}:{sample.port}" for sample in shown),
    )


def register(engine: Engine, shown: Sequence[Sample]) -> None:
    """Take the demo's sources and its target into its store."""
    add_targets(engine.store, [Target(name="portal", kind="portal", url=address())])
    add_sources(engine.store, [sample.source for sample in shown])


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
