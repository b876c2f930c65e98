"""Contracting data, judged by libcoveocds without asking anybody."""

import json
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest

from acopio.messages import about
from acopio.validators.ocds import looks_like_ocds
from tests.validators.samples import Write, codes, examined, only

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
RELEASE = {
    "ocid": "ocds-abc123-1", "id": "1", "date": "2026-01-31T00:00:00Z", "tag": ["tender"],
    "initiationType": "tender",
}  # fmt: skip
PACKAGE = {
    "uri": "https://datos.example.gob.pe/ocds/1",
    "version": "1.1",
    "publisher": {"name": "Entidad de ejemplo"},
    "publishedDate": "2026-01-31T00:00:00Z",
}


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a validator asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def package(*releases: object, **more: object) -> dict[str, Any]:
    return {**PACKAGE, "releases": list(releases), **more}


def told(write: Write, content: object) -> dict[tuple[str, str | None], tuple[int, str]]:
    report = examined(write("f.json", json.dumps(content)), declared="json")
    assert "examination-failed" not in codes(report)
    found = [f for f in report.findings if f.code == "ocds-invalid"]
    assert all("{" not in about(one) for one in found)
    return {(f.params["problem"], f.field): (f.params["count"], f.params["place"]) for f in found}


@pytest.mark.parametrize(
    "content",
    [
        package(RELEASE),
        package(RELEASE, extensions=["http://127.0.0.1:9/extension.json"]),
        package(RELEASE, version="1.0"),
        {**PACKAGE, "records": [{"ocid": "ocds-abc123-1", "releases": [RELEASE]}]},
        {
            **PACKAGE,
            "records": [
                {
                    "ocid": "ocds-abc123-1",
                    "releases": [{"url": "https://d.example/1", "date": "2026-01-31T00:00:00Z"}],
                    "compiledRelease": RELEASE,
                    "versionedRelease": {"ocid": "ocds-abc123-1"},
                }
            ],
        },
    ],
    ids=["releases", "extensions", "1.0", "records", "linked"],
)
def test_what_keeps_to_the_standard_is_left_alone(write: Write, content: object) -> None:
    assert told(write, content) == {}


def test_departures_are_counted_by_kind_and_field(write: Write) -> None:
    amount = {**RELEASE, "id": "2", "tender": {"id": "t", "value": {"amount": "12,50"}}}
    without = {name: value for name, value in RELEASE.items() if name != "date"}
    content = package(
        {**RELEASE, "ocid": "EXP-1"}, amount, {**amount, "id": "3"}, without,
        {**RELEASE, "id": "5", "tag": ["licitacion"], "date": "31/01/2026"},
        {**RELEASE, "id": "6", "tender": {"id": "t", "items": [{"id": 1}, {"id": 1}]}},
    )  # fmt: skip
    assert told(write, content) == {
        ("ocds-prefix", "ocid"): (1, "releases/0/ocid"),
        ("schema-type", "amount"): (2, "releases/1/tender/value/amount"),
        ("schema-required", "date"): (1, "releases/3"),
        ("schema-enum", "tag"): (1, "releases/4/tag/0"),
        ("schema-format", "date"): (1, "releases/4/date"),
        ("repeated-id", "items"): (1, "releases/5/tender/items"),
    }


@pytest.mark.parametrize(
    "content",
    [
        package(version="9.9"),
        package(version=["1.1"]),
        package(5, None, [[]]),
        package({**RELEASE, "tender": []}),
        package({**RELEASE, "tender": {"id": None, "items": [{"id": {}}, {"id": {}}]}}),
        {**PACKAGE, "releases": {"ocid": 1}},
        {**PACKAGE, "records": [{"ocid": 5, "releases": 5}]},
        {**PACKAGE, "publisher": [], "releases": [RELEASE]},
    ],
)
def test_what_is_odd_is_a_finding_and_nothing_breaks(write: Write, content: dict[str, Any]) -> None:
    assert told(write, {"ocid": "", **content})


def test_a_json_of_another_kind_is_not_taken_for_contracting(write: Write) -> None:
    assert not looks_like_ocds(write("a.json", '{"releases": [{"tag_name": "v1"}]}'))
    assert looks_like_ocds(write("b.json", json.dumps(package(RELEASE))))


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample packages are not here")
@pytest.mark.parametrize("number", ["1122118", "1142800"])
def test_real_packages_of_the_country_keep_to_the_standard(number: str) -> None:
    path = SAMPLES / f"ocds_release_package_seace_v3_{number}.json"
    report = examined(path, declared="json")
    assert not {"ocds-invalid", "json-invalid", "not-examined"} & set(codes(report))


def test_without_the_extra_what_was_left_out_is_told(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acopio.validators.ocds.find_spec", lambda _: None)
    report = examined(write("f.json", json.dumps(package(RELEASE))), declared="json")
    assert "acopio[ocds]" in about(only(report, "not-examined"))


def test_a_package_beyond_measure_is_told(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acopio.validators.ocds.LARGEST", 100)
    report = examined(write("f.json", json.dumps(package(RELEASE))), declared="json")
    assert only(report, "not-examined").params["why"] == "size-ocds"
