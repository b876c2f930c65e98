"""docs/rules.md: its rules hold, its commands run, its limits are those of the code."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from acopio.cli import main
from acopio.config.rules import MOST, RowRuleTable, read_rules
from acopio.validators import own_rules
from acopio.validators.row_rules import checks, outcome
from acopio.validators.row_rules.expression import FUNCTIONS
from tests.sources import ROOT

PAGE = (ROOT / "docs" / "rules.md").read_text("utf-8")
(SAMPLE,) = re.findall(r"```toml\n(.+?)```", PAGE, re.DOTALL)
COMMANDS = re.findall(r"^acopio (.+)$", PAGE, re.MULTILINE)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACOPIO_EXECUTOR", "serial")
    monkeypatch.setenv("ACOPIO_LANG", "es")
    Path("reglas.toml").write_text(SAMPLE, "utf-8")
    Path("gasto.csv").write_text("codigo,pim,devengado\nx,100,80\nS/N,100,180\n")
    Path("resumen.csv").write_text("codigo,enero,febrero,total\nx,1.1,2.2,3.3\ny,1,2,4\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_page_run(command: str) -> None:
    done = CliRunner().invoke(main, command.split())
    assert done.exit_code == 1
    assert "el devengado supera al PIM" in done.output
    assert ("el total no es la suma de los meses" in done.output) == ("resumen" in command)


def test_every_key_is_told() -> None:
    told = re.findall(r"^\| (`.+?) \|", PAGE, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(told))) == set(RowRuleTable.model_fields)
    assert len(read_rules(Path("reglas.toml"))) == 3


def test_the_limits_and_names_are_those_of_the_code() -> None:
    for limit in (MOST, outcome.MOST, checks.MOST_ROWS, round(own_rules.SECONDS)):
        assert f" {limit:,} " in PAGE
    assert all(f"`{kind}`" in PAGE for kind in checks.TYPES)
    functions = re.findall(r"`([a-z_ \n]+)` and their like", PAGE)[0].split()
    assert set(functions) - {"coalesce"} <= FUNCTIONS
