"""docs/settings.md names every setting and every key, with its default, and its samples hold."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from acopio import registry
from acopio.config.files import read_sources, read_targets
from acopio.config.settings import Settings, load_settings
from acopio.config.tables import ReadingTable, SourceTable, TargetTable
from tests.sources import ROOT

PAGE = (ROOT / "docs" / "settings.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.+?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
SAMPLES = re.findall(r"```toml\n(.+?)```", PAGE, re.DOTALL)
# Nobody is asked for these: what is allowed by name is not looked up.
ALLOWED = {"ACOPIO_ALLOWED_PRIVATE_HOSTS": "datos.example.com,ckan.example.com"}


def rows(section: str) -> dict[str, str]:
    found = re.findall(r"^\| `(\w+)` \| (.+?) \|", SECTIONS[section], re.MULTILINE)
    return {name: default.strip("`") for name, default in found}


def test_every_variable_is_documented_with_its_default() -> None:
    told = rows("Environment")
    assert list(told) == [f"ACOPIO_{field.name.upper()}" for field in fields(Settings)]
    plain = load_settings({})
    assert told["ACOPIO_EXECUTOR"] == plain.executor
    assert told["ACOPIO_LANG"] == plain.lang
    assert told["ACOPIO_COUNTRY"] == plain.country


@pytest.mark.parametrize(
    ("section", "model"), [("Source files", SourceTable), ("Target files", TargetTable)]
)
def test_every_key_is_documented_with_its_default(
    section: str, model: type[SourceTable] | type[TargetTable]
) -> None:
    told = rows(section)
    assert set(told) == set(model.model_fields)
    for name, field in model.model_fields.items():
        default = field.default
        if isinstance(default, bool | int | float):
            assert float(told[name].replace("true", "1")) == float(default), name
        elif isinstance(default, tuple) and default:
            assert told[name] == str(list(default)).replace("'", '"'), name
        elif isinstance(default, str) and default and name != "url":
            assert told[name] == default, name


def test_every_option_of_the_kind_html_is_documented() -> None:
    told = set(
        re.findall(r"^\| `(\w+)` \|", PAGE.partition("### html")[2].partition("\n## ")[0], re.M)
    )
    assert told == set(registry.load("harvesters", "html").Options.model_fields)


def test_what_a_reading_may_say_is_documented() -> None:
    told = dict(
        re.findall(r"^\| `(\w+)` \| (.+?) \| .+\|$", PAGE.partition("in `reading`")[2], re.M)
    )
    for name, field in ReadingTable.model_fields.items():
        choices = get_args(field.annotation)
        assert all(f"`{choice}`" in told[name] for choice in choices if choice not in "\t|"), name


def test_the_samples_are_what_they_say(tmp_path: Path) -> None:
    settings = load_settings(ALLOWED)
    for name, text in zip(("sources.toml", "html.toml", "targets.toml"), SAMPLES, strict=True):
        (tmp_path / name).write_text(text, "utf-8")
    source = read_sources(tmp_path / "sources.toml", settings)[0]
    (table,) = tomllib.loads(SAMPLES[0]).values()
    assert set(table) == set(SourceTable.model_fields)
    assert set(table["reading"]) == set(ReadingTable.model_fields)
    assert source.name == "mef"
    assert source.reading.header_row == 3
    (links,) = read_sources(tmp_path / "html.toml", settings)
    assert (links.kind, links.options["dataset"]) == ("html", "table.datos tr")
    national, copies = read_targets(tmp_path / "targets.toml", settings)
    assert (national.token_env, copies.kind) == ("PNDA_TOKEN", "folder")
