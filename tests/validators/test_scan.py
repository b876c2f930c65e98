"""Counting by blocks finds what counting row by row finds."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from acopio.validators.columns import Column, Survey, survey_text
from acopio.validators.dialect import lay_out
from acopio.validators.shapes import Shape
from acopio.validators.tabular.blocks import Unproved
from acopio.validators.tabular.scan import layout_of, survey_blocks
from acopio.validators.values import Question, from_survey
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


def varied(column: Column) -> dict[Shape, int]:
    return {shape: count for shape, count in column.variety.items() if count}


def test_irregular_rows_vary_as_much_as_they_do(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    row = "JUAN CARLOS PEREZ QUISPE,4567123{},98765432{}"
    rows = [row.format(n % 5, n % 3) + ",x" * (n > 500) for n in range(3500)]
    path.write_text("nombres,ref,contacto\n" + "\n".join(rows) + "\n", "utf-8")
    both = counted(path, 1 << 20)
    assert not isinstance(both, str)
    for plain, ours in zip(both[0].columns[1:], both[1].columns[1:], strict=True):
        # By runs of two thousand rows: where runs begin is not the same.
        most = {shape: 2 * count for shape, count in varied(plain).items()}
        assert all(count <= most[shape] for shape, count in varied(ours).items()), ours.label


def test_odd_cells_among_numbers_vary_as_much_as_they_do(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    rows = [f"{n}.25,{n % 2}" if n % 20 else f"12.345.678-K,{n % 2}" for n in range(60_000)]
    path.write_text("monto,b\n" + "\n".join(rows) + "\n", "utf-8")
    both = counted(path, 200_000)
    assert not isinstance(both, str)
    plain, ours = (table.columns[0].variety[Shape.IDENTITY] for table in both)
    assert plain <= ours <= 2 * plain


def test_words_of_irregular_rows_are_those_without_an_ascii_digit(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    rows = ["x,1", "²", "\uff11\uff12", "y7", "x,1"] * 200
    path.write_text("a,b\n" + "\n".join(rows) + "\n", "utf-8")
    both = counted(path, 300)
    assert not isinstance(both, str)
    assert both[1].columns[0].words == {"x": (400, 2), "²": (200, 3), "\uff11\uff12": (200, 4)}


def test_days_of_moments_are_said_to_be_days(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    start = datetime(2020, 1, 1)  # noqa: DTZ001 - as it is written in the file
    moments = [start + timedelta(minutes=37 * n) for n in range(12_000)]
    rows = [f"{n},{moment},{n % 7}" for n, moment in enumerate(moments)]
    path.write_text("id,fecha,b\n" + "\n".join(rows) + "\n", "utf-8")
    both = counted(path, 60_000)
    assert not isinstance(both, str)
    column = both[1].columns[1]
    assert column.are_days
    assert column.values is not None
    assert column.values["2020-01-02"][1] == 41
    assert not both[1].columns[2].are_days
    whole, days = Question(columns=(2,)), Question(columns=(2,), of_days=True)
    answered = from_survey(both[1], [whole, days])
    assert answered[0] is None
    assert answered[1] is not None
