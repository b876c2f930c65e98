import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from acopio import registry
from acopio.cli import doctor, main
from acopio.config.settings import load_settings


def examined(**environ: str) -> dict[str, doctor.Check]:
    return {check.name: check for check in doctor.examine(load_settings(environ))}


@pytest.fixture
def home(tmp_path: Path) -> str:
    return str(tmp_path / "home")


def test_all_is_well_with_a_new_home(home: str) -> None:
    checks = examined(ACOPIO_HOME=home)
    assert {name: check.message for name, check in checks.items() if not check.ok} == {}
    assert list(checks) == [
        "python", "settings", "disk", "database", "archive", "harvesters", "validators",
        "publishers", "target portal",
    ]  # fmt: skip
    assert home in checks["settings"].message


def test_the_archive_is_left_as_it_was(home: str) -> None:
    examined(ACOPIO_HOME=home)
    assert [path for path in Path(home, "archive").rglob("*") if path.is_file()] == []


def test_a_database_that_cannot_be_opened(home: str, tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"no database " * 100)
    check = examined(ACOPIO_HOME=home, ACOPIO_DATABASE_URL=f"sqlite:///{tmp_path}/broken.db")
    assert not check["database"].ok
    assert "ACOPIO_DATABASE_URL" in check["database"].message


def test_a_password_in_the_query_is_not_shown(home: str) -> None:
    url = "postgresql+psycopg://127.0.0.1:1/none?user=ana&password=oculta"
    check = examined(ACOPIO_HOME=home, ACOPIO_DATABASE_URL=url)["database"]
    assert not check.ok
    assert ("user=ana" in check.message, "oculta" in check.message) == (True, False)


def test_an_archive_that_cannot_be_written(home: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    check = examined(ACOPIO_HOME=home, ACOPIO_ARCHIVE_URL=f"file://{tmp_path}/file/archive")
    assert not check["archive"].ok
    assert "ACOPIO_ARCHIVE_URL" in check["archive"].message


def test_a_full_disk(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "MIN_FREE_BYTES", 1 << 60)
    check = examined(ACOPIO_HOME=home)["disk"]
    assert not check.ok
    assert "ACOPIO_HOME" in check.message


def test_a_plugin_that_does_not_load(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(group: str, name: str) -> None:
        if name == "folder":
            raise ImportError("no module named x")

    monkeypatch.setattr(registry, "load", load)
    checks = examined(ACOPIO_HOME=home)
    assert not checks["publishers"].ok
    assert "folder" in checks["publishers"].message
    assert checks["harvesters"].ok


def test_the_command_says_it_in_json_and_by_its_exit_code(home: str, tmp_path: Path) -> None:
    well = CliRunner().invoke(main, ["doctor", "--json"], env={"ACOPIO_HOME": home})
    assert (well.exit_code, json.loads(well.stdout)["ok"]) == (0, True)
    ill = {"ACOPIO_HOME": home, "ACOPIO_ARCHIVE_URL": "file:///proc/nowhere"}
    result = CliRunner().invoke(main, ["doctor"], env=ill)
    assert result.exit_code == 1
    assert "problema" in result.stdout


def test_each_target_is_asked(home: str, tmp_path: Path) -> None:
    (tmp_path / "in-the-way").write_text("a file, where a folder is wanted")
    file = tmp_path / "destinos.toml"
    file.write_text(
        f'[copies]\nkind = "folder"\nurl = "file://{tmp_path}/copies"\n'
        f'[broken]\nkind = "folder"\nurl = "file://{tmp_path}/in-the-way/copies"\n',
        "utf-8",
    )
    added = CliRunner().invoke(main, ["target", "add", str(file)], env={"ACOPIO_HOME": home})
    assert added.exit_code == 0
    checks = examined(ACOPIO_HOME=home)
    assert checks["target copies"].ok
    assert not checks["target broken"].ok
