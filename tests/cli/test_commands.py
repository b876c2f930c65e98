"""What holds for every command: start-up, streams, languages, help, settings."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from acopio.cli import COMMANDS, main
from tests.cli.desk import Desk
from tests.test_architecture import HEAVY

ENGLISH = {"ACOPIO_LANG": "en"}
LISTS = [
    ("source", "list"),
    ("target", "list"),
    ("dataset", "list"),
    ("job", "list"),
    ("dataset", "show", "conjunto-0"),
    ("source", "show", "muni"),
    ("plan", "show", "muni"),
    ("gate", "try", "muni", "--gate", "strict"),
    ("ledger", "verify"),
    ("doctor",),
]


def every() -> Iterator[tuple[str, ...]]:
    """Yield the words of each command and group."""
    ctx = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(ctx, name)
        assert command is not None
        yield (name,)
        if isinstance(command, click.Group):
            yield from ((name, below) for below in command.commands)


@pytest.fixture
def bare(tmp_path: Path) -> Desk:
    """A desk nothing was ever done at."""
    return Desk(tmp_path, "", portal=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("words", list(every()), ids=" ".join)
def test_every_command_has_a_page_in_both_languages(bare: Desk, words: tuple[str, ...]) -> None:
    spanish, english = (bare.type(*words, "--help", ACOPIO_LANG=lang) for lang in ("es", "en"))
    assert (spanish.exit_code, spanish.stderr) == (0, "")
    assert "Uso: acopio" in spanish.stdout
    assert "Opciones:" in spanish.stdout
    assert "--verbose" in spanish.stdout
    assert "Usage" not in spanish.stdout
    assert "Usage: acopio" in english.stdout
    assert not (bare.home / "state").exists()


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_json_is_one_document_and_people_get_words(harvested: Desk, words: tuple[str, ...]) -> None:
    document = harvested.type(*words, "--json")
    assert json.loads(document.stdout)
    assert document.stderr == ""
    told = harvested.type(*words)
    assert told.stdout
    assert told.stderr == ""
    assert told.exit_code == document.exit_code == 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "Uso: acopio"),
        (("run",), "Falta SOURCE."),
        (("run", "muni", "--dryrun"), "--dry-run"),
        (("run", "muni", "--max-items", "x"), "--max-items"),
        (("plan", "mostrar"), "approve, reject, show"),
        (("decide", "x", "borrar", "--reason", "y"), "publish, withhold, pin, auto"),
        (("decide", "x", "pin"), "Falta --reason."),
        (("version", "x"), "acopio version --help"),
        (("--nada",), "No existe la opción --nada."),
    ],
)
def test_what_is_typed_wrongly_is_told_in_one_sentence(
    bare: Desk, words: tuple[str, ...], expected: str
) -> None:
    result = bare.type(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert expected in result.stderr
    assert not (bare.home / "state").exists()


def test_a_bad_setting_stops_every_command_before_any_work(bare: Desk) -> None:
    for name, value in (("ACOPIO_HOMER", "x"), ("ACOPIO_LANG", "qu"), ("ACOPIO_EXECUTOR", "x")):
        for words in (["version"], ["run", "muni", "--json"], ["demo", "--json"]):
            result = bare.type(*words, **{name: value})
            assert (result.exit_code, result.stdout) == (2, "")
            assert name in result.stderr
    assert not (bare.home / "state").exists()
    assert bare.type("version", ACOPIO_TEST_ANYTHING="1").exit_code == 0


def test_a_database_that_is_none_is_one_sentence(bare: Desk) -> None:
    (bare.home / "bad.db").write_bytes(b"no database " * 100)
    broken = f"sqlite:///{bare.home}/bad.db"
    result = bare.type("job", "list", "--json", ACOPIO_DATABASE_URL=broken)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert "ACOPIO_DATABASE_URL" in result.stderr


def test_logs_of_verbose_go_to_standard_error(harvested: Desk) -> None:
    result = harvested.type("job", "list", "--json", "--verbose")
    assert json.loads(result.stdout)["jobs"]


TRACED = """
import sys, time
began = time.perf_counter()
from acopio.cli import main
try:
    main(sys.argv[1:])
finally:
    seconds = time.perf_counter() - began
    names = {name.split(".")[0] for name in sys.modules}
    print(f"{seconds:.3f}", *sorted(names), file=sys.stderr)
"""


@pytest.mark.parametrize("words", [["--help"], ["version"], ["run", "--help"]], ids=" ".join)
def test_a_command_starts_without_what_it_does_not_need(
    words: list[str], record_property: Callable[[str, object], None]
) -> None:
    command = [sys.executable, "-c", TRACED, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, *names = done.stderr.split()
    record_property("seconds", float(seconds))
    assert done.stdout
    assert not HEAVY & set(names)


def test_streams_are_apart_in_a_process_too(harvested: Desk) -> None:
    for words in (["dataset", "list", "--json"], ["source", "list"]):
        done = subprocess.run(
            [sys.executable, "-m", "acopio", *words],
            env=harvested.environment,
            capture_output=True,
            check=True,
        )
        assert done.stderr == b""
        assert done.stdout.decode("utf-8").endswith("\n")


def test_a_reader_that_hangs_up_is_no_fault(harvested: Desk) -> None:
    command = [sys.executable, "-m", "acopio", "dataset", "list", "--json"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=harvested.environment, stdout=pipe, stderr=pipe) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
