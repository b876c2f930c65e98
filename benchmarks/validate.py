"""How fast a table is judged, from the shell, beside frictionless alone and in the same run.

``python -m benchmarks.validate [ROWS] [--long]``. A table of 20 columns like the public spending
of a ministry, with a schema that asks for years, whole numbers, amounts, days, moments, codes and
lists; once clean, once with an error in each ten thousand rows. Both reports are compared. acopio
judges five times, three before frictionless and two after: of its times the median is told. Its own
modules are compiled first, as those of frictionless were when it was installed.
``--long`` adds ten times as many rows, for acopio alone: time grows as they do, memory does not.
"""

import compileall
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Any

import acopio
from acopio.cli.output import table

ROWS = 1_000_000
EVERY = 10_000
SECTORS = ("EDUCACION", "SALUD", "INTERIOR", "TRANSPORTES Y COMUNICACIONES", "AGRARIO Y DE RIEGO")
WORKS = (
    *("MEJORAMIENTO", "CREACION", "AMPLIACION", "DEL", "SERVICIO", "DE", "AGUA", "POTABLE"),
    *("SANEAMIENTO", "RURAL", "VIAL", "CENTRO", "POBLADO", "DISTRITO", "PROVINCIA", "RIEGO"),
    *("EDUCATIVO", "PUENTE", "CARRETERA"),
)
FIELDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("ANO_EJE", "year", {"required": True}),
    ("MES_EJE", "integer", {"required": True, "minimum": 0, "maximum": 12}),
    ("NIVEL_GOBIERNO", "string", {"enum": ["E", "R", "M"]}),
    ("SECTOR_NOMBRE", "string", {"required": True}),
    ("PLIEGO", "string", {"pattern": "[0-9]{3}"}),
    ("SEC_EJEC", "integer", {"minimum": 0}),
    ("DEPARTAMENTO_META", "string", {"pattern": "[0-9]{2}"}),
    ("UBIGEO", "string", {"pattern": "[0-9]{6}"}),
    ("PRODUCTO_PROYECTO", "integer", {"required": True}),
    ("PROYECTO_NOMBRE", "string", {"maxLength": 250}),
    ("FUNCION", "string", {}),
    ("FUENTE_FINANC", "string", {"enum": ["RO", "RDR", "ROOC", "DYT", "RD"]}),
    ("ESPECIFICA_DET", "string", {"pattern": r"2\.[0-9]+(\.[0-9]+)*"}),
    ("MONTO_PIA", "number", {"minimum": 0}),
    ("MONTO_PIM", "number", {"minimum": 0}),
    ("MONTO_DEVENGADO", "number", {"required": True}),
    ("MONTO_GIRADO", "number", {}),
    ("FECHA", "date", {}),
    ("ACTUALIZADO", "datetime", {}),
    ("VIGENTE", "boolean", {}),
)
# Where an error is put, and what stands there instead of the right cell.
WRONG = ((0, "20x4"), (1, "13"), (2, "X"), (8, ""), (13, "-5"), (15, "S/ 10"), (17, "31/02/2024"))


def schema() -> dict[str, Any]:
    """Return the Table Schema."""
    return {"fields": [{"name": n, "type": t, "constraints": c} for n, t, c in FIELDS]}


def rows(count: int) -> Iterator[list[str]]:
    """Yield right rows, the same ones for a count."""
    random = Random(20)  # noqa: S311 - the same table each time
    projects = [(2_000_000 + n, " ".join(random.choices(WORKS, k=9))) for n in range(20_000)]
    for _ in range(count):
        month, day = random.randint(1, 12), random.randint(1, 28)
        number, name = random.choice(projects)
        yield [
            str(random.randint(2012, 2026)),
            str(month),
            random.choice("ERM"),
            random.choice(SECTORS),
            f"{random.randint(1, 460):03d}",
            str(random.randint(1, 301_800)),
            f"{random.randint(1, 25):02d}",
            f"{random.randint(1, 25):02d}{random.randint(1, 9):02d}{random.randint(1, 20):02d}",
            str(number),
            name,
            f"{random.randint(1, 25):02d}",
            random.choice(("RO", "RDR", "ROOC", "DYT", "RD")),
            f"2.{random.randint(1, 8)}.{random.randint(1, 9)}.{random.randint(1, 99)}",
            f"{random.random() * 1e6:.2f}",
            f"{random.random() * 1e6:.2f}",
            f"{random.random() * 1e6:.2f}",
            f"{random.random() * 1e6:.2f}",
            today := f"2025-{month:02d}-{day:02d}",
            f"{today}T{random.randint(0, 23):02d}:{random.randint(0, 59):02d}:00",
            random.choice(("true", "false")),
        ]


def write(path: Path, count: int, every: int = 0) -> None:
    """Write a table of ``count`` rows; each ``every`` one is wrong, in one way after another."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(name for name, _, _ in FIELDS) + "\n")
        for number, row in enumerate(rows(count), 1):
            if every and number % every == 0:
                file.write(",".join(_spoiled(row, number // every)) + "\n")
            else:
                file.write(",".join(row) + "\n")


def _spoiled(row: list[str], turn: int) -> list[str]:
    """Return a row that is wrong: a cell, or its width."""
    kind = turn % (len(WRONG) + 2)
    if kind < len(WRONG):
        place, text = WRONG[kind]
        return [*row[:place], text, *row[place + 1 :]]
    return row[:-1] if kind == len(WRONG) else [*row, "de más"]


ALONE = """
import json, sys
from frictionless import Schema
from frictionless.resources import TableResource
path, schema = sys.argv[1:]
table = TableResource(path=path, basepath="/", encoding="utf-8")
table.schema = Schema.from_descriptor(json.load(open(schema)))
json.dump(table.validate().to_descriptor(), sys.stdout)
"""


def timed(command: list[str]) -> tuple[float, Any]:
    """Return how long a command took from the shell, and the JSON it wrote."""
    started = perf_counter()
    done = subprocess.run(command, capture_output=True, check=False)
    seconds = perf_counter() - started
    if not done.stdout:
        raise SystemExit(done.stderr.decode())
    return seconds, json.loads(done.stdout)


def most_memory(path: Path, described: Path) -> int:
    """Return the most memory, in MiB, that all processes of a judgement held together.

    What they share is counted once (PSS). It is read ten times a second: a run of its own.
    """
    command = _ours(path, described)
    most = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        while run.poll() is None:
            most = max(most, sum(map(_held, _with_children(run.pid))))
            sleep(0.1)
    return most >> 10


def _with_children(process: int) -> Iterator[int]:
    yield process
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                yield from _with_children(int(child))


def _held(process: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def ours(path: Path, described: Path) -> tuple[float, Any]:
    """Judge a table with acopio."""
    seconds, found = timed(_ours(path, described))
    (file,) = found["files"]
    if file["engine"] != "fast":
        raise SystemExit(f"frictionless judged: {file['engine_reason']}")
    return seconds, file["report"]


def _ours(path: Path, described: Path) -> list[str]:
    acopio = str(Path(sys.executable).with_name("acopio"))
    schema = ["--schema", str(described)]
    return [acopio, "validate", str(path), *schema, "--engine", "fast", "--json"]


def theirs(path: Path, described: Path) -> tuple[float, Any]:
    """Judge a table with frictionless alone."""
    relative = str(path).lstrip("/")
    return timed([sys.executable, "-c", ALONE, relative, str(described)])


def alike(one: Any, other: Any) -> bool:
    """Tell whether two reports say the same, times and the file's place aside."""
    for report in (one, other):
        report["stats"].pop("seconds")
        for task in report["tasks"]:
            task["stats"].pop("seconds")
            task.pop("place")
    return bool(one == other)


def _compile() -> None:
    package = Path(next(iter(acopio.__path__)))
    for folder in (package, *filter(Path.is_symlink, package.iterdir())):
        compileall.compile_dir(folder, quiet=1)


def main() -> None:
    """Print a row for each table."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    count = numbers[0] if numbers else ROWS
    measured = []
    _compile()
    with TemporaryDirectory() as folder:
        path, described = Path(folder) / "gasto.csv", Path(folder) / "schema.json"
        described.write_text(json.dumps(schema()), "utf-8")
        for name, every in (("clean", 0), (f"an error in {EVERY:,} rows", EVERY)):
            write(path, count, every)
            os.sync()
            before = [ours(path, described) for _ in range(3)]
            most = most_memory(path, described)
            alone, expected = theirs(path, described)
            runs = [*before, *(ours(path, described) for _ in range(2))]
            mine, report = median(seconds for seconds, _ in runs), runs[0][1]
            same = "yes" if alike(report, expected) else "NO"
            times = f"{alone / mine:.1f}"
            measured.append(
                [name, f"{count:,}", f"{mine:.2f}", f"{alone:.2f}", times, same, str(most)]
            )
        if "--long" in sys.argv:
            write(path, count * 10)
            os.sync()
            mine, _ = ours(path, described)
            most = most_memory(path, described)
            measured.append(["clean", f"{count * 10:,}", f"{mine:.2f}", "", "", "", str(most)])
    header = ["table", "rows", "acopio s", "frictionless s", "times", "same report", "MiB"]
    table(header, measured)


if __name__ == "__main__":
    main()
