"""Data dictionaries: how they are read, and how tables are compared with them."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.examine import Examination, examine, examine_dataset
from acopio.messages import about, speaking
from acopio.model import (
    Dataset,
    Dictionary,
    DictionaryEntry,
    Examined,
    File,
    Finding,
    Report,
    Resource,
    Role,
    Severity,
    Snapshot,
    Table,
)
from acopio.validators.dictionaries.entries import ENTRIES, entries
from acopio.validators.dictionaries.words import head_of, spoken_type
from acopio.validators.dictionary import DictionaryValidator
from acopio.validators.documentation import DocumentationValidator
from tests.validators.samples import Write

HEADER = ("Variable", "Descripción", "Tipo de dato", "Tamaño")
WORKS = [
    ("CUI", "Código único de inversión", "Alfanumérico(8)", "8"),
    ("AVANCE", "Porcentaje de avance", "Numérico", "5"),
    ("FECHA_INICIO", "Inicio de la obra", "Fecha", "10"),
]


def csv_of(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def xlsx(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def read(path: Path, format: str = "") -> Report:  # noqa: A002 - the model's word
    """Examine a dictionary as a run does."""
    resource = Resource(id="dic", url="", name="Diccionario", format=format, role=Role.DICTIONARY)
    return examine(
        Examination(
            archive_url="",
            scratch=path.parent,
            sha256="0" * 64,
            resource=resource,
            name=path.name,
            path=path,
        )
    )


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_csv_dictionary_is_read(write: Write, delimiter: str, encoding: str) -> None:
    text = csv_of([HEADER, *WORKS], delimiter)
    (dictionary,) = read(write("d.csv", text.encode(encoding))).dictionaries
    assert dictionary.resource == "dic"
    assert dictionary.entries[0] == DictionaryEntry(
        name="CUI", description="Código único de inversión", type="Alfanumérico(8)"
    )
    assert len(dictionary.entries) == 3


def test_a_spreadsheet_is_read_below_its_titles_and_sheet_by_sheet(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "d.xlsx",
        {
            "Presentación": [["DICCIONARIO DE DATOS"], [], ["Entidad", "Municipalidad de Muestra"]],
            "Obras": [["DICCIONARIO DE DATOS"], [], [None, *HEADER], *([None, *r] for r in WORKS)],
            "Sectores": [("CAMPO", "TIPO"), ("SECTOR", "texto"), ("NIVEL", "entero")],
        },
    )
    report = read(path)
    (dictionary,) = report.dictionaries
    assert [(one.section, one.name) for one in dictionary.entries] == [
        ("Obras", "CUI"),
        ("Obras", "AVANCE"),
        ("Obras", "FECHA_INICIO"),
        ("Sectores", "SECTOR"),
        ("Sectores", "NIVEL"),
    ]
    assert report.findings == ()


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (("CAMPO", "TIPO", "DESCRIPCION"), ("monto", "decimal", "Monto")),
        (("N°", "Nombre de la variable", "Definición"), ("1", "monto", "Monto")),
        (("Variable", "Nombre", "Tipo (texto, número)"), ("monto", "Monto", "número")),
        (("Nombre de columna", "Formato"), ("monto", "N(10)")),
        (("Field", "Description"), ("monto", "Amount")),
        (("Atributo", "Significado"), ("monto", "Monto")),
    ],
)
def test_the_column_of_names_is_found_by_its_head(
    header: Sequence[str], row: Sequence[str]
) -> None:
    (entry,) = entries([("", [header, row])])
    assert entry.name == "monto"
    assert entry.description or entry.type


def test_values_below_an_entry_are_its_own() -> None:
    rows = [
        ("Tabla", "Campo", "Descripción", "Valores"),
        ("obras", "ESTADO", "Estado de la obra", "1: en ejecución"),
        ("", "", "", "2: paralizada"),
        ("", "ESTADO", "Estado de la obra", "3: concluida; 4: liquidada"),
        ("", "NOTA", "Observaciones", ""),
        ("", "Fuente: registro de la oficina", "", ""),
    ]
    state, note = entries([("Hoja1", rows)])
    assert state.values == ("1: en ejecución", "2: paralizada", "3: concluida", "4: liquidada")
    assert (note.name, note.section, note.values) == ("NOTA", "obras", ())


@pytest.mark.parametrize(
    "content",
    [
        "",
        "CUI,AVANCE\n1,2\n",
        "Nombre,Monto\nUNO,2\n",
        "Variable,Descripción\n",
        "<!DOCTYPE html><html><body>Variable,Descripción</body></html>",
    ],
)
def test_what_is_no_dictionary_is_none_and_no_fault_of_its_own(write: Write, content: str) -> None:
    assert read(write("d.csv", content)) == Report()


def test_persons_given_as_examples_are_hidden(write: Write) -> None:
    rows = [
        ("Campo", "Descripción", "Valores"),
        ("titular", "Nombre del titular: QUISPE MAMANI ROSA, DNI 41234567", "DNI 41234567"),
    ]
    (dictionary,) = read(write("d.csv", csv_of(rows))).dictionaries
    said = repr(dictionary)
    assert "41234567" not in said
    assert "QUISPE" not in said
    assert dictionary.entries[0].name == "titular"


def altered(path: Path, change: Callable[[bytes], bytes]) -> Path:
    """Write a workbook anew with its first sheet's XML changed."""
    with zipfile.ZipFile(path) as book:
        members = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in members.items():
            book.writestr(name, change(content) if name.endswith("sheet1.xml") else content)
    return path


@pytest.mark.parametrize(
    ("change", "limit"),
    [
        (lambda xml: xml[:200], "damaged"),
        (lambda xml: xml.replace(b'r="A1"', b'r="XFD1048576"'), "cells"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_a_finding(
    tmp_path: Path, change: Callable[[bytes], bytes], limit: str
) -> None:
    report = read(altered(xlsx(tmp_path / "d.xlsx", {"Hoja1": [HEADER, *WORKS]}), change))
    assert report.dictionaries == ()
    (failed,) = report.findings
    assert (failed.code, failed.params["limit"]) == ("examination-failed", limit)


def test_a_file_no_hand_wrote_is_not_read(write: Write) -> None:
    resource = Resource(id="dic", url="", role=Role.DICTIONARY)
    file = File(resource="dic", sha256="", size=33 << 20, url="", path=write("d.csv", "x"))
    snapshot = Snapshot(dataset=Dataset(id="", title="", resources=(resource,)), files=(file,))
    (found,) = DictionaryValidator().validate(snapshot)
    assert isinstance(found, Finding)
    assert found.params["value"] == 32 << 20
    assert "diccionario de datos demasiado grande" in about(found)


def test_entries_are_bounded() -> None:
    rows = [HEADER, *((f"c{n}", "x", "texto", "") for n in range(ENTRIES + 10))]
    assert len(entries([("", rows)])) == ENTRIES


@given(
    st.lists(st.lists(st.sampled_from([*HEADER, "", "a", "Valores", "Tabla", "41234567"]))),
    st.text(max_size=5),
)
def test_any_rows_are_read(rows: list[list[str]], name: str) -> None:
    for entry in entries([(name, rows)]):
        assert entry.name
        assert entry.description or entry.type


@given(st.text(max_size=300))
def test_any_text_is_a_head_or_a_type_or_neither(text: str) -> None:
    assert head_of(text) is None or text
    assert spoken_type(text) is None or text


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Texto", "string"),
        ("Alfanumérico(8)", "string"),
        ("VARCHAR2(20)", "string"),
        ("varchar (20)", "string"),
        ("Carácter", "string"),
        ("Numérico", "number"),
        ("Numérico entero", "integer"),
        ("NUMERIC(18,2)", "number"),
        ("N(10)", "number"),
        ("Decimal (10,2)", "number"),
        ("Entero", "integer"),
        ("Fecha", "date"),
        ("Fecha (DD/MM/AAAA)", "date"),
        ("Fecha y hora", "datetime"),
        ("fecha_hora", "datetime"),
        ("Booleano", "boolean"),
        ("Tipo de dato", ""),
        ("véase la nota", ""),
        ("", ""),
    ],
)
def test_types_in_words(written: str, name: str) -> None:
    found = spoken_type(written)
    assert (found.name if found else "") == name


# --- comparing ----------------------------------------------------------------------------------


def table(resource: str = "obras", **fields: str) -> Table:
    schema = {"fields": [{"name": name, "type": kind} for name, kind in fields.items()]}
    return Table(resource=resource, encoding="utf-8", dialect={}, schema=schema, report={}, rows=1)


def dictionary(*described: tuple[str, str], section: str = "", resource: str = "dic") -> Dictionary:
    found = (
        DictionaryEntry(name=name, description="x", type=kind, section=section)
        for name, kind in described
    )
    return Dictionary(resource=resource, entries=tuple(found))


def compared(
    tables: Sequence[Table],
    dictionaries: Sequence[Dictionary] = (),
    *,
    declared: Sequence[str] = (),
    fetched: Sequence[str] | None = None,
    schema: Mapping[str, object] | None = None,
) -> list[Finding]:
    """Compare as a run does; ``declared`` are ids of dictionaries besides those that were read."""
    ids = dict.fromkeys([*(one.resource for one in dictionaries), *declared])
    data = dict.fromkeys(one.resource for one in tables)
    resources = (
        *(Resource(id=one, url="", name=one, schema=schema) for one in data),
        *(Resource(id=one, url="", name=one, role=Role.DICTIONARY) for one in ids),
    )
    files = tuple(
        File(resource=one, sha256="", size=1, url="", path=Path())
        for one in (*data, *(ids if fetched is None else fetched))
    )
    dataset = Dataset(id="d", title="D", resources=resources)
    examined = Examined(
        snapshot=Snapshot(dataset=dataset, files=files),
        today=date(2026, 11, 22),
        tables=tuple(tables),
        dictionaries=tuple(dictionaries),
    )
    return list(DocumentationValidator().validate(examined))


def said(found: Sequence[Finding]) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.field) for finding in found]


WORKS_TABLE = table(cui="string", avance="number", fecha_inicio="date")
WORKS_DICTIONARY = dictionary(("CUI", "Texto"), ("AVANCE", "Numérico"), ("FECHA_INICIO", "Fecha"))


def test_a_dictionary_that_agrees_is_silent_whatever_the_letters_and_the_order() -> None:
    shuffled = dictionary(("Fecha Inicio", "fecha"), ("Avance", "decimal"), ("cuí", "varchar(8)"))
    assert compared([WORKS_TABLE], [WORKS_DICTIONARY]) == []
    assert compared([WORKS_TABLE], [shuffled]) == []


def test_columns_on_one_side_only_are_told_on_the_table() -> None:
    found = compared([table(cui="string", avance="number", monto="number")], [WORKS_DICTIONARY])
    assert said(found) == [
        ("dictionary-column-missing", "monto"),
        ("dictionary-column-extra", "FECHA_INICIO"),
    ]
    assert {finding.resource for finding in found} == {"obras"}
    assert {finding.severity for finding in found} == {Severity.WARNING}
    assert "«dic»" in about(found[0])


@pytest.mark.parametrize(
    ("name", "written", "holds", "agrees"),
    [
        ("avance", "Numérico", "string", False),
        ("avance", "Entero", "number", False),
        ("avance", "Entero", "integer", True),
        ("avance", "Decimal", "integer", True),
        ("avance", "Fecha", "string", False),
        ("avance", "Fecha", "integer", False),
        ("dia", "Fecha", "string", True),
        ("dia", "Fecha", "integer", True),
        ("avance", "Texto", "integer", True),
        ("avance", "Booleano", "string", True),
        ("avance", "Booleano", "date", False),
        ("avance", "Numérico", "any", True),
        ("avance", "ver nota", "string", True),
        ("cod_avance", "Numérico", "string", True),
        ("UBIGEO", "Numérico (6)", "string", True),
        ("RUC", "Fecha", "string", False),
    ],
)
def test_only_a_contradiction_between_types_is_told(
    name: str, written: str, holds: str, agrees: bool
) -> None:
    from dataclasses import replace

    span = (date(2026, 1, 1), date(2026, 10, 1))
    one = replace(table(**{name: holds, "obra": "string"}), dates={"dia": span})
    found = compared([one], [dictionary((name, written), ("obra", "texto"))])
    expected = [] if agrees else [("dictionary-type-mismatch", name)]
    assert said(found) == expected
    if found:
        assert written in about(found[0])
        assert "holds-" not in about(found[0])


def test_a_sheet_for_each_table_is_compared_with_its_own() -> None:
    other = table("sectores", sector="string", nivel="integer")
    both = Dictionary(
        resource="dic",
        entries=(
            *dictionary(("CUI", ""), ("AVANCE", ""), ("FECHA_INICIO", ""), section="1").entries,
            *dictionary(("SECTOR", ""), ("NIVEL", ""), section="2").entries,
        ),
    )
    assert compared([WORKS_TABLE, other], [both]) == []


def test_a_table_described_in_parts_is_described() -> None:
    parts = Dictionary(
        resource="dic",
        entries=(
            *dictionary(("CUI", ""), ("AVANCE", ""), section="Generales").entries,
            *dictionary(("FECHA_INICIO", ""), section="Fechas").entries,
        ),
    )
    assert compared([WORKS_TABLE], [parts]) == []


def test_one_dictionary_serves_the_tables_of_every_month() -> None:
    months = [table(f"obras-{n}", cui="string", avance="number") for n in range(3)]
    (extra,) = compared(months, [WORKS_DICTIONARY])
    assert (extra.code, extra.resource) == ("dictionary-column-extra", "obras-0")


def test_no_dictionary_is_told_once_for_the_dataset() -> None:
    (found,) = compared([WORKS_TABLE, table("otra", a="string")])
    assert (found.code, found.resource) == ("dictionary-missing", None)
    assert found.severity is Severity.INFO
    for language, words in (("es", "no tiene diccionario"), ("en", "has no data dictionary")):
        with speaking(language):
            assert words in about(found)


def test_a_dictionary_that_cannot_be_read_is_told_on_itself() -> None:
    (found,) = compared([WORKS_TABLE], declared=["guia"])
    assert (found.code, found.resource, found.params["gap"]) == (
        "dictionary-missing",
        "guia",
        "unread",
    )


def test_a_dictionary_of_another_table_describes_nothing() -> None:
    other = dictionary(("CUI", ""), ("SECTOR", ""), ("NIVEL", ""), ("PLIEGO", ""))
    (found,) = compared([WORKS_TABLE], [other])
    assert (found.code, found.resource, found.params["gap"]) == (
        "dictionary-missing",
        "obras",
        "other",
    )


def test_nothing_is_asked_where_something_else_may_explain() -> None:
    assert compared([]) == []
    assert compared([WORKS_TABLE], schema={"fields": [{"name": "cui"}]}) == []
    assert compared([WORKS_TABLE], declared=["guia"], fetched=[]) == []
    other = dictionary(("SECTOR", ""), ("NIVEL", ""))
    assert compared([WORKS_TABLE], [other], declared=["guia"], fetched=["dic"]) == []


def test_what_is_told_of_one_table_is_bounded() -> None:
    wide = table(**{f"c{n}": "string" for n in range(1000)})
    half = dictionary(*((f"c{n}", "fecha") for n in range(500)))
    found = [finding.code for finding in compared([wide], [half])]
    assert found.count("dictionary-column-missing") == 100
    assert found.count("dictionary-type-mismatch") == 100
    assert found.count("report-cut") == 2


def test_a_file_goes_in_and_its_differences_come_out(write: Write) -> None:
    table_report = examine(
        Examination(
            archive_url="",
            scratch=Path(),
            sha256="0" * 64,
            resource=Resource(id="obras", url="", format="csv"),
            name="obras.csv",
            path=write("obras.csv", "CUI,AVANCE,MONTO\n1,mucho,2\n2,poco,3\n"),
        )
    )
    dictionary_report = read(write("d.csv", csv_of([HEADER, *WORKS])))
    resources = (
        Resource(id="obras", url="", licence=None),
        Resource(id="dic", url="", name="Diccionario", role=Role.DICTIONARY),
    )
    examined = Examined(
        snapshot=Snapshot(dataset=Dataset(id="d", title="D", resources=resources)),
        today=date(2026, 11, 22),
        tables=table_report.tables,
        dictionaries=dictionary_report.dictionaries,
    )
    found = [one for one in examine_dataset(examined) if one.code.startswith("dictionary")]
    assert said(found) == [
        ("dictionary-column-missing", "MONTO"),
        ("dictionary-type-mismatch", "AVANCE"),
        ("dictionary-column-extra", "FECHA_INICIO"),
    ]
