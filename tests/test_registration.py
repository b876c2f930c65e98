"""A change of a source or target and its entry in the ledger are one."""

from pathlib import Path

import pytest

from acopio import ledger, registration
from acopio.model import Source, Target
from acopio.store import open_store, sources

ONE = Source(name="a", kind="ckan", url="https://a.example")


def test_an_entry_that_cannot_be_written_undoes_the_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/a.db")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(ledger, "append", fail)
    with pytest.raises(RuntimeError):
        registration.add_sources(store, [ONE])
    assert sources.list_sources(store) == []
    store.close()


def test_each_change_has_one_entry_and_no_change_none(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/a.db")
    assert registration.add_sources(store, [ONE]) == {"a": "added"}
    assert registration.add_sources(store, [ONE]) == {"a": "unchanged"}
    registration.set_enabled(store, "a", enabled=False)
    registration.set_enabled(store, "a", enabled=False)
    registration.add_targets(store, [Target(name="t", kind="folder", url="file:///x")])
    registration.remove_target(store, "t")
    kinds = [(entry.kind, entry.payload["change"]) for entry in ledger.entries(store)]
    wanted = [
        ("source", "added"),
        ("source", "changed"),
        ("target", "added"),
        ("target", "removed"),
    ]
    assert kinds == wanted
    assert not sources.get_source(store, "a").enabled
    store.close()
