"""The ledger: a changed, lost or added entry breaks the chain, and the first such is named."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import delete, literal_column, text, update

from acopio import ledger
from acopio.canonical import digest, dumps
from acopio.store import Store, schema
from acopio.store import open_store as open_
from tests.store.conftest import postgresql, store, store_url

__all__ = ["postgresql", "store", "store_url"]


def fill(store: Store, count: int) -> None:
    for number in range(count):
        with store.write() as connection:
            payload = {"número": number, "x": [1, None, "ñ"]}
            ledger.append(connection, ledger.Kind.RUN, f"fuente-{number}", payload, actor="cli")


def test_an_untouched_chain_is_valid(store: Store) -> None:
    fill(store, 5)
    found = ledger.verify(store)
    assert (found.valid, found.entries, found.first_bad) == (True, 5, None)


def test_an_empty_ledger_is_valid(store: Store) -> None:
    assert ledger.verify(store) == ledger.Verification(valid=True, entries=0, head=ledger.FIRST)


def test_many_at_once_make_one_chain(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: fill(store, 3), range(8)))
    assert ledger.verify(store).valid
    assert ledger.verify(store).entries == 24


@pytest.mark.parametrize(
    "column", ["payload", "subject", "time", "actor", "kind", "previous", "hash"]
)
def test_a_changed_entry_is_named(store: Store, column: str) -> None:
    fill(store, 5)
    changed = '{"x":1}' if column == "payload" else "x"
    row = update(schema.ledger).where(schema.ledger.c.number == 3)
    with store.write() as connection:
        connection.execute(row.values({column: changed}))
    found = ledger.verify(store)
    assert (found.valid, found.first_bad) == (False, 3)


@pytest.mark.parametrize("payload", ["rubbish", "", "[" * 50_000, '{"x": 1}', "null"])
@pytest.mark.parametrize("resealed", [False, True])
def test_an_unreadable_payload_is_a_bad_entry(store: Store, payload: str, resealed: bool) -> None:
    fill(store, 3)
    values = {"payload": payload}
    if resealed:  # by whom knows how entries are hashed
        row = list(ledger.entries(store))[1]
        words = [row.number, row.previous, row.time, row.actor, row.kind, row.subject]
        values["hash"] = digest(f"{dumps(words)[:-1]},{payload}]")
    with store.write() as connection:
        connection.execute(update(schema.ledger).where(schema.ledger.c.number == 2).values(values))
    found = ledger.verify(store)
    json_all_the_same = resealed and payload in ('{"x": 1}', "null")
    assert (found.valid, found.first_bad) == (False, 3 if json_all_the_same else 2)
    assert len(list(ledger.export(store))) == 3


@pytest.mark.parametrize("column", ["payload", "subject", "hash"])
def test_what_sqlite_lets_stand_in_a_column_is_a_bad_entry(tmp_path: Path, column: str) -> None:
    store = open_(f"sqlite:///{tmp_path}/any.db")
    fill(store, 3)
    last = update(schema.ledger).where(schema.ledger.c.number == 3)
    with store.write() as connection:
        connection.execute(last.values({column: literal_column("x'ff'")}))
    assert ledger.verify(store).first_bad == 3
    assert len(list(ledger.export(store))) == 3
    store.close()


@pytest.mark.parametrize(
    "line",
    ["rubbish", "[1]", "7", "null", '{"number": 1}', '{"number": 1e999, "hash": ""}', "["],
)
def test_what_is_no_export_is_told_whatever_the_chain(store: Store, line: str) -> None:
    fill(store, 3)
    exported = list(ledger.export(store))
    with pytest.raises(ledger.NotAnExportError):
        ledger.verify(store, [*exported, line])
    with store.write() as connection:
        connection.execute(update(schema.ledger).values(payload="rubbish"))
    for lines in ([line], [*exported[:2], line], [exported[1], exported[0]], ["[" * 50_000]):
        with pytest.raises(ledger.NotAnExportError):
            ledger.verify(store, lines)


def test_a_lost_entry_is_named(store: Store) -> None:
    fill(store, 5)
    with store.write() as connection:
        connection.execute(delete(schema.ledger).where(schema.ledger.c.number == 2))
    assert ledger.verify(store).first_bad == 2


def test_a_cut_chain_is_found_by_its_head(store: Store) -> None:
    fill(store, 5)
    with store.write() as connection:
        connection.execute(delete(schema.ledger).where(schema.ledger.c.number == 5))
    assert ledger.verify(store).first_bad == 5


def test_a_chain_cut_with_its_head_is_found_by_an_earlier_export(store: Store) -> None:
    fill(store, 5)
    exported = list(ledger.export(store))
    with store.write() as connection:
        connection.execute(delete(schema.ledger).where(schema.ledger.c.number > 3))
        fourth = connection.execute(text("SELECT hash FROM harvest_ledger WHERE number = 3"))
        row = update(schema.ledger_head).values(number=3, hash=fourth.scalar_one())
        connection.execute(row)
    assert ledger.verify(store).valid
    assert ledger.verify(store, exported).first_bad == 4


def test_a_chain_written_anew_is_found_by_an_earlier_export(store: Store, tmp_path: Path) -> None:
    fill(store, 3)
    exported = list(ledger.export(store))
    other = open_(f"sqlite:///{tmp_path}/other.db")
    fill(other, 4)
    assert ledger.verify(other).valid
    assert ledger.verify(other, exported).first_bad == 1
    other.close()
