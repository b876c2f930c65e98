"""What the conformance tests share: a real client on loopback, and ways to read a source."""

import json
import tracemalloc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from pydantic import TypeAdapter

from acopio import registry
from acopio.archive import Archive
from acopio.demo.server import Answer, Portal, Request, serve
from acopio.errors import ConfigError
from acopio.http import Client, Limits
from acopio.model import BadRecord, Dataset, Incomplete, Source, Target
from acopio.ports import ActionApi, Context, Harvester

Listed = list[Dataset | BadRecord | Incomplete]

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
_DATASET = TypeAdapter(Dataset)


class Switch:
    """A portal whose place is taken by another between two requests."""

    path = ""

    def __init__(self) -> None:
        self.current: Portal | None = None

    def answer(self, request: Request) -> Answer:
        return self.current.answer(request) if self.current else Answer(status=500)


def context(folder: Path) -> Context:
    """Return what the engine lends to plugins, with loopback allowed and nothing retried."""

    def connect(target: Target) -> ActionApi:
        raise ConfigError("unknown-plugin", group="publishers", name=target.name, known="")

    client = Client(
        allowed_private_hosts=frozenset(["127.0.0.1"]), limits=Limits(retries=0, connect=2, read=5)
    )
    return Context(
        http=client,
        archive=Archive(f"file://{folder}/archive", folder / "scratch"),
        connect=connect,
        secret=lambda target: None,
    )


def harvester(kind: str, lent: Context) -> Harvester:
    """Return a new instance of a registered kind."""
    made: Harvester = registry.load("harvesters", kind)(lent)
    return made


def source(kind: str, url: str, options: Mapping[str, Any] | None = None) -> Source:
    """Return a source of a kind."""
    return Source(name="muestra", kind=kind, url=url, options=options or {})


@contextmanager
def listing(kind: str, portal: Portal, lent: Context) -> Iterator[Iterator[Any]]:
    """Serve a portal and yield its listing, not yet read."""
    with serve(portal) as url:
        yield iter(harvester(kind, lent).harvest(source(kind, url)))


def read(kind: str, portal: Portal, lent: Context) -> Listed:
    """Return all that a portal's listing yields."""
    with listing(kind, portal, lent) as listed:
        return list(listed)


def datasets(listed: Listed) -> list[Dataset]:
    """Return the datasets of a listing."""
    return [each for each in listed if isinstance(each, Dataset)]


def check_types(dataset: Dataset) -> None:
    """Fail unless every value has its declared type and can be stored as UTF-8."""
    values = asdict(dataset)
    assert _DATASET.validate_python(values) == dataset  # nothing had to be converted
    assert json.dumps(values, ensure_ascii=False, default=str).encode("utf-8")


def peak(kind: str, portal: Portal, lent: Context) -> tuple[int, int]:
    """Read a listing record by record; return how many there were and the most bytes held."""
    with listing(kind, portal, lent) as listed:
        tracemalloc.start()
        try:
            count = sum(1 for _ in listed)
            return count, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def disturbed(record: Any) -> st.SearchStrategy[Any]:
    """Return records like ``record`` in which any value may be of any type, at any depth."""
    if isinstance(record, dict):
        inner = st.fixed_dictionaries({key: disturbed(value) for key, value in record.items()})
        return inner | JSON
    if isinstance(record, list):
        return st.tuples(*map(disturbed, record)).map(list) | JSON
    return st.just(record) | JSON
