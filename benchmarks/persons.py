"""How well persons are found: precision and recall over a labelled set of columns, by kind.

The set is made in code (``tests/validators/labelled.py``): it says what shapes are known, not what
ministries will think of next. The goal is 0.95 and 0.95.
Usage: persons.py
"""

import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

from acopio.cli.output import say
from acopio.validators.persons import personal_columns
from acopio.validators.preflight import profile
from acopio.validators.surveys import survey
from tests.validators.labelled import Labelled, labelled

Tally = Counter[tuple[str, str]]


def found_in(table: Labelled, folder: Path) -> dict[str, str]:
    """Return the kind found in each column of ``table`` that is found to hold persons."""
    path = folder / "table.csv"
    path.write_text(table.text(), "utf-8")
    counted = survey(path, profile(path, "csv", path.name))
    people = personal_columns(counted) if counted else ()
    return {person.field: str(person.kind) for person in people}


def tally(folder: Path) -> tuple[Tally, int, list[str]]:
    """Return what was ``right``, ``wrong`` or ``missed`` by kind, the columns, and the errors."""
    counts: Tally = Counter()
    errors = []
    columns = 0
    for table in labelled():
        found = found_in(table, folder)
        columns += len(table.columns)
        for label in table.columns:
            expected, got = table.kinds.get(label, ""), found.get(label, "")
            if expected == got and got:
                counts["right", got] += 1
            elif expected != got:
                counts.update(pair for pair in (("missed", expected), ("wrong", got)) if pair[1])
                errors.append(
                    f"{table.name}: {label} is {expected or 'nobody'}, found {got or '-'}"
                )
    return counts, columns, errors


def shares(counts: Tally, kind: str = "") -> tuple[float, float]:
    """Return precision and recall, of one kind or of all."""
    right, wrong, missed = (
        sum(count for (what, of), count in counts.items() if what == name and kind in ("", of))
        for name in ("right", "wrong", "missed")
    )
    return right / max(1, right + wrong), right / max(1, right + missed)


def main() -> None:
    """Print the table."""
    with TemporaryDirectory() as folder:
        started = perf_counter()
        counts, columns, errors = tally(Path(folder))
        seconds = perf_counter() - started
    say(f"{columns} columns in {seconds:.1f} s")
    say(f"{'kind':10} {'columns':>8} {'precision':>10} {'recall':>8}")
    for kind in [*sorted({of for _, of in counts}), ""]:
        held = sum(counts[what, of] for what, of in counts if what != "wrong" and kind in ("", of))
        precision, recall = shares(counts, kind)
        say(f"{kind or 'all':10} {held:8} {precision:10.3f} {recall:8.3f}")
    for error in errors:
        say(error)


if __name__ == "__main__":
    main()
