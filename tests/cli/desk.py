"""An officer's desk: the real commands, a sample portal on loopback, a folder to publish to.

Whatever is typed, standard error holds no traceback, and no sentence a place nobody filled.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from click.testing import CliRunner, Result

from acopio.cli import main
from acopio.demo.portals import CkanPortal
from acopio.demo.server import Answer, Body, Request, serve
from tests.pipeline.world import CSV, package

COUNTED = ("created", "updated", "unchanged", "held", "kept_last_good", "withheld", "failed")
COUNTS = {"listed", *COUNTED, "withdrawn", "missing"}
HTML = b"<!DOCTYPE html><html><body>Acceso restringido</body></html>"
RAGGED = b"codigo,monto\n010101,10.5\n010102,20,9\n"
SEMICOLON = b"codigo;monto\n010101;10\n010102;20\n"
PERSONS = (
    "dni,apellidos,nombres,monto\n"
    + "".join(f"{99999900 + n},PRUEBA SINTETICA,PERSONA UNO,{n}\n" for n in range(1, 40))
).encode()
# One dataset of each fate: clean, with a warning, with an error, withheld twice.
FATES = (CSV, SEMICOLON, RAGGED, HTML, PERSONS)

_UNFILLED = re.compile(r"\{[a-z_]+\}")


@dataclass
class Portal:
    """A CKAN that can change, and that can be told to keep whoever asks for a file waiting."""

    ckan: CkanPortal = field(default_factory=CkanPortal)
    asked: Event = field(default_factory=Event)
    open: Event = field(default_factory=Event)
    path: str = ""

    def __post_init__(self) -> None:
        self.open.set()

    def answer(self, request: Request) -> Answer:
        if request.path.startswith("/f/"):
            self.asked.set()
            self.open.wait(20)
        return self.ckan.answer(request)

    def list(self, *bodies: bytes, **more: Any) -> None:
        """List a package for each body."""
        self.ckan.packages = [package(number, **more) for number in range(len(bodies))]
        self.put(*bodies)

    def put(self, *bodies: bytes) -> None:
        """Serve other bodies under the same records."""
        self.ckan.files = {f"/f/{n}.csv": Body(content=body) for n, body in enumerate(bodies)}


@dataclass
class Desk:
    """Where commands are typed."""

    home: Path
    url: str
    portal: Portal

    @property
    def environment(self) -> dict[str, str]:
        """What a process of its own would be started with."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("ACOPIO_")}
        return kept | {
            "ACOPIO_HOME": str(self.home / "state"),
            "ACOPIO_EXECUTOR": "serial",
            "ACOPIO_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
        }

    @property
    def published(self) -> Path:
        """The folder that readers see."""
        return self.home / "published"

    def shown(self) -> set[str]:
        """Return the names of the datasets readers see."""
        return {path.parent.name for path in self.published.glob("*/datapackage.json")}

    def type(self, *words: str, **environment: str) -> Result:
        """Type a command."""
        runner = CliRunner(env=self.environment | environment)
        result = runner.invoke(main, list(words))
        assert "Traceback" not in result.output, result.output
        assert not _UNFILLED.findall(result.output), result.output
        return result

    def json(self, *words: str, code: int = 0) -> Any:
        """Type a command with ``--json``; return the one document on standard output."""
        result = self.type(*words, "--json")
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    def run(self, *words: str, code: int = 0) -> Any:
        """Run the source ``muni`` and return its part of the document."""
        (run,) = self.json("run", "muni", *words, code=code)["runs"]
        return run

    def file(self, name: str, tables: Mapping[str, Mapping[str, Any]]) -> str:
        """Write a source or target file; return its path."""
        lines: list[str] = []
        for table, values in tables.items():
            lines.append(f"[{table}]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        path = self.home / name
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return str(path)

    def source(self, **values: Any) -> dict[str, Any]:
        """Return a source's table, as ``muni`` has it but for ``values``."""
        common = {"kind": "ckan", "url": self.url, "owner": "muni", "pause": 0.0}
        return common | {"targets": ["carpeta"], "withdraw_after_days": 0} | values

    def set_up(self, **values: Any) -> None:
        """Add the target ``carpeta`` and the source ``muni``."""
        target = {"kind": "folder", "url": self.published.as_uri()}
        assert self.type("target", "add", self.file("t.toml", {"carpeta": target})).exit_code == 0
        sources = {"muni": self.source(**values)}
        assert self.type("source", "add", self.file("s.toml", sources)).exit_code == 0


@contextmanager
def opened(home: Path) -> Iterator[Desk]:
    """Open a desk whose portal lists nothing yet."""
    portal = Portal()
    with serve(portal) as url:
        desk = Desk(home, url, portal)
        desk.set_up()
        yield desk
        portal.open.set()
