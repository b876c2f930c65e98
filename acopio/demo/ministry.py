"""The ministry's sample portal, a CKAN: part as it should be, part as portals really are."""

from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from acopio.demo import tables
from acopio.demo.portals import CkanPortal
from acopio.demo.server import Body
from acopio.model import Source

PORT = 8201
SOURCE = Source(
    name="ministerio",
    title="Ministerio de muestra",
    kind="ckan",
    url=f"http://127.0.0.1:{PORT}",
    owner="ministerio-de-muestra",
    pause=0.0,
)

_CHANGED = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
_CC_BY = {
    "license_id": "cc-by",
    "license_title": "Creative Commons Attribution",
    "license_url": "http://www.opendefinition.org/licenses/cc-by",
}
_MINISTRY = {
    "name": "ministerio-de-muestra",
    "title": "Ministerio de Muestra",
    "state": "active",
}


def _file(content: bytes, media_type: str = "text/csv") -> Body:
    return Body(content=content, media_type=media_type, modified=_CHANGED)


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://datos.muestra.example/{name}"))


def _resource(name: str, path: str, format_name: str = "CSV", **more: Any) -> dict[str, Any]:
    return {
        "id": _id(f"{path}#{name}"),
        "name": name,
        "url": path if "://" in path else "{base}" + path,
        "format": format_name,
        "mimetype": "text/csv" if format_name == "CSV" else None,
        "state": "active",
        "last_modified": "2026-10-01T12:00:00.000000",
        "size": None,
        **more,
    }


def _package(
    name: str, title: str, notes: str, resources: list[dict[str, Any]], **more: Any
) -> dict[str, Any]:
    return {
        "id": _id(name),
        "name": name,
        "title": title,
        "notes": notes,
        "type": "dataset",
        "state": "active",
        "private": False,
        "organization": {**_MINISTRY, "id": _id("organization")},
        "owner_org": _id("organization"),
        "maintainer": "Oficina de Datos",
        "maintainer_email": "datos@muestra.example",
        "metadata_created": "2025-03-10T14:00:00.000000",
        "metadata_modified": "2026-10-01T12:00:00.000000",
        "tags": [{"name": "presupuesto", "display_name": "presupuesto"}],
        "groups": [{"name": "economia-y-finanzas", "display_name": "Economía y finanzas"}],
        "extras": [{"key": "frequency", "value": "R/P1Y"}],
        "resources": resources,
        "num_resources": len(resources),
        **_CC_BY,
        **more,
    }


def _ministry_packages() -> list[dict[str, Any]]:
    return [
        _package(
            "ejecucion-presupuestal-2026",
            "Ejecución presupuestal 2026",
            "Gasto por sector, ejecutora y **ubigeo**, según el SIAF.",
            [
                _resource("Gasto 2026", "/files/gasto-2026.csv"),
                _resource("Diccionario de datos", "/files/gasto-diccionario.csv"),
            ],
            # Late, for its frequency: nobody has touched the sample since October 2026.
            extras=[{"key": "frequency", "value": "R/P1M"}],
        ),
        _package(
            "ubigeo",
            "Códigos de ubicación geográfica (UBIGEO)",
            "<p>Códigos del INEI de <b>departamentos</b>, provincias y distritos.</p>",
            [_resource("Distritos", "/files/ubigeo.csv")],
        ),
        _package(
            "establecimientos-de-salud",
            "Establecimientos de salud",
            "Puestos de salud con sus coordenadas.",
            [_resource("Establecimientos", "/files/establecimientos.csv")],
        ),
        _package(
            "ordenes-de-compra",
            "Órdenes de compra",
            "Órdenes emitidas en setiembre, tal como las guarda la hoja de cálculo.",
            [_resource("Órdenes", "/files/ordenes.csv")],
        ),
        _package(
            "visitas-oficiales",
            "Registro de visitas",
            "El servidor entrega una página en lugar del archivo.",
            [_resource("Visitas", "/files/visitas.csv")],
        ),
        _package(
            "padron-de-beneficiarios",
            "Padrón de beneficiarios",
            "Lista con nombres y DNI, que no debe publicarse.",
            [_resource("Padrón", "/files/padron.csv")],
        ),
        _package(
            "indicadores-anuales",
            "Indicadores anuales",
            "Un archivo comprimido con nombre de CSV, y un enlace que ya no existe.",
            [
                _resource("Indicadores", "/files/indicadores.csv"),
                _resource("Indicadores 2019", "/files/no-existe.csv"),
            ],
        ),
        _package(
            "proyectos-de-norma",
            "Proyectos de norma",
            "Solo tiene cabecera; su licencia no está declarada.",
            [_resource("Proyectos", "/files/proyectos.csv")],
            license_id="",
            license_title="",
            license_url="",
        ),
        _package("borrador", "Borrador", "En preparación.", [], state="draft"),
        _package("interno", "Uso interno", "Reservado.", [], private=True),
    ]


def portal() -> CkanPortal:
    """Return the ministry's portal: eight public datasets, one draft and one private."""
    budget_columns = [
        ("ANO_EJE", "entero", "Año de ejecución"),
        ("MES_EJE", "texto", "Mes de ejecución, de 01 a 12"),
        ("SECTOR", "texto", "Código de sector, con sus ceros"),
        ("SECTOR_NOMBRE", "texto", "Nombre del sector"),
        ("SEC_EJEC", "texto", "Código de la unidad ejecutora"),
        ("DEPARTAMENTO_META", "texto", "Departamento de la meta"),
        ("UBIGEO_META", "texto", "Ubicación geográfica de la meta"),
        ("GENERICA", "texto", "Código de la genérica de gasto"),
        # GENERICA_NOMBRE is in the table and not here; MONTO_PIA is no whole number.
        ("MONTO_PIA", "entero", "Presupuesto institucional de apertura, en soles"),
        ("MONTO_PIM", "decimal", "Presupuesto institucional modificado, en soles"),
        ("MONTO_DEVENGADO", "decimal", "Monto devengado en soles"),
    ]
    files = {
        "/files/gasto-2026.csv": _file(tables.budget()),
        "/files/gasto-diccionario.csv": _file(tables.dictionary(budget_columns)),
        "/files/ubigeo.csv": _file(tables.ubigeo()),
        "/files/establecimientos.csv": _file(tables.facilities()),
        "/files/ordenes.csv": _file(tables.suppliers()),
        "/files/visitas.csv": _file(tables.page("Sesión expirada"), "text/html; charset=utf-8"),
        "/files/padron.csv": _file(tables.beneficiaries()),
        "/files/indicadores.csv": _file(tables.zip_of("indicadores.csv", tables.ubigeo())),
        "/files/proyectos.csv": _file(b"NUMERO,TITULO,FECHA\n"),
    }
    return CkanPortal(packages=_ministry_packages(), files=files, title="Datos del ministerio")
