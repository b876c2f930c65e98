"""Every command of docs/api.md, typed as it stands, against a portal with its dataset."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
import requests

from acopio.portal.actions import ACTIONS
from acopio.publishers.ckansite.record import twin_id
from tests.portal.serving import Portal, served
from tests.sources import ROOT

PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
ADDRESS = "http://127.0.0.1:8200"
BLOCKS = re.findall(r"^```(bash|python)\n(.*?)^```$", PAGE, re.M | re.S)
RESOURCE = "7b1d0a3e-5c3f-4a52-9d0f-1a6f5b7c9e01"
TABLE = b"ubigeo,importe\n010101,10.5\n150101,3\n150101,4\n"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with served(tmp_path_factory.mktemp("portal")) as portal:
        portal.result("organization_create", {"name": "mef"}, "sysadmin")
        dataset = {"name": "gasto-publico", "title": "Gasto público", "owner_org": "mef"}
        portal.result("package_create", dataset, "sysadmin")
        _upload(portal, RESOURCE, "CSV", "gasto.csv", TABLE)
        _upload(portal, twin_id(RESOURCE), "Parquet", "gasto.parquet", _parquet())
        yield portal


def _parquet() -> bytes:
    types = {"ubigeo": pa.string(), "importe": pa.float64()}
    options = pa.csv.ConvertOptions(column_types=types)
    body = io.BytesIO()
    pa.parquet.write_table(pa.csv.read_csv(io.BytesIO(TABLE), convert_options=options), body)
    return body.getvalue()


def _upload(portal: Portal, number: str, form: str, name: str, body: bytes) -> None:
    answer = requests.post(
        f"{portal.url}/api/3/action/resource_create",
        data={"package_id": "gasto-publico", "id": number, "format": form, "name": name},
        files={"upload": (name, body)},
        headers={"Authorization": portal.tokens["sysadmin"]},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text


def _run(portal: Portal, folder: Path, language: str, text: str) -> str:
    scripts = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "TOKEN": portal.tokens["sysadmin"],
    }
    shell = ["bash", "-euo", "pipefail", "-c"]
    command = shell if language == "bash" else [sys.executable, "-c"]
    done = subprocess.run(
        [*command, text.replace(ADDRESS, portal.url).replace("curl ", "curl -sSf ")],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def printed(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Run all blocks one after another in one folder; some use what others wrote."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "tabla.csv").write_bytes(TABLE)
    return [_run(portal, folder, language, text) for language, text in BLOCKS]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (0, '"name":"gasto-publico"'),
        (1, '"count":1'),
        (2, '"importe":10.5'),
        (3, "Gasto público CSV http"),
        (4, "010101"),
        (5, "gasto"),
        (6, "10.5"),
        (7, "gasto-publico"),
        (8, "hecho-a-mano"),
    ],
)
def test_a_command_prints_what_it_promises(
    printed: list[str], portal: Portal, block: int, expected: str
) -> None:
    assert expected in printed[block], printed[block]


def test_all_commands_are_run(printed: list[str]) -> None:
    assert len(printed) == len(BLOCKS) == 9


def test_every_action_is_named() -> None:
    section = PAGE.partition("## The actions")[2].partition("## Bounds")[0]
    here, _, absent = section.partition("Not here")
    named, missing = (set(re.findall(r"`([a-z_]+)`", text)) for text in (here, absent))
    assert named == set(ACTIONS)
    assert missing
    assert not missing & set(ACTIONS)
