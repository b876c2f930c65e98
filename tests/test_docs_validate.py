"""docs/validate.md: its commands run, its hook and its action judge by exit code."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.http_server import serving
from tests.sources import ROOT

PAGE = (ROOT / "docs" / "validate.md").read_text("utf-8")
COMMANDS = re.findall(r"^acopio .+", PAGE, re.MULTILINE)
CLEAN, RAGGED = "codigo,monto\n010101,1.5\n", "codigo,monto\n010101,1.5,9\n"
HOOKS = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
ACTION = (ROOT / "action.yml").read_text("utf-8")
SCHEMA = '{"fields": [{"name": "codigo", "type": "string"}, {"name": "monto", "type": "number"}]}'


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ACOPIO_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    return kept | {"PATH": path, "ACOPIO_EXECUTOR": "serial", "ACOPIO_LANG": "en"} | more


def typed(words: list[str], folder: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        words, cwd=folder, env=environment(**more), capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_page_run(tmp_path: Path, command: str) -> None:
    for name in ("gasto.csv", "padron.csv"):
        (tmp_path / name).write_text(CLEAN)
    (tmp_path / "gasto.schema.json").write_text(SCHEMA)
    with serving(lambda ask: ask.reply(CLEAN.encode())) as here:
        line = command.replace("https://datos.example.gob.pe", here.url)
        done = typed(["bash", "-c", line], tmp_path, ACOPIO_ALLOWED_PRIVATE_HOSTS="127.0.0.1")
    assert (done.returncode, done.stderr) == (0, "")
    for word in shlex.split(command):
        if word.endswith(".html") or word == "hallazgos.csv":
            assert (tmp_path / word).exists()


def test_every_key_of_a_line_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(RAGGED)
    typed(["acopio", "validate", "a.csv", "--findings", "f"], tmp_path)
    line = json.loads((tmp_path / "f").read_text("utf-8").splitlines()[0])
    section = PAGE.partition("A line of `--findings`")[2].partition("\n## ")[0]
    told = [row.split("|")[1] for row in section.splitlines() if row.startswith("| `")]
    assert set(re.findall(r"`(\w+)`", " ".join(told))) == set(line)


def of_the_hook(key: str) -> str:
    (value,) = re.findall(rf"^[- ] {key}: (.+)$", HOOKS, re.MULTILINE)
    return str(value)


@pytest.mark.parametrize(("content", "status"), [(CLEAN, 0), (RAGGED, 1)])
def test_the_hook_judges_by_exit_code(tmp_path: Path, content: str, status: int) -> None:
    (tmp_path / "a.csv").write_text(content)
    done = typed([*shlex.split(of_the_hook("entry")), "a.csv"], tmp_path)
    assert done.returncode == status
    assert f"- id: {of_the_hook('id')}" in PAGE


def test_the_hook_is_one_for_tables(tmp_path: Path) -> None:
    manifest = str(ROOT / ".pre-commit-hooks.yaml")
    checked = typed([sys.executable, "-m", "pre_commit", "validate-manifest", manifest], tmp_path)
    assert (checked.returncode, checked.stdout) == (0, "")
    assert re.search(of_the_hook("files"), "datos/gasto.csv")
    assert not re.search(of_the_hook("files"), "README.md")


def test_the_actions_step_is_there_and_pastes_nothing_into_a_script() -> None:
    inputs = ACTION.partition("inputs:")[2].partition("\nruns:")[0]
    told = re.findall(r"^ {6}(\w+):", PAGE.partition("## GitHub Actions")[2], re.MULTILINE)
    assert set(told) <= set(re.findall(r"^ {2}([\w-]+):$", inputs, re.MULTILINE))
    assert (ROOT / ".ci" / "validate-step").is_file()
    scripts = re.findall(r"^ +run: (.+)$", ACTION, re.MULTILINE)
    assert any("/.ci/validate-step" in script for script in scripts)
    # What a workflow hands over is a stranger's.
    assert not any("${{" in script for script in scripts)


@pytest.mark.parametrize(
    ("files", "status", "said"),
    [
        ("datos/*.csv", 1, "b.csv"),
        ("datos/a.csv", 0, "a.csv"),
        ("datos/a.csv\ndatos/b.csv", 1, "b.csv"),
        ("datos/none*.csv", 2, ""),
        ("$(touch made) --html=x", 2, ""),
    ],
)
def test_the_actions_step(tmp_path: Path, files: str, status: int, said: str) -> None:
    (tmp_path / "datos").mkdir()
    (tmp_path / "datos" / "a.csv").write_text(CLEAN)
    (tmp_path / "datos" / "b.csv").write_text(RAGGED)
    done = typed(
        ["bash", str(ROOT / ".ci" / "validate-step")],
        tmp_path,
        INPUT_FILES=files,
        INPUT_REPORT="r.html",
        INPUT_SCHEMA="",
        GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"),
    )
    assert done.returncode == status, done.stderr
    assert (tmp_path / "r.html").exists() == (status < 2)
    assert said in (tmp_path / "summary.md").read_text("utf-8")
    assert not (tmp_path / "made").exists()
