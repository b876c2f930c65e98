"""``acopio user``: tokens handed over once, roles that mean something, a ledger without names."""

import hashlib
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.desk import Desk


@pytest.fixture
def bare(tmp_path: Path) -> Desk:
    return Desk(tmp_path, "", portal=None)  # type: ignore[arg-type]


def rows(desk: Desk, query: str) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(desk.home / "state" / "acopio.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def kept_of(desk: Desk) -> str:
    """Return every byte of the state, as far as it is text."""
    files = (path for path in (desk.home / "state").rglob("*") if path.is_file())
    return "".join(path.read_bytes().decode("latin-1") for path in files)


def test_the_token_is_alone_on_standard_output_and_only_its_hash_is_kept(bare: Desk) -> None:
    added = bare.type("user", "add", "ana", "--role", "publisher", "--organization", "mef")
    assert added.exit_code == 0
    token = added.stdout.strip()
    assert added.stdout == token + "\n"
    assert len(bytes.fromhex(token)) == 32
    assert token not in added.stderr
    assert token not in kept_of(bare)
    assert rows(bare, "select token_hash from catalog_user") == [
        (hashlib.sha256(token.encode()).hexdigest(),)
    ]


def test_a_new_token_ends_the_old_one(bare: Desk) -> None:
    first = bare.type("user", "add", "raiz", "--role", "admin").stdout.strip()
    second = bare.type("user", "token", "raiz").stdout.strip()
    assert first != second
    assert rows(bare, "select token_hash from catalog_user") == [
        (hashlib.sha256(second.encode()).hexdigest(),)
    ]


def test_roles_become_capacities_in_the_organization(bare: Desk) -> None:
    made = bare.type("user", "add", "ana", "--role", "publisher", "--organization", "mef")
    assert "«mef»" in made.stderr
    again = bare.type("user", "add", "beto", "--role", "officer", "--organization", "mef")
    assert "mef" not in again.stderr
    bare.type("user", "add", "raiz", "--role", "admin")
    listed = {one["name"]: one for one in bare.json("user", "list")["users"]}
    assert {name: (one["role"], one["organizations"]) for name, one in listed.items()} == {
        "ana": ("publisher", ["mef"]),
        "beto": ("officer", ["mef"]),
        "raiz": ("admin", []),
    }
    query = "select object, kind, capacity from catalog_member"
    assert set(rows(bare, query)) == {
        (listed["ana"]["id"], "user", "editor"),
        (listed["beto"]["id"], "user", "member"),
    }
    told = bare.type("user", "list")
    assert "publica" in told.stdout
    assert "mef" in told.stdout


def test_what_is_removed_leaves_nothing_but_the_ledger(bare: Desk) -> None:
    assert "acopio user add" in bare.type("user", "list").stdout
    bare.type("user", "add", "ana-quispe", "--role", "publisher", "--organization", "mef")
    bare.type("user", "token", "ana-quispe")
    assert bare.type("user", "remove", "ana-quispe").exit_code == 0
    assert bare.json("user", "list") == {"users": []}
    assert rows(bare, "select * from catalog_member") == []
    ledger = rows(bare, "select kind, payload, subject from harvest_ledger order by number")
    changes = [json.loads(payload)["change"] for kind, payload, _ in ledger if kind == "user"]
    assert changes == ["added", "token", "removed"]
    assert len({subject for *_, subject in ledger}) == 1
    assert "quispe" not in repr(ledger)
    assert bare.json("ledger", "verify")["valid"] is True


@pytest.mark.parametrize("role", ["officer", "publisher"])
def test_an_account_without_an_organization_is_told_what_it_cannot_do(
    bare: Desk, role: str
) -> None:
    added = bare.type("user", "add", "ana", "--role", role)
    assert added.exit_code == 0
    assert "--organization" in added.stderr
    assert bare.json("user", "list")["users"][0]["organizations"] == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("add", "ana"), "--role"),
        (("add", "ana", "--role", "editor"), "admin, officer, publisher"),
        (("add", "ana", "--role", "admin", "--organization", "mef"), "--organization mef"),
        (("add", "Ana Quispe", "--role", "admin"), "minúsculas"),
        (("add", "a", "--role", "admin"), "minúsculas"),
        (("add", "ana@mef.example", "--role", "admin"), "minúsculas"),
        (("add", "ana", "--role", "publisher", "--organization", "M E F"), "organización"),
        (("add", "ana", "--role", "publisher", "--organization", ""), "organización"),
        (("token", "nadie"), "acopio user list"),
        (("token", "na\udcffdie"), "acopio user list"),
        (("remove", "nadie"), "acopio user list"),
    ],
    ids=lambda given: " ".join(given).encode("ascii", "replace").decode(),
)
def test_what_cannot_be_is_told_and_changes_nothing(
    bare: Desk, words: tuple[str, ...], expected: str
) -> None:
    result = bare.type("user", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert expected in result.stderr
    assert bare.json("user", "list") == {"users": []}


def test_a_name_is_given_once_and_english_is_spoken(bare: Desk) -> None:
    bare.type("user", "add", "ana", "--role", "admin")
    again = bare.type(
        "user", "add", "ana", "--role", "publisher", "--organization", "mef", ACOPIO_LANG="en"
    )
    assert (again.exit_code, again.stdout) == (2, "")
    assert "acopio user token ana" in again.stderr
    assert rows(bare, "select * from catalog_group") == []
    assert [one["role"] for one in bare.json("user", "list")["users"]] == ["admin"]


def test_a_shell_takes_the_token_as_it_is(bare: Desk) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "acopio", "user", "add", "raiz", "--role", "admin"],
        env=bare.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip().isalnum()
    assert "una" in done.stderr or "ahora" in done.stderr
