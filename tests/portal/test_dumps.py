"""A resource's rows as one file."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from threading import BoundedSemaphore

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import requests

from acopio.portal.caller import PIPELINE
from acopio.portal.site import Upload
from acopio.portal.web import dumps
from acopio.portal.web.serving import serving
from tests.publishers.places import PortalPlace

ROWS = 3000


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, PortalPlace]]:
    """The address of a dump, without a format."""
    folder = Path(tmp_path_factory.mktemp("portal"))
    place = PortalPlace.at(folder)
    codes = [f"{number:06}" for number in range(ROWS)]
    data = pa.table({"ubigeo": codes, "monto": list(range(ROWS))})
    pq.write_table(data, folder / "t.parquet")
    place.ask("organization_create", {"name": "mef"}, PIPELINE)
    made = place.ask("package_create", {"name": "gasto", "owner_org": "mef"}, PIPELINE)
    with (folder / "t.parquet").open("rb") as body:
        asked = {"package_id": made["id"], "upload": Upload(name="t.parquet", body=body)}
        resource = place.ask("resource_create", asked, PIPELINE)
    with serving(place.site, "127.0.0.1", 0) as url:
        yield f"{url}/datastore/dump/{resource['id']}", place


def get(url: str) -> requests.Response:
    return requests.get(url, timeout=20)


def test_csv_has_every_row_and_its_zeros(table: tuple[str, PortalPlace]) -> None:
    answer = get(table[0])
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == ROWS
    assert rows[7] == {"_id": "8", "ubigeo": "000007", "monto": "7"}
    assert "attachment" in answer.headers["Content-Disposition"]


def test_json_and_what_is_asked_for(table: tuple[str, PortalPlace]) -> None:
    answer = get(f"{table[0]}?format=json&limit=2&sort=monto%20desc&fields=ubigeo")
    assert json.loads(answer.text)["records"] == [["002999"], ["002998"]]


@pytest.mark.parametrize("query", ["format=exe", "limit=x", "fields=nada", "filters={"])
def test_what_cannot_be_dumped_is_refused_in_words(
    table: tuple[str, PortalPlace], query: str
) -> None:
    answer = get(f"{table[0]}?{query}")
    assert answer.status_code == 409
    assert answer.json()["error"]["__type"] == "Validation Error"


def test_what_is_hidden_is_not_dumped(table: tuple[str, PortalPlace]) -> None:
    url, place = table
    assert get(url.rpartition("/")[0] + "/nada").status_code == 404
    place.ask("package_patch", {"id": "gasto", "private": True}, PIPELINE)
    try:
        assert get(url).status_code == 403
    finally:
        place.ask("package_patch", {"id": "gasto", "private": False}, PIPELINE)


def test_a_turn_is_given_back_whatever_the_reader_does() -> None:
    turns = BoundedSemaphore(1)
    for read in (lambda body: list(body), lambda body: None):
        assert turns.acquire(blocking=False)
        body = dumps._giving_back(iter([b"a", b"b"]), turns)
        next(body)
        read(body)
        del body
    assert turns.acquire(blocking=False)


def test_too_many_at_once_are_told_to_come_again(
    table: tuple[str, PortalPlace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "AT_ONCE", 0)
    with serving(table[1].site, "127.0.0.1", 0) as url:
        answer = get(f"{url}/datastore/dump/x")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "30"
