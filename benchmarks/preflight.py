"""How fast a file is looked at before anything is validated: its kind, encoding and layout.

``python -m benchmarks.preflight [MEGABYTES]``. Every byte is read; each file is looked at three
times, and the quickest counts. The wall's clock needs the file in the system's cache; the
processor's time does not.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from acopio.cli.output import table
from acopio.validators import preflight

MEGABYTES = 1000
ROUNDS = 3
ROW = "2024,150101,MUNICIPALIDAD PROVINCIAL {},1234.50,2024-05-31,transferencias corrientes\n"


def text(place: str) -> str:
    """Return about a megabyte of rows that name ``place``."""
    return ROW.format(place) * 12_000


def files(folder: Path, size: int) -> Iterator[tuple[str, Path]]:
    """Yield what a file is, and the file, of ``size`` megabytes; one at a time is there."""
    for name, place, encoding in (
        ("ASCII", "DE LIMA", "ascii"),
        ("UTF-8, an accent in each row", "DE ÁNCASH", "utf-8"),
        ("UTF-8, signs beyond Latin-1", "DE ÁNCASH “SEDE”", "utf-8"),
        ("Windows-1252", "DE ÁNCASH", "cp1252"),
    ):
        path = folder / f"{encoding}.csv"
        block = text(place).encode(encoding)
        with path.open("wb") as file:
            file.write(b"anio,ubigeo,entidad,monto,fecha,detalle\n")
            for _ in range(size * 1_000_000 // len(block)):
                file.write(block)
        yield name, path
        path.unlink()


def measured(path: Path) -> tuple[float, float]:
    """Return megabytes a second, by the wall's clock and by the processor's."""
    walls, processors = [], []
    for _ in range(ROUNDS):
        path.touch()
        wall, processor = perf_counter(), process_time()
        preflight.profile(path, "csv", path.name)
        walls.append(perf_counter() - wall)
        processors.append(process_time() - processor)
    size = path.stat().st_size / 1e6
    return size / min(walls), size / min(processors)


def main() -> None:
    """Print a row for each kind of file."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else MEGABYTES
    rows = []
    with TemporaryDirectory() as folder:
        for name, path in files(Path(folder), size):
            wall, processor = measured(path)
            rows.append([name, f"{wall:,.0f}", f"{processor:,.0f}"])
    table([f"pre-flight of {size} MB", "MB/s", "MB/s of processor"], rows)


if __name__ == "__main__":
    main()
