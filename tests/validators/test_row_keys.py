"""Rows written alike are told from those that differ, however many there are."""

from functools import partial

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acopio.validators.tabular import row_keys as module
from acopio.validators.tabular.beside import copied
from acopio.validators.tabular.row_keys import KeptKeys, ragged_keys, row_keys
from acopio.validators.tabular.texts import Texts, Vocabulary

CELLS = st.text(alphabet="ab1é", max_size=20)


@settings(deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=40))
def test_rows_alike_have_one_number_and_others_hardly_ever(rows: list[tuple[str, str]]) -> None:
    keys = row_keys([Texts(pa.array(cells)) for cells in zip(*rows, strict=True)])
    for first, one in enumerate(rows):
        for second, other in enumerate(rows):
            if one == other:
                assert keys[first] == keys[second]
    # Texts of up to sixteen bytes are told apart by all they have.
    short = {row for row in rows if all(len(cell.encode()) <= 16 for cell in row)}
    chosen = [keys[rows.index(row)] for row in short]
    assert len(set(chosen)) == len(short)


@settings(deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=40))
def test_a_text_has_its_number_whether_it_was_looked_up_or_not(cells: list[str]) -> None:
    plain, looked_up = Texts(pa.array(cells)), Texts(pa.array(cells))
    looked_up.look_up(Vocabulary(), 100)
    assert (plain.keys() == looked_up.keys()).all()


def test_cells_do_not_run_into_each_other() -> None:
    rows = [("ab", "c"), ("a", "bc"), ("", "abc"), ("abc", "")]
    keys = row_keys([Texts(pa.array(cells)) for cells in zip(*rows, strict=True)])
    assert len(set(keys.tolist())) == len(rows)


@pytest.mark.parametrize("bits", [1, 3, 21])
@pytest.mark.parametrize("again", [False, True])
def test_one_that_repeats_is_found_among_many(
    bits: int, again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TOGETHER_BITS", bits)
    monkeypatch.setattr(module, "_READ", 800)
    keys = np.random.default_rng(7).integers(0, 2**63, 1000).astype(np.uint64) * np.uint64(2)
    with KeptKeys() as kept:
        kept.add(keys[:600])
        kept.add(np.append(keys[600:], keys[5] if again else np.uint64(1)))
        kept.flush()
        assert kept.all_differ(1001) is not again


def test_what_the_copy_added_counts_too() -> None:
    with KeptKeys() as kept:
        kept.add(np.arange(5, dtype=np.uint64))
        with copied(partial(added, kept)) as copy:
            assert copy.ask(5).result() == 5
            assert kept.all_differ(10)
            copy.ask(9).result()
        assert not kept.all_differ(15)


def added(kept: KeptKeys, start: int) -> int:
    kept.add(np.arange(start, start + 5, dtype=np.uint64))
    kept.flush()
    return start


def test_rows_whose_numbers_are_missing_are_not_said_to_differ() -> None:
    with KeptKeys() as kept:
        assert not kept.all_differ(0)
        kept.add(ragged_keys([["a"], ["b"]]))
        kept.flush()
        assert kept.all_differ(2)
        assert not kept.all_differ(3)
