"""A small world for runs: a sample portal that can change, an engine, a target that is a shelf.

The shelf stands in for a target that can be told to fail; the real targets have tests of their own.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

from acopio import registry
from acopio.config.settings import Settings
from acopio.demo.portals import CkanPortal
from acopio.demo.server import Answer, Body, Request, serve
from acopio.documents import job_datasets, job_errors, job_head
from acopio.engine import Engine, open_engine
from acopio.errors import PublishError
from acopio.model import (
    Publication,
    PublicationState,
    Published,
    Release,
    ReleaseResource,
    Source,
    Target,
)
from acopio.pipeline.run import run
from acopio.pipeline.work import Options
from acopio.ports import Context
from acopio.store import jobs, sources

CSV = b"codigo,monto\n010101,10.5\n010102,20\n"


def package(number: int, **more: Any) -> dict[str, Any]:
    """Return a CKAN package with one CSV file at ``{base}/f/NUMBER.csv``."""
    resource = {
        "id": f"r-{number}",
        "name": f"Tabla {number}",
        "url": f"{{base}}/f/{number}.csv",
        "format": "CSV",
    }
    return {
        "id": f"id-{number:05d}",
        "name": f"conjunto-{number}",
        "title": f"Conjunto {number}",
        "notes": "Notas",
        "state": "active",
        "private": False,
        "license_id": "odc-by",
        "license_title": "ODC-BY",
        "resources": [resource],
        "extras": [],
        "tags": [],
        **more,
    }


class Shelf:
    """A target in memory: what readers see, what was written, and whether it fails."""

    version: ClassVar[str] = "1"
    shown: ClassVar[dict[str, Release]] = {}
    written: ClassVar[list[str]] = []
    fails: ClassVar[Callable[[str], bool]] = staticmethod(lambda name: False)
    editors: ClassVar[Mapping[str, frozenset[str]]] = {}

    def __init__(self, context: Context, target: Target) -> None:
        self.target = target

    def publish(self, release: Release, known: Published | None) -> Publication:
        if type(self).fails(release.name):
            raise PublishError("shelf-fails", name=release.name)
        place = f"{self.target.name}/{release.id}"
        created = place not in self.shown
        if self.shown.get(place) == release:
            return self._publication(PublicationState.UNCHANGED, release)
        self.written.append(release.name)
        self.shown[place] = release
        state = PublicationState.CREATED if created else PublicationState.UPDATED
        return self._publication(state, release)

    def _publication(self, state: PublicationState, release: Release) -> Publication:
        return Publication(state=state, remote_id=release.id, name=release.name)

    def withdraw(self, known: Published) -> Publication:
        if type(self).fails(known.name):
            raise PublishError("shelf-fails", name=known.name)
        self.shown.pop(f"{self.target.name}/{known.remote_id}", None)
        state = PublicationState.WITHDRAWN
        return Publication(state=state, remote_id=known.remote_id, name=known.name)

    def edited(self, known: Published) -> frozenset[str]:
        return self.editors.get(known.name, frozenset())

    def check(self) -> None:
        if type(self).fails("check"):
            raise PublishError("shelf-fails", name="check")

    def finish(self) -> None:
        """Nothing belongs to the shelf as a whole."""


@dataclass
class World:
    """What a test changes and looks at."""

    portal: CkanPortal
    engine: Engine
    source: Source
    url: str
    requests: list[Request] = field(default_factory=list)
    answer: Callable[[Request], Answer | None] = lambda request: None

    def run(self, **options: Any) -> dict[str, Any]:
        """Run the source and return its document."""
        return self.document(run(self.engine, self.source.name, Options(**options)))

    def document(self, number: str | None) -> dict[str, Any]:
        assert number is not None
        job = jobs.get(self.engine.store, number)
        assert job is not None
        document = job_head(self.engine.store, job)
        document["datasets"] = list(job_datasets(self.engine.store, number, findings=True))
        return document | {"errors": job_errors(self.engine.store, number)}

    def change(self, **values: Any) -> None:
        """Change the source's own settings."""
        self.source = replace(self.source, **values)
        sources.save_sources(self.engine.store, [self.source])

    def fill(self, count: int, **more: Any) -> None:
        """Let the portal list ``count`` packages, each with its file."""
        self.portal.packages = [package(number, **more) for number in range(count)]
        files = {f"/f/{number}.csv": Body(content=CSV) for number in range(count)}
        self.portal.files = files

    def put(self, number: int, content: bytes) -> None:
        """Let a file have other bytes."""
        self.portal.files = {**self.portal.files, f"/f/{number}.csv": Body(content=content)}

    def bodies(self) -> list[str]:
        """Return the paths of files that were asked for."""
        return [one.path for one in self.requests if one.path.startswith("/f/")]

    def names(self) -> set[str]:
        """Return the names readers of the shelf see."""
        return {release.name for release in Shelf.shown.values()}


@dataclass
class _Recorded:
    """A portal that notes each request and may answer otherwise."""

    world: World

    @property
    def path(self) -> str:
        return ""

    def answer(self, request: Request) -> Answer:
        self.world.requests.append(request)
        return self.world.answer(request) or self.world.portal.answer(request)


def load(group: str, name: str) -> Any:
    """Stand in for ``registry.load``: one target kind more."""
    return Shelf if (group, name) == ("publishers", "shelf") else _load(group, name)


_load = registry.load


@contextmanager
def world(home: Path, executor: str = "serial") -> Iterator[World]:
    """Open a world with one source, ``muni``, published to the shelf."""
    Shelf.shown, Shelf.written, Shelf.editors = {}, [], {}
    Shelf.fails = staticmethod(lambda name: False)
    settings = Settings(
        home=home,
        database_url=f"sqlite:///{home}/acopio.db",
        archive_url=f"file://{home}/archive",
        executor=executor,
        allowed_private_hosts=frozenset({"127.0.0.1"}),
    )
    with open_engine(settings) as engine:
        made = World(CkanPortal(), engine, Source(name="muni", kind="ckan", url=""), "")
        with serve(_Recorded(made)) as url:
            made.url = url
            sources.save_targets(engine.store, [Target(name="shelf", kind="shelf", url="x")])
            made.change(url=url, owner="muni", targets=("shelf",), pause=0.0)
            yield made


def shown() -> ReleaseResource:
    """Return the first resource of the one dataset on the shelf."""
    (release,) = Shelf.shown.values()
    return release.resources[0]


def types() -> dict[str, str]:
    """Return the types of the columns it was published with."""
    schema = shown().schema
    assert schema is not None
    return {field["name"]: field["type"] for field in schema["fields"]}
