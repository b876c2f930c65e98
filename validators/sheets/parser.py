"""Let frictionless judge rows that somebody else reads."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from frictionless import Detector, Parser, Resource, system
from frictionless.system.plugin import Plugin

from acopio.tables.packed import hashes
from acopio.tables.sheet import Row


class Streamed(Detector):
    """Opens a table whose cells come from ``rows``, read out of the file at ``path``."""

    def __init__(self, path: Path, rows: Callable[[], Iterator[Row]]) -> None:
        super().__init__()
        self.file = path
        self.rows = rows

    def detect_resource(self, resource: Resource) -> None:
        """Keep what is set: name and format are given."""
        resource.scheme = "file"
        resource.compression = ""


class StreamedParser(Parser):
    """Yields the cells; counts and hashes the file at the end, as frictionless's own readers do."""

    def read_cell_stream_create(self) -> Iterator[Row]:
        """Yield the rows' cells."""
        detector = cast("Streamed", self.resource.detector)
        yield from detector.rows()
        stats = self.resource.stats
        stats.bytes = detector.file.stat().st_size
        stats.md5, stats.sha256 = hashes(detector.file)


class StreamedPlugin(Plugin):
    """Chooses ``StreamedParser`` for the resources that ``Streamed`` opens."""

    def create_parser(self, resource: Resource) -> Parser | None:
        """Return our parser for our resources, None for everybody else's."""
        return StreamedParser(resource) if isinstance(resource.detector, Streamed) else None


system.register("acopio-sheets", StreamedPlugin())
