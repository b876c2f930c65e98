"""The index as a projection: what it stands at, who writes it, what survives."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from acopio.portal.search import Change, Found, Index, Query, schema
from tests.portal.search.catalogue import samples, shown


def package(number: int, **more: Any) -> dict[str, Any]:
    return shown({"name": f"conjunto-{number}", "title": f"Conjunto {number}"}, number) | more


def change(number: int, **more: Any) -> Change:
    made = package(number, **more)
    return Change(id=made["id"], package=made)


def names(index: Index, q: str = "*:*") -> list[str]:
    known = {package(number)["id"]: number for number in range(100)}
    found = index.search(Query(q=q, rows=1000, sort="name asc"))
    return [f"conjunto-{known[key]}" for key in found.ids]


def test_an_empty_index_stands_at_zero_and_finds_nothing(tmp_path: Path) -> None:
    index = Index(tmp_path)
    assert index.sequence() == 0
    found = index.search(Query(facets=("tags",)))
    assert found == Found(count=0, ids=(), facets={"tags": []})


def test_a_search_sees_the_change_made_just_before(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.apply([change(1), change(2)], 2)
    assert names(index) == ["conjunto-1", "conjunto-2"]
    index.apply([change(1, title="Otro título"), Change(id=package(2)["id"], package=None)], 4)
    assert names(index) == ["conjunto-1"] == names(index, "otro")
    assert names(index, "title:conjunto") == []
    assert index.sequence() == 4


def test_the_last_of_several_changes_of_one_dataset_counts(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.apply([change(1, title="Antes"), change(1, title="Después")], 2)
    assert names(index, "title:despues") == ["conjunto-1"]
    assert names(index, "title:antes") == []


def test_deleted_datasets_are_forgotten(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.apply([change(1)], 1)
    index.apply([change(1, state="deleted")], 2)
    assert names(index) == []


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.apply([change(1)], 5)

    def old() -> Iterator[Change]:
        raise AssertionError("these changes are known")
        yield

    index.apply(old(), 5)
    index.apply(old(), 3)
    assert index.sequence() == 5


def test_an_empty_batch_still_moves_the_stand(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.apply([], 7)
    assert index.sequence() == 7
    assert names(index) == []


def test_a_cleared_index_takes_old_changes_again(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.apply([change(1)], 9)
    index.clear()
    assert (index.sequence(), names(index)) == (0, [])
    index.apply([change(1)], 1)
    assert names(index) == ["conjunto-1"]


def test_everything_is_there_after_opening_again(tmp_path: Path) -> None:
    Index(tmp_path).apply([change(1)], 3)
    again = Index(tmp_path)
    assert (again.sequence(), names(again)) == (3, ["conjunto-1"])


def test_many_small_commits_leave_few_segments(tmp_path: Path) -> None:
    index = Index(tmp_path)
    for number in range(1, 31):
        index.apply([change(number % 7)], number)
    index.settle()
    assert len(names(index)) == 7
    assert len(list(tmp_path.rglob("*.store"))) < 15


def test_readers_see_what_others_commit(tmp_path: Path) -> None:
    writer, reader = Index(tmp_path), Index(tmp_path)
    for number in range(1, 4):
        writer.apply([change(number)], number)
        assert len(names(reader)) == number
        assert reader.sequence() == number


def test_an_index_of_another_version_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Index(tmp_path).apply([change(1)], 3)
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    newer = Index(tmp_path)
    assert (newer.sequence(), names(newer)) == (0, [])
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 1


def test_a_broken_index_is_made_anew(tmp_path: Path) -> None:
    Index(tmp_path).apply([change(1)], 3)
    (meta,) = tmp_path.rglob("meta.json")
    meta.write_text("{")
    again = Index(tmp_path)
    assert again.sequence() == 0
    again.apply([change(1)], 3)
    assert names(again) == ["conjunto-1"]


def test_a_folder_deleted_meanwhile_is_made_anew(tmp_path: Path) -> None:
    index = Index(tmp_path / "search")
    index.apply([change(1)], 3)
    index.settle()
    shutil.rmtree(tmp_path / "search")
    assert (names(index), index.sequence()) == ([], 0)
    shutil.rmtree(tmp_path / "search")
    index.apply([change(1)], 3)
    assert names(index) == ["conjunto-1"]


def test_a_batch_that_fails_changes_nothing(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.apply([change(1)], 1)

    def failing() -> Iterator[Change]:
        yield change(2)
        yield Change(id=package(1)["id"], package=None)
        raise LookupError

    with pytest.raises(LookupError):
        index.apply(failing(), 3)
    assert (index.sequence(), names(index)) == (1, ["conjunto-1"])
    index.apply([change(3)], 2)
    assert names(index) == ["conjunto-1", "conjunto-3"]


KILLED = """
import os, signal, sys
from pathlib import Path
from acopio.portal.search import Index
from tests.portal.search.test_index import change

def changes():
    for number in range(1, 50):
        yield change(number)
    os.kill(os.getpid(), signal.SIGKILL)

Index(Path(sys.argv[1])).apply(changes(), 99)
"""

WRITER = """
import sys
from pathlib import Path
from acopio.portal.search import Index
from tests.portal.search.test_index import change

index = Index(Path(sys.argv[1]))
while (stand := index.sequence()) < 40:
    upto = min(stand + 3, 40)
    index.apply([change(number) for number in range(stand + 1, upto + 1)], upto)
"""


def python(script: str, folder: Path) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[3]
    return subprocess.Popen([sys.executable, "-c", script, str(folder)], cwd=root)


def test_a_process_killed_while_it_indexes_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.apply([change(0)], 1)
    assert python(KILLED, tmp_path).wait(60) == -signal.SIGKILL
    assert (index.sequence(), names(index)) == (1, ["conjunto-0"])
    index.apply([change(1)], 2)
    assert names(index) == ["conjunto-0", "conjunto-1"]


def test_two_processes_that_index_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    writers = [python(WRITER, tmp_path) for _ in range(2)]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    index = Index(tmp_path)
    assert index.sequence() == 40
    assert sorted(names(index)) == sorted(f"conjunto-{number}" for number in range(1, 41))


def test_threads_search_while_others_write(tmp_path: Path) -> None:
    index, seen = Index(tmp_path), []

    def write() -> None:
        for number in range(1, 11):
            index.apply([change(number)], number)

    def search() -> None:
        while index.sequence() < 10:
            seen.append(index.search(Query(q="conjunto", facets=("organization",))))

    threads = [Thread(target=write), Thread(target=search), Thread(target=search)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(names(index)) == 10
    assert all(found.count == len(found.ids) for found in seen)
    assert all(sum(n for _, n in found.facets["organization"]) == found.count for found in seen)


ODD: list[dict[str, Any]] = [
    {},
    {"title": None, "notes": None, "tags": None, "extras": None, "resources": None},
    {"title": 5, "notes": ["x"], "tags": ["x"], "extras": [{}], "resources": [{}, {"url": None}]},
    {"extras": [{"key": "a.b c", "value": "x"}, {"key": "ñ", "value": "x"}]},
    {"extras": [{"key": "fin_date", "value": "2026-01-01T00:00:00-05:00"}]},
    {"extras": [{"key": "title", "value": "x"}, {"key": "kind", "value": "stand"}]},
    {"metadata_modified": "ayer", "metadata_created": 10**30},
    {"title": "\ud800", "name": "\ud83d", "notes": "\x1e\x1f\x00"},
    {"notes": "a" * 200_000, "title": "b" * 100_000, "author": "ñ" * 70_000},
    {"notes": "agua " * 100_000, "tags": [{"name": f"t{n}"} for n in range(2_000)]},
    {"organization": None, "owner_org": None, "private": "true"},
    {"num_resources": "x", "id": "otro id", "sequence": 10**30},
]


@pytest.mark.parametrize("number", range(len(ODD)))
def test_odd_packages_are_indexed_all_the_same(tmp_path: Path, number: int) -> None:
    index, made = Index(tmp_path), package(1) | ODD[number]
    index.apply([Change(id=made["id"], package=made)], 1)
    everything = Query(q=f'id:"{made["id"]}"', sort="title asc, organization desc")
    found = index.search(everything)
    assert (found.count, index.sequence()) == (0 if ODD[number].get("private") else 1, 1)


def test_the_samples_are_indexed_in_one_commit(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.apply([Change(id=one["id"], package=one) for one in samples()], 30)
    assert index.search(Query(rows=0)) == Found(count=30, ids=(), facets={})


def test_the_lock_is_free_once_a_batch_is_done(tmp_path: Path) -> None:
    script = "import sys; from pathlib import Path\n"
    script += "from acopio.portal.search import Index\n"
    script += "Index(Path(sys.argv[1])).apply([], 5)"
    index = Index(tmp_path)
    index.apply([change(1)], 1)
    assert python(script, tmp_path).wait(60) == os.EX_OK
    assert index.sequence() == 5
