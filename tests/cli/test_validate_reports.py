"""What ``acopio validate`` writes besides: rows for spreadsheets, lines for programs, a page."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from playwright.sync_api import Browser, sync_playwright

from acopio.cli import main
from acopio.reporting.rows import harmless
from tests.http_server import serving
from tests.services import variable

RAGGED = (
    "codigo,monto\n"
    + "".join(f"010101,{n}.5\n" for n in range(90))
    + "".join(f"010102,{n},9\n" for n in range(8))
    + "010103\n"
)
HOSTILE = (
    "=1+1,<script>alert(1)</script>\n" + "a,b\n" * 20 + "x,y,=HYPERLINK(1)\nx,y,<img src=x>\u202e\n"
)
OUTPUTS = ("--rows", "--findings", "--html", "--report-out")


@pytest.fixture(autouse=True)
def _desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACOPIO_LANG", "en")
    monkeypatch.setenv("ACOPIO_EXECUTOR", "serial")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = variable("ACOPIO_TEST_CHROMIUM")
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["validate", *arguments])


def written(name: str, content: str | bytes) -> str:
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name


def table(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def lines(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


def test_rows_hold_every_finding_of_every_file() -> None:
    names = [written("a.csv", RAGGED), written("b.csv", "a;b\n1;2\n")]
    run(*names, "--rows", "rows.csv")
    rows = table("rows.csv")
    assert [row["code"] for row in rows if row["file"] == "a.csv"] == [
        *["extra-cell"] * 8, "missing-cell",
    ]  # fmt: skip
    assert [row["code"] for row in rows if row["file"] == "b.csv"] == ["delimiter-not-comma"]
    first = rows[0]
    assert (first["row"], first["column"], first["evidence"]) == ("92", "3", "9")
    assert first["rule"]
    assert first["message"]
    assert first["fix"]
    assert Path("rows.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("-2.5", "-2.5"),
        ("+51", "+51"),
        ("\t=1", "'\t=1"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_no_spreadsheet_runs_what_a_file_says(cell: str, shown: str) -> None:
    assert harmless(cell) == shown


def test_lines_are_whole_and_their_bytes_lead_to_the_row() -> None:
    body = RAGGED.encode()
    run(written("a.csv", body), "--findings", "found.jsonl", "--json")
    found = lines("found.jsonl")
    assert len(found) == 9
    for line in found:
        assert body[line["byte"] :].startswith(b"010102," if line["column"] == 3 else b"010103")
        assert line["message"]["es"] != line["message"]["en"]
        assert line["fix"]["es"] != line["fix"]["en"]
        assert (line["file"], line["fetched"]) == ("a.csv", None)
    (versions,) = {line["rules"] for line in found}
    (hashes,) = {line["sha256"] for line in found}
    document = json.loads(run("a.csv", "--json").stdout)
    assert (document["rules"], document["files"][0]["sha256"]) == (versions, hashes)


def test_what_has_no_row_has_no_byte() -> None:
    run(written("a.csv", "%PDF-1.4"), written("e.csv", ""), "--findings", "found.jsonl")
    found = lines("found.jsonl")
    assert {line["file"] for line in found} == {"a.csv", "e.csv"}
    assert {line["byte"] for line in found} == {None}


def test_a_clean_file_leaves_nothing_to_tell() -> None:
    assert (
        run(written("a.csv", "a,b\n1,2\n"), *[w for o in OUTPUTS for w in (o, o[2:])]).exit_code
        == 0
    )
    assert table("rows") == lines("findings") == []
    assert "Nothing to put right" in Path("html").read_text("utf-8")


def test_how_a_file_was_fetched_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACOPIO_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
    headers = {"Content-Type": "text/csv", "ETag": '"v1"', "Set-Cookie": "s=secret"}
    with serving(lambda ask: ask.reply(b"a;b\n1;2\n", headers=headers)) as here:
        result = run(here.url + "/d.csv", "--json", "--findings", "f.jsonl", "--html", "r.html")
    fetched = json.loads(result.stdout)["files"][0]["fetched"]
    assert fetched["url"] == here.url + "/d.csv"
    assert fetched["status"] == 200
    assert datetime.fromisoformat(fetched["time"]).tzinfo
    assert (fetched["headers"]["etag"], fetched["headers"]["content-type"]) == ('"v1"', "text/csv")
    assert lines("f.jsonl")[0]["fetched"] == fetched
    for said in (result.stdout, *(Path(n).read_text("utf-8") for n in ("f.jsonl", "r.html"))):
        assert "secret" not in said


@pytest.mark.parametrize("output", OUTPUTS)
def test_no_report_is_written_over_what_is_read(output: str) -> None:
    written("a.csv", "a;b\n1;2\n")
    for given in ("a.csv", "./a.csv"):
        assert run("a.csv", output, given).exit_code == 2
    assert Path("a.csv").read_text() == "a;b\n1;2\n"


@pytest.mark.parametrize("second", ["out", "./out"])
def test_no_report_is_written_over_another(second: str) -> None:
    result = run(written("a.csv", "a,b\n1,2\n"), "--rows", "out", "--html", second)
    assert result.exit_code == 2
    assert "Two reports" in result.stderr
    assert not Path("out").exists()


@pytest.mark.parametrize("output", OUTPUTS)
def test_a_report_that_cannot_be_written_exits_2(output: str) -> None:
    result = run(written("a.csv", "a,b\n1,2\n"), output, "no/such/place")
    assert result.exit_code == 2
    assert "no/such/place" in result.stderr


def test_persons_are_masked_in_every_report() -> None:
    rows = "dni,monto\n" + "40718233,1\n" * 30 + "41718233,x\n"
    run(written("a.csv", rows), *[word for o in OUTPUTS for word in (o, o[2:])])
    for output in OUTPUTS:
        said = Path(output[2:]).read_text("utf-8")
        assert "personal-data" in said
        assert "40718233" not in said
        assert "41718233" not in said


def test_what_was_found_out_about_a_table_is_told_with_its_confidence() -> None:
    result = run(written("a.csv", "codigo;monto\n010101;1\n"), "--json", "--html", "r.html")
    found = json.loads(result.stdout)["files"][0]["detected"]
    assert found["delimiter"]["value"] == ";"
    assert 0 < found["delimiter"]["confidence"] <= 1
    percent = round(found["delimiter"]["confidence"] * 100)
    page = Path("r.html").read_text("utf-8")
    assert f'<dt>Column separator</dt><dd>; <span class="quiet">(confidence: {percent}%)' in page


def test_the_worst_rule_comes_first_then_the_most_frequent() -> None:
    said = run(written("a.csv", RAGGED.replace(",", ";"))).stdout
    places = [
        said.index(f"[{code}]") for code in ("extra-cell", "missing-cell", "delimiter-not-comma")
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_is_whole_and_runs_nothing(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("ACOPIO_LANG", language)
    names = [written("<b>.csv", HOSTILE), written("a.csv", RAGGED)]
    run(*names, "--html", "r.html")
    asked: list[str] = []
    ran: list[str] = []
    with browser.new_context(viewport={"width": 320, "height": 800}) as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: ran.append(dialog.message))
        page.on("console", lambda message: ran.append(message.text))
        page.goto(Path("r.html").absolute().as_uri())
        page.evaluate(Path(variable("ACOPIO_TEST_AXE")).read_text("utf-8"))
        wrong = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [one["id"] for one in wrong] == []
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("h2").all_inner_texts() == names
        assert page.locator("script, img").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert "\u202e" not in page.content()
    assert asked == [Path("r.html").absolute().as_uri()]
    assert ran == []


def test_the_page_prints_to_pdf(browser: Browser) -> None:
    run(written("a.csv", RAGGED), "--html", "r.html")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(Path("r.html").absolute().as_uri())
        sheets = page.pdf(prefer_css_page_size=True)
        # A4, as its own style says, whatever the printer's paper; nothing is left on a second.
        assert re.findall(rb"/MediaBox \[0 0 (\d+)\S* (\d+)\S*\]", sheets) == [(b"594", b"841")]
        page.emulate_media(media="print")
        assert page.locator(".rule").first.evaluate("one => getComputedStyle(one).breakInside") == (
            "avoid"
        )
