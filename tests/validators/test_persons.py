"""A small labelled set of columns: which hold persons, and which only look like it.

All numbers and names are made up; RUCs of companies have right check digits by construction.
"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.model import Severity
from acopio.validators.hiding import mask
from acopio.validators.persons import Personal, PersonalKind, personal_columns
from acopio.validators.preflight import profile
from acopio.validators.surveys import survey
from benchmarks.persons import shares, tally
from tests.validators.samples import Write, examined, only

PEOPLE = ("QUISPE MAMANI ROSA", "Flores Huamán, Juan Carlos", "ROJAS DIAZ LUIS ALBERTO")


def table(labels: str, *rows: str, times: int = 10) -> str:
    return "\n".join([labels, *(rows * times)]) + "\n"


def numbers(label: str, values: list[str], **beside: list[str]) -> str:
    columns = {label: values, **beside}
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(columns), *(",".join(row) for row in rows)]) + "\n"


DNIS = [f"{n:08d}" for n in range(40718233, 41718233, 20011)]
BUDGETS = [f"{n}" for n in range(30000011, 30001000, 20)]

# name -> (file, columns that hold persons)
LABELLED: dict[str, tuple[str, set[str]]] = {
    "dni": (numbers("DNI", DNIS), {"DNI"}),
    "camel case": (numbers("nroDni", DNIS), {"nroDni"}),
    "lost zero": (numbers("dni", [d[1:] for d in DNIS]), {"dni"}),
    "check character": (
        numbers("dni", [f"{d}-{'ABC'[i % 3]}" for i, d in enumerate(DNIS)]),
        {"dni"},
    ),
    "prefix and points": (
        table("num_dni", "DNI 40.718.233", "DNI 41718233"),
        {"num_dni"},
    ),
    "from a spreadsheet": (numbers("dni", [f"{d}.0" for d in DNIS]), {"dni"}),
    "weak name": (numbers("NRO_DOC", DNIS), {"NRO_DOC"}),
    "documento": (numbers("documento", DNIS), {"documento"}),
    "beside names": (
        numbers("codigo", DNIS[:3], trabajador=["ROSA QUISPE", "JUAN FLORES", "LUIS ROJAS"]),
        {"codigo", "trabajador"},
    ),
    "names and dni": (
        numbers(
            "DNI",
            DNIS[:3],
            APELLIDOS=["QUISPE", "FLORES", "ROJAS"],
            NOMBRES=["ROSA", "JUAN", "LUIS"],
        ),
        {"DNI", "APELLIDOS", "NOMBRES"},
    ),
    "names and health": (
        numbers(
            "nombres",
            ["ROSA", "JUAN", "LUIS"],
            apellidos=["QUISPE", "FLORES", "ROJAS"],
            diagnostico=["A09", "B01", "J45"],
        ),
        {"nombres", "apellidos", "diagnostico"},
    ),
    "prose": (
        table("observaciones", "Entregado a la señora con DNI N° 40718233 en Puno", "Conforme"),
        {"observaciones"},
    ),
    "identity document": (
        table("numero_documento_identidad,x", "4123456,1", "41234567K,2"),
        {"numero_documento_identidad"},
    ),
    "partly masked": (table("dni,x", "*****233,1", "40718233,2"), {"dni"}),
    "supplier": (numbers("ruc", ["10407182331", "20100070970", "20131312955"]), {"ruc"}),
    "check digit": (numbers("dni", [f"{d}9" for d in DNIS]), {"dni"}),
    "two zeros lost": (numbers("dni", ["876543", "765432", "654321"]), {"dni"}),
    "scientific": (numbers("dni", [f"{int(d):.7E}" for d in DNIS]), {"dni"}),
    "points": (numbers("dni", [f"{int(d):,}".replace(",", ".") for d in DNIS]), {"dni"}),
    "state in the name": (numbers("DNI_ESTADO", DNIS), {"DNI_ESTADO"}),
    "date in the name": (numbers("DNI a la fecha", DNIS), {"DNI a la fecha"}),
    "kind in the name": (numbers("nro dni tipo titular", DNIS), {"nro dni tipo titular"}),
    "the kind beside": (numbers("NUMERO", DNIS[:3], TIPO_DOC=["DNI"] * 3), {"NUMERO"}),
    "prose with points": (table("detalle,x", "Pago con DNI Nro. 41.234.567,1"), {"detalle"}),
    "prose in full": (table("detalle,x", "con documento de identidad 41234567,1"), {"detalle"}),
    "prose with a mark": (table("detalle,x", "con DNI N° 41234567 y otros,1"), {"detalle"}),
    "name and number": (table("persona,x", "QUISPE MAMANI JUAN - 41234567,1"), {"persona"}),
    "name and code": (
        numbers("codigo", DNIS[:2], nombre=["QUISPE MAMANI JUAN", "FLORES ROJAS ROSA"]),
        {"codigo", "nombre"},
    ),
    "prefixed ruc": (table("monto,proveedor", "5,RUC: 10407182331"), {"proveedor"}),
    "ruc and name": (table("proveedor,x", "10407182331 - QUISPE MAMANI JUAN,5"), {"proveedor"}),
    "beneficiary with a telephone": (
        table("beneficiario,telefono,entidad", "JUAN PEREZ,987654321,A", "ROSA DIAZ,912345678,B"),
        {"beneficiario", "telefono"},
    ),
    # --- and what must not trigger ---
    "orders": (
        numbers("NRO_ORDEN", DNIS[:3], USUARIO=["ROSA DIAZ FLORES"] * 3, MONTO=["1", "2", "3"]),
        set(),
    ),
    "papers by year": (numbers("documento", [f"{20240001 + n}" for n in range(0, 900, 7)]), set()),
    "papers": (numbers("N° documento", DNIS[:3], asunto=["oficio"] * 3), set()),
    "papers of a file": (
        numbers("Expediente SIAF", ["0000000001", "0000000002"], doc=["00000007", "00000008"]),
        set(),
    ),
    "streets": (
        numbers(
            "codigo",
            ["15012345", "15012346", "15022345", "15032345"],
            nombre=["MIGUEL GRAU", "JORGE CHAVEZ", "LUIS PARDO", "RICARDO PALMA"],
        ),
        set(),
    ),
    "health posts": (
        numbers(
            "COD", ["00012345", "00012346", "00022345"], NOMBRE=["SANTA ROSA", "SAN JUAN", "MARIA"]
        ),
        set(),
    ),
    "persons with dni": (
        numbers("personas con dni", ["12345678", "2345678", "1345678"], region=["A", "B", "C"]),
        set(),
    ),
    "total of dni": (numbers("total dni entregados", DNIS), set()),
    "day of the dni": (numbers("fecha dni", [f"202401{n:02d}" for n in range(1, 29)]), set()),
    "kinds and counts": (numbers("cantidad", DNIS[:2], tipo_documento=["DNI", "RUC"]), set()),
    "prose about dni": (table("detalle,x", "Campaña de DNI 2024 en 12 distritos,1"), set()),
    "budget codes": (numbers("ACTIVIDAD_ACCION_OBRA", BUDGETS), set()),
    "budget codes and names of things": (
        numbers("META", BUDGETS[:3], META_NOMBRE=["SAN JUAN", "ROSA DE LIMA", "LUIS CARRANZA"]),
        set(),
    ),
    "ubigeo": (
        table("ubigeo,distrito", "010101,CHACHAPOYAS", "150132,SAN JUAN DE LURIGANCHO"),
        set(),
    ),
    "dates": (numbers("FECHA_CORTE", [f"202401{n:02d}" for n in range(1, 29)]), set()),
    "dates beside names": (
        numbers(
            "corte",
            [f"202401{n:02d}" for n in range(1, 4)],
            responsable=["ROSA QUISPE", "JUAN FLORES", "LUIS ROJAS"],
        ),
        set(),
    ),
    "amounts": (numbers("monto", ["12345678", "23456789", "34567890"]), set()),
    "years": (numbers("anio", ["2022", "2023", "2024"]), set()),
    "counts of dni": (numbers("cantidad_dni", ["10345678", "9345678", "11345678"]), set()),
    "kind of document": (table("tipo_documento", "DNI", "RUC"), set()),
    "phones": (numbers("telefono", ["987654321", "912345678", "945612378"]), set()),
    "masked at the source": (table("dni", "*****233", "*****118"), set()),
    "institutions": (
        table(
            "nombre,ruc",
            "MUNICIPALIDAD DISTRITAL DE ATE,20131378620",
            "HOSPITAL MARIA AUXILIADORA,20162041291",
        ),
        set(),
    ),
    "schools with the names of persons": (
        table("codigo_modular,nombre_ie", "0207589,JOSE OLAYA", "0207590,MIGUEL GRAU"),
        set(),
    ),
    "districts with the names of persons": (
        table("codigo,distrito", "12345678,JOSE LUIS BUSTAMANTE", "12345679,LEONCIO PRADO"),
        set(),
    ),
    "project code": (numbers("CUI", [f"{n}" for n in range(2100000, 2100040)]), set()),
    "expediente": (numbers("expediente", DNIS), set()),
    "coordinates": (table("longitud,latitud", "-77.0282,-12.0431", "-71.5374,-16.4090"), set()),
    "companies only": (numbers("ruc", ["20100070970", "20131312955", "20131378620"]), set()),
    "codes of eleven digits": (
        numbers("registro", [f"10{n:09d}" for n in range(0, 3000, 30)]),
        set(),
    ),
    "population": (
        numbers("poblacion", ["10345678", "9345678", "11345678"], dpto=["A", "B", "C"]),
        set(),
    ),
}


def found_in(path: Path) -> dict[str, Personal]:
    counted = survey(path, profile(path, "csv", path.name))
    assert counted is not None
    return {person.field: person for person in personal_columns(counted)}


@pytest.mark.parametrize("name", LABELLED)
def test_labelled_columns(write: Write, name: str) -> None:
    text, expected = LABELLED[name]
    assert set(found_in(write("f.csv", text))) == expected


def test_precision_and_recall_on_the_labelled_set(tmp_path: Path) -> None:
    counts, columns, errors = tally(tmp_path)
    assert columns >= 200
    for kind in ("", *PersonalKind):
        assert min(shares(counts, str(kind))) >= 0.95, (kind, errors)


@pytest.mark.parametrize(
    ("text", "expected", "severity"),
    [
        (numbers("dni", DNIS[:3], celular=["987654321", "912345678", "945612378"]), "987654321",
         Severity.ERROR),
        (table("celular;interes", "987654321;AGUA", "912345678;LUZ"), "987654321",
         Severity.WARNING),
        (table("dni;correo", "40718233;zxcvb@gmail.com"), "zxcvb", Severity.ERROR),
        (table("correo;interes", "zxcvb@gmail.com;AGUA"), "zxcvb", Severity.WARNING),
        (table("dni;diagnostico", "40718233;Tuberculosis"), "Tuberculosis", Severity.ERROR),
    ],
)  # fmt: skip
def test_what_is_private_is_masked_and_graver_beside_a_person(
    write: Write, text: str, expected: str, severity: Severity
) -> None:
    report = examined(write("f.csv", text))
    kinds = {"phone", "email", "health"}
    (found,) = [f for f in report.findings if f.params.get("kind") in kinds]
    assert found.severity is severity
    assert expected not in found.evidence


@pytest.mark.parametrize(
    "text",
    [
        table("entidad;correo;telefono", "UGEL 03;mesa@minedu.gob.pe;987654321"),
        table("oficina;correo", "TURISMO;munilince@gmail.com"),
        table("departamento;diagnostico;casos", "PUNO;A09;12"),
        table("dni_total;discapacidad", "12;VISUAL"),
    ],
)
def test_offices_and_aggregates_are_nobody(write: Write, text: str) -> None:
    assert found_in(write("f.csv", text)) == {}


def test_confidence_rises_with_names_beside(write: Write) -> None:
    alone = found_in(write("a.csv", numbers("documento", DNIS[:3])))
    beside = found_in(
        write("b.csv", numbers("documento", DNIS[:3], nombres=["ROSA", "JUAN", "LUIS"]))
    )
    assert alone["documento"].confidence < beside["documento"].confidence


def test_a_persons_ruc_alone_is_a_warning_and_masked(write: Write) -> None:
    path = write("f.csv", numbers("ruc", ["20100070970", "10407182331", "20131312955"]))
    found = only(examined(path), "personal-data")
    assert (found.severity, found.row, found.evidence) == (Severity.WARNING, 3, "10*********")
    assert found.params["kind"] == "ruc"
    assert found.params["count"] == 1


def test_names_alone_are_a_warning(write: Write) -> None:
    path = write("f.csv", table("nombres,cargo", "ROSA,alcaldesa", "JUAN,regidor"))
    assert only(examined(path), "personal-data").severity is Severity.WARNING


def test_a_directory_of_offices_is_a_warning_at_most(write: Write) -> None:
    rows = ("JUAN PEREZ,01234567,A", "ROSA DIAZ,01234568,B", "LUIS ROJAS,01234569,C")
    report = examined(write("f.csv", table("responsable,telefono,oficina", *rows)))
    assert {f.severity for f in report.findings if f.code == "personal-data"} == {Severity.WARNING}


def test_a_dni_is_an_error_with_count_and_first_row(write: Write) -> None:
    path = write("f.csv", "dni,x\n,1\n40718233,2\n41718233,3\n")
    found = only(examined(path), "personal-data")
    assert (found.severity, found.field, found.row) == (Severity.ERROR, "dni", 3)
    assert found.params["count"] == 2
    assert found.params["confidence"] == 95


def test_the_last_of_many_rows_is_read(write: Write) -> None:
    path = write("f.csv", "dni,x\n" + ",1\n" * 50_000 + "40718233,2\n")
    assert only(examined(path), "personal-data").row == 50_002


@given(st.integers(0, 99_999_999), st.sampled_from(["", "-A", "K"]))
def test_a_masked_number_shows_two_digits_at_most(number: int, check: str) -> None:
    text = f"{number:08d}{check}"
    masked = mask(PersonalKind.DNI, text)
    assert len(masked) == len(text)
    assert sum(character.isdigit() for character in masked) <= 2


@given(st.integers(0, 999_999_999))
def test_a_masked_ruc_shows_nothing_but_its_prefix(number: int) -> None:
    assert mask(PersonalKind.RUC, f"10{number:09d}") == "10*********"
    assert mask(PersonalKind.RUC, f"20{number:09d}") == f"20{number:09d}"


@pytest.mark.parametrize(
    ("name", "masked"), [*zip(PEOPLE, ("Q. M. R.", "F. H. J. C.", "R. D. L. A."), strict=True)]
)
def test_a_masked_name_is_its_initials(name: str, masked: str) -> None:
    assert mask(PersonalKind.NAME, name) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Pago a QUISPE MAMANI JUAN con DNI 40718233", "Pago a Q. M. J. con DNI ********"),
        ("Pago a Xyzuk Quispe, DNI 40.718.233", "Pago a X. Q., DNI **********"),
    ],
)
def test_a_mention_hides_whom_it_names(text: str, masked: str) -> None:
    assert mask(PersonalKind.MENTION, text) == masked


def test_a_mention_in_prose_is_masked_where_it_stands() -> None:
    assert mask(PersonalKind.MENTION, "con DNI 40718233, Puno") == "con DNI ********, Puno"
