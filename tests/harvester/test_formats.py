import pytest

from acopio.harvester import formats
from acopio.model import Role


@pytest.mark.parametrize(
    ("declared", "media_type", "url", "expected"),
    [
        ("CSV", "", "", "csv"),
        (".xlsx", "", "", "xlsx"),
        ("text/csv", "", "", "csv"),
        ("", "text/csv; charset=utf-8", "", "csv"),
        (None, "", "http://h.example/a/Datos.XLSX?x=1", "xlsx"),
        ("None", "", "http://h.example/descarga", ""),
        (["CSV"], "", "http://[", ""),
        ("OGC:WMS", "", "", "wms"),
        ("CSV UTF-8", "", "", "csv"),
        ("CSV (separado por comas)", "", "", "csv"),
        ("Comma Separated Values", "", "", "csv"),
        ("excel csv", "", "", "csv"),
        ("Valores separados por comas", "", "http://h.example/f", "csv"),
        ("CSV/XLS", "", "http://h.example/f.xls", "xls"),
        ("CSV/XLS", "", "http://h.example/f", "csv"),
        ("text/csv; header=present", "", "", "csv"),
        ("https://www.iana.org/assignments/media-types/text/csv", "", "", "csv"),
        ("http://publications.example/resource/authority/file-type/CSV", "", "", "csv"),
        ("dato", "", "http://h.example/f.csv", "csv"),
        ("Tabla dinámica", "", "http://h.example/f.xlsx", "xlsx"),
        ("Tabla dinámica", "", "http://h.example/f", "tabla dinámica"),
        ("ArcGIS GeoServices REST API", "", "", "arcgis geoservices rest api"),
        ("RDF", "", "http://h.example/f.csv", "rdf"),
        ("JSON API", "", "", "json"),
        ("", "application/octet-stream", "http://h.example/d.php", ""),
    ],
)
def test_format(declared: object, media_type: str, url: str, expected: str) -> None:
    assert formats.format_of(declared, media_type, url) == expected


@pytest.mark.parametrize(
    ("name", "description", "form", "url", "role"),
    [
        ("Gasto 2026", "", "csv", "", Role.DATA),
        ("Gasto 2026", "Para las columnas vea el diccionario", "csv", "", Role.DATA),
        ("Diccionario de datos", "", "xlsx", "", Role.DICTIONARY),
        ("gasto_diccionario", "", "csv", "", Role.DICTIONARY),
        ("Metadatos", "", "docx", "", Role.DICTIONARY),
        ("Dicc", "", "docx", "https://h.example/a/Diccionario_datos.docx", Role.DICTIONARY),
        ("Anexo", "", "pdf", "https://h.example/gasto_diccionario.pdf?v=1", Role.DICTIONARY),
        ("Gasto", "", "zip", "https://h.example/gasto_y_diccionario.zip", Role.DATA),
        ("Gasto", "", "csv", "https://h.example/diccionario/gasto.csv", Role.DATA),
        ("Gasto", "", "csv", "https://[/diccionario.csv", Role.DATA),
        ("Anexo", "Diccionario de datos del padrón", "xlsx", "", Role.DICTIONARY),
        ("Ficha metodológica", "", "pdf", "", Role.DOCUMENTATION),
        ("Nota técnica", "", "docx", "", Role.DOCUMENTATION),
        ("Notas de estudiantes", "", "csv", "", Role.DATA),
        ("Resolución", "", "pdf", "", Role.DATA),
        ("Capas", "", "wms", "", Role.SERVICE),
        ("Capas", "", "ArcGIS GeoServices REST API".lower(), "", Role.SERVICE),
        ("Capa", "", "", "https://h.example/rest/services/x/MapServer/0", Role.SERVICE),
    ],
)
def test_role(name: str, description: str, form: str, url: str, role: Role) -> None:
    found = formats.role_of(name=name, description=description, format=form, url=url)

    assert found is role


def test_ids_do_not_depend_on_order_and_are_unique() -> None:
    described = [
        ("own", "A", "http://h.example/a.csv"),
        ("", "B", "http://h.example/RENIPRESS_31-08-2026.csv"),
        ("", "", "http://h.example/x_20240101.csv"),
        ("", "", "http://h.example/x_20250101.csv"),
        ("", "", "http://h.example/x_20250101.csv"),
    ]
    ids = dict(zip(described[:4], formats.stable_ids(described), strict=False))
    shuffled = described[::-1]
    again = dict(zip(shuffled, formats.stable_ids(shuffled), strict=True))

    assert len(set(formats.stable_ids(described))) == len(described)
    assert ids["own", "A", "http://h.example/a.csv"] == "own"
    assert all(again[key] == found for key, found in list(ids.items())[:3])


def test_a_new_cut_of_a_file_keeps_its_id() -> None:
    before = formats.stable_ids([("", "Padrón 31-08-2026", "http://h.example/P_31-08-2026.csv")])
    after = formats.stable_ids([("", "Padrón 30-09-2026", "http://h.example/P_30-09-2026_0.csv")])

    assert before == after


def test_only_a_table_schema_is_a_schema() -> None:
    schema = {"fields": [{"name": "a", "type": "string"}]}

    assert formats.table_schema(schema) == schema
    assert formats.table_schema('{"fields": [{"name": "a"}]}') == {"fields": [{"name": "a"}]}
    refused: list[object] = ["{", "[1]", {"fields": "a"}, {"fields": [1]}, {"fields": []}, 3, None]
    for wrong in refused:
        assert formats.table_schema(wrong) is None
    assert formats.table_schema({"fields": [{"name": "a" * 300_000}]}) is None


def test_a_schema_may_be_declared_by_name_or_address() -> None:
    for given in ("pac", "pac@1.0.0", " https://portal.example/schemas/pac "):
        assert formats.schema_reference(given) == {"path": given.strip()}
    refused: list[object] = ["", "Un texto", "{}", "ftp://x.example/pac", "x" * 5000, 3, None, {}]
    for wrong in refused:
        assert formats.schema_reference(wrong) is None
