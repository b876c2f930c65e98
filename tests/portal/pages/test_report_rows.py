"""All rows of a report as a CSV, and the clean copies it offers."""

import csv
import io
import re
from html import unescape

import pytest
import requests

from acopio.store import datasets
from tests.portal.pages import world as worlds
from tests.portal.pages.test_reports import address, known
from tests.portal.pages.world import World


def read(answer: requests.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_all_rows_of_a_report_and_of_a_rule_are_at_lasting_addresses(world: World) -> None:
    path = address(world, worlds.CROWDED)
    html = world.get(f"/dataset/{worlds.CROWDED}/report").text
    assert f'href="{path}/rows.csv"' in html
    assert f'href="{path}/rows.csv?regla=regla-1"' in html
    rows = read(world.get(f"{path}/rows.csv"))
    assert len(rows) == worlds.FOUND
    assert [one["row"] for one in rows[1:]] == [str(n) for n in range(1, worlds.FOUND)]
    of_one = read(world.get(f"{path}/rows.csv?regla=regla-1"))
    assert len(of_one) == worlds.FOUND // 40
    assert {one["code"] for one in of_one} == {"regla-1"}


def test_rows_speak_the_reader_s_language_and_are_not_sent_twice(world: World) -> None:
    path = address(world, worlds.WARNED) + "/rows.csv"
    spanish, english = world.get(path), world.get(path, Accept_Language="en")
    assert read(spanish)[0]["message"] != read(english)[0]["message"]
    assert spanish.headers["ETag"] != english.headers["ETag"]
    assert world.get(path, If_None_Match=spanish.headers["ETag"]).status_code == 304
    assert any(one["file"] for one in read(spanish))


def test_rows_are_a_download_that_runs_nothing(world: World) -> None:
    answer = world.get(address(world, worlds.HOSTILE) + "/rows.csv")
    assert worlds.SCRIPT in answer.text
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("rest", ["?regla=no-such-rule", "?regla=" + "x" * 5000])
def test_a_rule_without_cases_has_no_rows(world: World, rest: str) -> None:
    assert world.get(address(world, worlds.WARNED) + f"/rows.csv{rest}").status_code == 404


def test_of_what_is_not_shown_there_are_no_rows(world: World) -> None:
    withheld = datasets.find(world.portal.site.store, worlds.WITHHELD)
    paths = [f"/dataset/{worlds.WITHHELD}/report/{withheld.findings}/rows.csv"]
    paths += [f"/dataset/{worlds.WARNED}/report/{digest}/rows.csv" for digest in ("x", "0" * 64)]
    crowded = known(world, worlds.CROWDED).findings
    paths += [f"/dataset/{worlds.WARNED}/report/{crowded}/rows.csv", "/dataset/x/report/x/rows.csv"]
    assert {world.get(path).status_code for path in paths} == {404}


def test_a_report_offers_the_clean_copy_and_what_was_changed_in_it(world: World) -> None:
    html = world.get(f"/dataset/{worlds.WARNED}/report").text
    offered = html.partition('id="copias"')[2].partition("</section>")[0]
    links = [unescape(one) for one in re.findall(r'href="([^"]*)" download', offered)]
    assert len(links) >= 2
    assert any(one.endswith("/log") for one in links)
    assert {world.get(one).status_code for one in links} == {200}
    assert 'id="copias"' in world.get(address(world, worlds.WARNED)).text
    assert 'id="copias"' not in world.get(f"/dataset/{worlds.HOSTILE}/report").text


def test_a_report_shows_five_cases_of_each_rule(world: World) -> None:
    html = world.get(f"/dataset/{worlds.CROWDED}/report").text
    lists = re.findall(r'<ul class="cases">.*?</ul>', html, re.DOTALL)
    assert {one.count("<li>") for one in lists} == {5}
