"""Let frictionless read a file whose layout is already known.

frictionless runs ``csv.Sniffer`` on the first hundred lines even when nothing is left to guess,
and the sniffer's expressions take time that grows with the square of the text: 90 kB of quotes
that never close cost 40 seconds. A resource opened by ``Decided`` is read without it; any other
resource in the process is frictionless's own business.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from frictionless import Detector, Dialect, Resource, system
from frictionless.formats.csv import CsvControl, CsvParser
from frictionless.system.plugin import Plugin

from acopio.validators.encoding import FOREIGN


class Decided(Detector):
    """Detects nothing about the file itself: name, scheme, format are given; only the schema is."""

    def detect_resource(self, resource: Resource) -> None:
        """Keep what is set; a CSV that is called ``data.zip`` is still a CSV."""
        resource.scheme = "file"
        resource.compression = ""


class DecidedParser(CsvParser):
    """Reads CSV by the control given, as frictionless does once it has sniffed."""

    def read_cell_stream_create(self) -> Iterator[list[str]]:
        """Yield the rows' cells."""
        control = CsvControl.from_dialect(self.resource.dialect)
        text: Any = self.loader.text_stream
        # A UTF-8 file with foreign lines is read as the cleaner reads it; the mixture itself is a
        # finding already. A wide file that breaks off has no other reading.
        if self.resource.encoding in ("utf-8", "utf-8-sig"):
            text.reconfigure(errors=FOREIGN)
        yield from csv.reader(text, dialect=control.to_python())


class Numbered(list[str]):
    """A row's cells that know their row's number, the header's rows counted."""

    def __init__(self, cells: Iterable[str], number: int) -> None:
        super().__init__(cells)
        self.number = number


class Sparse(Decided):
    """Opens a table of which ``choose`` gives, of all its rows, those that are to be judged."""

    def __init__(self, choose: Callable[[Iterator[list[str]]], Iterator[Numbered]]) -> None:
        super().__init__()
        self.choose = choose


class SparseDialect(Dialect):
    """Takes rows by the numbers they carry, not by counting them."""

    def read_enumerated_content_stream(
        self, cell_stream: Iterable[list[Any]]
    ) -> Iterator[tuple[int, list[Any]]]:
        """Yield data rows with their numbers."""
        first = self.header_rows[-1] + 1
        for cells in cast("Iterable[Numbered]", cell_stream):
            if cells.number >= first:
                yield cells.number, cells


class SparseParser(DecidedParser):
    """Reads the rows that are chosen."""

    def read_cell_stream_create(self) -> Iterator[list[str]]:
        """Yield the rows' cells, numbered."""
        detector = cast("Sparse", self.resource.detector)
        yield from detector.choose(super().read_cell_stream_create())


class DecidedPlugin(Plugin):
    """Chooses ``DecidedParser`` for the resources that ``Decided`` opens."""

    def create_parser(self, resource: Resource) -> Any:
        """Return our parser for our resources, None for everybody else's."""
        if isinstance(resource.detector, Sparse):
            return SparseParser(resource)
        if isinstance(resource.detector, Decided):
            return DecidedParser(resource)
        return None


system.register("acopio", DecidedPlugin())
