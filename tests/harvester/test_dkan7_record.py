"""DKAN 7's texts as values: dates, sizes, states, licences, groups; and its data.json."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from acopio.demo.dkan7 import pod
from acopio.harvester import dkan7_record, pod_record
from acopio.model import Contact, Dataset, Licence, Organization, Role
from tests.harvester.kinds import node

BASE = "http://datos.example"
LIMA = ZoneInfo("America/Lima")
SAMPLES = Path(__file__).parents[3] / "shared" / "samples"


def mapped(**changes: Any) -> Dataset:
    declared = {key: value for key, value in {**node(1), **changes}.items() if value is not None}
    return dkan7_record.dataset(declared, BASE, LIMA)


def resource(**changes: Any) -> Any:
    return mapped(resources=[{**node(1)["resources"][0], **changes}])


def test_everything_a_dataset_says_is_mapped() -> None:
    found = mapped()
    first = found.resources[0]

    assert found.id == "00000001-0000-4000-8000-000000000000"
    assert found.name == "conjunto-1"
    assert found.notes == "Gasto **mensual** por ubigeo."
    assert found.publisher == Organization(name="ministerio-de-salud", title="Ministerio de Salud")
    assert found.licence == Licence(url="http://opendefinition.org/licenses/odc-by/")
    assert found.themes == ()
    assert found.keywords == ("salud",)
    assert found.issued == datetime(2024, 10, 31, 15, 54, tzinfo=UTC)
    assert found.modified == datetime(2026, 8, 3, 21, 59, tzinfo=UTC)
    assert found.contact == Contact(name="Oficina", email="datos@muestra.example")
    assert found.landing_page == f"{BASE}/dataset/conjunto-1"
    assert found.extras == {"Cobertura": '"Lima" & Callao'}
    assert (first.format, first.media_type, first.size) == ("csv", "text/csv", 16753)
    assert first.modified == found.modified
    assert first.role is Role.DATA


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Jue, 10/31/2024 - 10:54", datetime(2024, 10, 31, 15, 54, tzinfo=UTC)),
        ("Lun, 08/03/2026 - 16:59", datetime(2026, 8, 3, 21, 59, tzinfo=UTC)),
        ("Sat, 11/21/2026 - 19:05", datetime(2026, 11, 22, 0, 5, tzinfo=UTC)),
        ("10/31/2024 - 10:54", datetime(2024, 10, 31, 15, 54, tzinfo=UTC)),
        ("Date changed\tWed, 05/13/2015 - 04:56", datetime(2015, 5, 13, 9, 56, tzinfo=UTC)),
        ("Date changed\t2015-05-13T04:56:00+00:00", datetime(2015, 5, 13, 4, 56, tzinfo=UTC)),
        ("2024-10-31T10:54:00", datetime(2024, 10, 31, 15, 54, tzinfo=UTC)),
        ("2024-10-31", datetime(2024, 10, 31, tzinfo=UTC).date()),
    ],
)
def test_dates_are_month_first_or_iso_in_local_time(written: str, expected: datetime) -> None:
    assert mapped(metadata_modified=written).modified == expected


@pytest.mark.parametrize(
    "written", ["Jue, 31/10/2024 - 10:54", "Jue, 02/30/2024 - 10:54", "ayer", "01/01/0000 - 00:00"]
)
def test_what_is_no_date_keeps_its_words(written: str) -> None:
    found = mapped(metadata_modified=written)

    assert found.modified is None
    assert found.extras["metadata_modified"] == written


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("891 bytes", 891),
        ("1 byte", 1),
        ("16.36 KB", 16753),
        ("1,234.5 KB", 1264128),
        ("1.234,5 KB", 1264128),
        ("1,234,567.25 KB", 1264196864),
        ("2 MB", 2 * 2**20),
        ("1.5 GB", 3 * 2**29),
        ("1234", 1234),
    ],
)
def test_sizes_are_texts(written: str, expected: int) -> None:
    assert resource(size=written).resources[0].size == expected


@pytest.mark.parametrize("written", ["", None, "mucho", "1,234 bytes", "KB", [1]])
def test_what_is_no_size_is_none(written: object) -> None:
    assert resource(size=written).resources[0].size is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("odc-by", Licence(id="odc-by")),
        ("notspecified", Licence(id="notspecified")),
        ("Creative Commons Attribution", Licence(title="Creative Commons Attribution")),
        (
            "https://creativecommons.org/licenses/by/4.0/",
            Licence(url="https://creativecommons.org/licenses/by/4.0/"),
        ),
        (None, None),
    ],
)
def test_a_licence_is_a_key_a_label_or_an_address(
    said: str | None, expected: Licence | None
) -> None:
    assert mapped(license_title=said).licence == expected


@pytest.mark.parametrize("private", ["Published", "Publicado", "Veröffentlicht", True, False, None])
@pytest.mark.parametrize("state", ["Active", "Activo", "Aktiv", None])
def test_published_in_any_language_is_public(private: object, state: object) -> None:
    assert not dkan7_record.left_out({**node(1), "private": private, "state": state})


@pytest.mark.parametrize(
    "change",
    [
        {"private": "Unpublished"},
        {"private": "No publicado"},
        {"private": "No publicada"},
        {"private": "Despublicado"},
        {"private": "Unveröffentlicht"},
        {"state": "Deleted"},
        {"extras": [{"key": "acopio_id", "value": "x"}]},
    ],
)
def test_what_is_not_ours_is_left_out(change: dict[str, Any]) -> None:
    assert dkan7_record.left_out({**node(1), **change})


@pytest.mark.parametrize(
    ("declared", "expected"),
    [(".csv", "csv"), (".XLSX", "xlsx"), ("", "csv"), ("CSV", "csv"), (None, "csv")],
)
def test_formats_have_dots_or_are_empty(declared: object, expected: str) -> None:
    assert resource(format=declared).resources[0].format == expected


def test_the_media_type_of_a_link_is_only_a_label() -> None:
    found = resource(mimetype="csv", url="https://otro.example/datos", format="csv").resources[0]

    assert (found.media_type, found.format) == ("", "csv")


def test_what_is_empty_is_left_out_of_the_record() -> None:
    found = dkan7_record.dataset({"id": "u", "name": "uno", "title": "Uno"}, BASE, LIMA)

    assert found == Dataset(
        id="u", title="Uno", name="uno", landing_page=f"{BASE}/dataset/uno", resources=()
    )


def test_without_a_name_the_page_is_the_one_it_says() -> None:
    assert mapped(name=None, url="http://datos.example/dataset/uno").landing_page == (
        "http://datos.example/dataset/uno"
    )
    assert mapped(name=None, url="javascript:alert(1)").landing_page == ""


def test_groups_after_the_first_stay_in_the_extras() -> None:
    groups = [*node(1)["groups"], {"name": "group/inei", "title": "INEI"}]
    found = mapped(groups=groups)

    assert found.publisher == Organization(name="ministerio-de-salud", title="Ministerio de Salud")
    assert "INEI" in found.extras["groups"]


def test_a_dataset_without_groups_has_no_publisher() -> None:
    assert mapped(groups=None).publisher is None


def test_dictionaries_and_documents_beside_the_data_are_told_apart() -> None:
    made = [
        ("Atenciones 2026", "a.csv", ".csv"),
        ("Diccionario de datos", "d.xlsx", ".xlsx"),
        ("Metadatos", "m.docx", ".docx"),
        ("Nota técnica", "n.pdf", ".pdf"),
    ]
    resources = [
        {"id": url, "name": name, "url": f"/{url}", "format": form} for name, url, form in made
    ]

    assert [each.role for each in mapped(resources=resources).resources] == [
        Role.DATA,
        Role.DICTIONARY,
        Role.DICTIONARY,
        Role.DOCUMENTATION,
    ]


def test_data_json_gives_the_same_id_and_no_contact_that_was_invented() -> None:
    record = {key: each for key, each in node(1).items() if key not in {"author", "author_email"}}
    written = pod(record)
    found = pod_record.dataset(written, BASE, LIMA)

    assert written["contactPoint"]["hasEmail"] == "mailto:noemailprovided@usa.gov"
    assert found.contact is None
    assert found.id == mapped().id
    assert found.title == mapped().title
    assert found.licence == mapped().licence
    assert str(found.modified) == "2026-08-03"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample answers are not here")
@pytest.mark.parametrize(
    "name",
    [
        "gold-prices-london-1950-2008-monthly",
        "us-national-foreclosure-statistics-january-2012",
    ],
)
def test_a_real_answer_is_read(name: str) -> None:
    envelope = json.loads((SAMPLES / f"dkan7_package_show_{name}.json").read_text("utf-8"))
    record = envelope["result"]
    found = dkan7_record.dataset(record, BASE, UTC)
    (table,) = found.resources

    assert not dkan7_record.left_out(record)
    assert found.modified == datetime(2015, 5, 13, 4, 20, tzinfo=UTC)
    assert table.modified == datetime(2015, 5, 13, 4, 56, tzinfo=UTC)
    assert (table.format, table.media_type, table.size) == ("csv", "", None)
    assert found.contact == Contact(name="DKAN", email="admin@example.com")
    assert "<" not in found.notes
    assert found.licence in {Licence(id="odc-pddl"), Licence(id="notspecified")}


def test_an_invented_address_is_no_contact() -> None:
    invented = {"maintainer": "", "maintainer_email": "", "author_email": "noemailprovided@usa.gov"}
    for author, name in (("", None), ("Anonymous", None), ("Ana Prueba", "Ana Prueba")):
        record = {**node(1), **invented, "author": author}
        found = dkan7_record.dataset(record, "https://datos.example", UTC)
        assert (found.contact.name if found.contact else None) == name
        assert not found.contact or not found.contact.email
