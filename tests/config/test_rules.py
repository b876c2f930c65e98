"""Rules of officers' own as files have them, and the versions of the built-in ones."""

import tomllib
from pathlib import Path

import pytest

from acopio.config.files import read_sources, to_toml
from acopio.config.rules import MOST, read_rules
from acopio.config.settings import load_settings
from acopio.errors import ConfigError
from acopio.examine import rules_version
from acopio.messages import sentence
from acopio.model import RowRule, Severity
from tests.sources import ROOT

SETTINGS = load_settings({"ACOPIO_ALLOWED_PRIVATE_HOSTS": "datos.invalid"})
SOURCE = '[mef]\nkind = "ckan"\nurl = "https://datos.invalid"\n'
RULES = """\
[[mef.rules]]
name = "uno"
where = "a > \\"año 1\\""
es = "mal"

[[mef.rules]]
name = "dos"
check = { type = "forbidden-value", fieldName = "a", values = ["x", 1] }
columns = ["a", "b"]
resources = "gasto*"
severity = "info"
es = "mal"
en = "wrong"
"""
MADE = (
    RowRule(name="uno", where='a > "año 1"', es="mal"),
    RowRule(
        name="dos",
        check={"type": "forbidden-value", "fieldName": "a", "values": ["x", 1]},
        columns=("a", "b"),
        resources="gasto*",
        severity=Severity.INFO,
        es="mal",
        en="wrong",
    ),
)


def written(folder: Path, text: str) -> Path:
    path = folder / "f.toml"
    path.write_text(text, "utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read_sources(written(folder, SOURCE + text), SETTINGS)
    return sentence(caught.value)


def test_a_source_has_its_rules_and_exports_them(tmp_path: Path) -> None:
    (source,) = read_sources(written(tmp_path, SOURCE + RULES), SETTINGS)
    assert source.rules == MADE
    assert read_sources(written(tmp_path, to_toml(source)), SETTINGS) == [source]


def test_a_file_of_rules_alone(tmp_path: Path) -> None:
    assert read_rules(written(tmp_path, RULES.replace("mef.rules", "rules"))) == MADE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "f.toml:1: no hay ninguna regla"),
        ("rules = 5\n", "f.toml:1: no hay ninguna regla"),
        ("rules = [5]\n", "f.toml:1: "),
        ("[mef]\nx = 1\n", "f.toml:1: «mef» no se conoce"),
        ('[[rules]]\nname = "a"\n', "f.toml:1: falta «1.es»"),
    ],
)
def test_a_file_of_rules_has_nothing_else(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_rules(written(tmp_path, text))
    assert said in sentence(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("where =", "wher =", "f.toml:6: «rules.1.wher» no se conoce aquí; quizá «where»."),
        ('name = "dos"', 'name = "uno"', "f.toml:9: ya hay una regla con el nombre «uno»"),
        ('name = "dos"', 'name = "Dos!"', "f.toml:10: «rules.2.name»"),
        ('severity = "info"', 'severity = "grave"', "f.toml:14: «rules.2.severity»"),
        ('es = "mal"', 'es = ""', "f.toml:7: «rules.1.es»"),
        ("a > ", "a >> ;", "f.toml:6: «rules.1.where» no se entiende como expresión"),
        ("a > ", "read_csv('/etc/passwd') > ", "no se puede usar «read_csv»"),
        ("a > ", "(SELECT 1) > ", "no se puede usar «subquery»"),
        ("forbidden-value", "baseline", "f.toml:11: «rules.2.check» pide una comprobación"),
        ("fieldName", "field", "una propiedad que su comprobación no conoce (field)"),
        ('["x", 1]', '"x"', "frictionless no acepta «rules.2.check»"),
        ("columns =", 'where = "a > 1"\ncolumns =', "lleva «where» o «check»"),
        ('where = "a > \\"año 1\\""\n', "", "lleva «where» o «check»"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in refusal(tmp_path, RULES.replace(old, new, 1))


def test_rules_are_bounded(tmp_path: Path) -> None:
    one = '[[mef.rules]]\nname = "r{}"\nwhere = "a > 1"\nes = "x"\n'
    many = "".join(one.format(number) for number in range(MOST + 1))
    assert f"más de {MOST} elementos" in refusal(tmp_path, many)


def test_the_built_in_rules_have_versions_the_newest_first() -> None:
    text = (ROOT / "config" / "rules.toml").read_text("utf-8")
    versions = tomllib.loads(text)["versions"]
    numbers = [tuple(map(int, one["number"].split("."))) for one in versions]
    assert numbers == sorted(set(numbers), reverse=True)
    assert all(len(number) == 3 for number in numbers)
    assert all(one["es"] and one["en"] for one in versions)
    assert rules_version().startswith(f"{versions[0]['number']}+")


def test_own_rules_have_a_version_of_their_own() -> None:
    versions = {rules_version(), rules_version(MADE), rules_version(MADE[:1])}
    assert len(versions) == 3
    assert all(version.startswith(rules_version()) for version in versions)
