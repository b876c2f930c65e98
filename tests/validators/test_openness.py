"""Formats and licences that close data."""

from datetime import date

import pytest

from acopio.model import Dataset, Examined, Licence, Resource, Severity, Snapshot
from acopio.validators.licence import LicenceValidator
from tests.validators.samples import Write, codes, examined, only
from tests.validators.test_magic import ole, zipped


@pytest.mark.parametrize(
    ("content", "declared", "severity"),
    [
        (zipped("xl/workbook.xml"), "xlsx", Severity.INFO),
        (ole("Workbook"), "xls", Severity.INFO),
        (ole("WordDocument"), "doc", Severity.WARNING),
        (b"Rar!\x1a\x07\x01\x00", "rar", Severity.WARNING),
        (b"\x00\x01\x00\x00Standard Jet DB\x00", "mdb", Severity.WARNING),
    ],
    ids=["xlsx", "xls", "doc", "rar", "mdb"],
)
def test_a_vendors_format_is_told(
    write: Write, content: bytes, declared: str, severity: Severity
) -> None:
    found = only(examined(write(f"f.{declared}", content), declared=declared), "proprietary-format")
    assert (found.severity, found.params["real"]) == (severity, declared)


@pytest.mark.parametrize(("content", "declared"), [(b"a,b\n1,2\n", "csv"), (b"{}", "sav")])
def test_an_open_format_is_left_alone(write: Write, content: bytes, declared: str) -> None:
    assert "proprietary-format" not in codes(examined(write("f", content), declared=declared))


def licensed(*licences: Licence, own: Licence | None = None) -> list[tuple[str, str | None]]:
    resources = tuple(
        Resource(id=f"r{n}", url="", licence=licence) for n, licence in enumerate(licences)
    )
    dataset = Dataset(id="d", title="D", licence=own, resources=resources)
    found = LicenceValidator().validate(
        Examined(snapshot=Snapshot(dataset=dataset), today=date(2026, 1, 31))
    )
    return [(one.code, one.resource) for one in found]


@pytest.mark.parametrize(
    "licence",
    [
        Licence(id="cc-by-4.0"),
        Licence(id="odc-by"),
        Licence(title="Open Data Commons Attribution License"),
        Licence(url="https://creativecommons.org/licenses/by-sa/4.0/deed.es"),
        Licence(title="Creative Commons Atribución 4.0"),
        Licence(id="other-open"),
        Licence(id="CC0-1.0"),
    ],
)
def test_an_open_licence_is_left_alone(licence: Licence) -> None:
    assert licensed(own=licence) == []


@pytest.mark.parametrize(
    ("licence", "code"),
    [
        (Licence(id="cc-by-nc-4.0"), "licence-not-open"),
        (Licence(url="https://creativecommons.org/licenses/by-nc-nd/4.0/"), "licence-not-open"),
        (Licence(title="Atribución - No Comercial"), "licence-not-open"),
        (Licence(title="Todos los derechos reservados"), "licence-not-open"),
        (Licence(title="Ley 27806"), "licence-unknown"),
        (Licence(id="other"), "licence-unknown"),
    ],
)
def test_a_doubtful_licence_is_told_where_it_stands(licence: Licence, code: str) -> None:
    assert licensed(own=licence) == [(code, None)]
    assert licensed(licence, own=Licence(id="cc-by")) == [(code, "r0")]
    assert licensed(licence, own=licence) == [(code, None)]
