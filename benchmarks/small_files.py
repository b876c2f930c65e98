"""How long a small file takes in a batch: acopio's whole examination, and frictionless alone.

Both judge the same hundred files in one process, after one that is not counted (what is imported
and made once). Processor time, which other work on the machine disturbs less than the clock's.
frictionless infers a schema and judges; acopio does that too, and all its own checks.
Usage: small_files.py [files] [rows]
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import process_time

from acopio.cli.output import say
from acopio.examine import Examination, examine
from acopio.model import Resource

GOAL = 30.0
HEADER = "codigo_local,anio,monto,fecha,distrito,activo"
PLACES = ("Lima", "Cusco", "Puno", "Ica")


def write(folder: Path, files: int, rows: int) -> list[Path]:
    """Write ``files`` tables of six columns; return their paths."""
    random = Random(1)  # noqa: S311
    paths = [folder / f"t{number:04d}.csv" for number in range(files + 1)]
    for path in paths:
        lines = (",".join(cells(random)) for _ in range(rows))
        path.write_text("\n".join([HEADER, *lines, ""]), "utf-8")
    return paths


def cells(random: Random) -> Iterator[str]:
    """Yield one row: a code, a year, an amount, a day, a place, yes or no."""
    yield f"{random.randint(0, 999_999):06d}"
    yield str(random.randint(2018, 2025))
    yield f"{random.random() * 100_000:.2f}"
    yield f"2024-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
    yield f"{random.choice(PLACES)} {random.randint(1, 40)}"
    yield random.choice(["true", "false"])


def by_acopio(path: Path) -> None:
    """Examine a file as ``acopio validate`` does."""
    job = Examination(
        archive_url="",
        scratch=path.parent,
        sha256="",
        resource=Resource(id=str(path), url=str(path)),
        name=path.name,
        path=path,
    )
    (table,) = examine(job).tables
    if not table.report["valid"]:
        raise SystemExit(f"{path.name} should be valid")


def by_frictionless(path: Path) -> None:
    """Validate a file with frictionless, which guesses what it is not told."""
    from frictionless.resources import TableResource

    if not TableResource(path=path.name, basepath=str(path.parent)).validate().valid:
        raise SystemExit(f"{path.name} should be valid")


def milliseconds(work: Callable[[Path], None], paths: Sequence[Path]) -> float:
    """Return the processor time a file takes, the first not counted."""
    work(paths[0])
    started = process_time()
    for path in paths[1:]:
        work(path)
    return (process_time() - started) * 1000 / len(paths[1:])


def main(files: int, rows: int) -> None:
    """Print both and their ratio."""
    with TemporaryDirectory() as folder:
        paths = write(Path(folder), files, rows)
        ours, theirs = milliseconds(by_acopio, paths), milliseconds(by_frictionless, paths)
    say(f"{files} files of {rows} rows by 6 columns, processor time a file")
    say(f"  acopio       {ours:8.1f} ms   goal {GOAL:.0f} ms")
    say(f"  frictionless {theirs:8.1f} ms   acopio takes {ours / theirs:.2f} of it")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    main(*(given + [100, 100][len(given) :]))
