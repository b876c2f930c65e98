"""Counting by blocks finds what counting row by row finds."""

from pathlib import Path
from random import Random

import pytest

from acopio.validators.columns import Column, Survey, survey_text
from acopio.validators.dialect import lay_out
from acopio.validators.shapes import Shape
from acopio.validators.tabular.blocks import Unproved
from acopio.validators.tabular.scan import layout_of, survey_blocks
from tests.validators import dirty


def number(random: Random) -> str:
    """Return what looks like a number, a DNI, a day, a RUC, an amount."""

    def digits(most: int) -> str:
        return "".join(random.choices("0123456789", k=random.randint(1, most)))

    start = random.choice(["10", "20", "15", "16", "17", "9", "1", "0", "199", "203"])
    day = f"{random.randint(0, 13):02d}{random.randint(0, 32):02d}"
    return random.choice(
        [
            "",
            digits(12),
            start + digits(9),
            f"{random.choice(['19', '20', '199', '203'])}{digits(2)}{day}",
            f"{random.choice(['', '-', '0'])}{digits(9)}.{digits(5)}",
            f"{digits(8)}.0",
            f"-{digits(7)}",
            f"{random.choice('123456789')}{digits(2)}.{digits(3)}",
        ]
    )


def counted(path: Path, block: int) -> tuple[Survey, Survey] | str:
    """Return the survey made row by row and the one made by blocks, or why there is none."""
    layout = lay_out(path, "utf-8")
    if layout is None:
        return "blank"
    try:
        ours, _ = survey_blocks(
            layout_of(path, "utf-8", layout, layout.width, block), layout.labels
        )
    except Unproved as reason:
        return str(reason)
    return survey_text(path, "utf-8", layout), ours


def same(path: Path, block: int) -> bool:
    both = counted(path, block)
    if isinstance(both, str):
        return False
    plain, ours = both
    assert (ours.rows, ours.width, ours.widest) == (plain.rows, plain.width, plain.widest)
    for mine, other in zip(ours.columns, plain.columns, strict=True):
        assert facts(mine) == facts(other), (path.name, mine.label)
    return True


def facts(column: Column) -> tuple[object, ...]:
    found = column.counts.items()
    return (
        {shape: count for shape, count in found if count},
        {shape: one for shape, one in column.first.items() if column.count(shape)},
        column.valid_rucs,
        column.label,
        column.filled,
    )


@pytest.mark.usefixtures("columns")
@pytest.mark.parametrize("seed", range(12))
def test_dirty_tables_are_counted_alike(tmp_path: Path, seed: int) -> None:
    done = 0
    for one in range(seed * 40, seed * 40 + 40):
        random = Random(one)  # noqa: S311 - a seed, so that a failure comes again
        _, text = dirty.table(random)
        path = tmp_path / f"f{one}.csv"
        path.write_bytes(text.encode())
        done += same(path, random.choice([40, 300, 1 << 20]))
    assert done > 20


@pytest.mark.parametrize("seed", range(6))
def test_numbers_are_sorted_into_the_same_shapes(tmp_path: Path, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - as above
    path = tmp_path / "numbers.csv"
    rows = [f"{number(random)},{number(random)},{n}" for n in range(9000)]
    path.write_text("a,b,c\n" + "\n".join(rows) + "\n", "utf-8")
    assert same(path, 30_000)


def test_persons_do_not_repeat_within_a_few_rows(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    rows = [f"{40_000_000 + n % 3000},x" for n in range(9000)]
    path.write_text("dni,y\n" + "\n".join(rows) + "\n", "utf-8")
    both = counted(path, 1 << 20)
    assert not isinstance(both, str)
    assert both[1].columns[0].variety[Shape.EIGHT] == both[0].columns[0].variety[Shape.EIGHT]


def test_few_values_are_kept_with_their_first_rows(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    rows = [f"{'LIMA' if n else 'PUNO'},{n}" for n in range(30_000)]
    path.write_text("lugar,n\n" + "\n".join(rows) + "\n", "utf-8")
    both = counted(path, 20_000)
    assert not isinstance(both, str)
    survey = both[1]
    assert survey.columns[0].values == {"PUNO": (1, 2), "LIMA": (29_999, 3)}
    assert survey.columns[1].values is None
    assert survey.singular


def test_a_row_that_repeats_is_not_singular(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("a,b\n" + "".join(f"{n},1\n" for n in range(900)) + "5,1\n", "utf-8")
    both = counted(path, 500)
    assert not isinstance(both, str)
    assert not both[1].singular
