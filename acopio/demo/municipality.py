"""The municipality's sample site, a data.json: what small sites do well, and what they do not."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from acopio.demo import tables
from acopio.demo.portals import DataJsonPortal
from acopio.demo.server import Body
from acopio.model import Source

PORT = 8202
SOURCE = Source(
    name="municipalidad",
    title="Municipalidad de muestra",
    kind="datajson",
    url=f"http://127.0.0.1:{PORT}",
    owner="municipalidad-de-muestra",
    pause=0.0,
)

_CHANGED = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
_ODC_BY = "http://opendefinition.org/licenses/odc-by/"


def _file(content: bytes) -> Body:
    return Body(content=content, media_type="text/csv", modified=_CHANGED)


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://muni-muestra.example/{name}"))


def _distribution(title: str, path: str, format_name: str = "csv") -> dict[str, Any]:
    return {
        "@type": "dcat:Distribution",
        "title": title,
        "downloadURL": "{base}" + path,
        "mediaType": "text/csv",
        "format": format_name,
    }


def _dataset(
    name: str, title: str, description: str, distributions: list[dict[str, Any]], **more: Any
) -> Mapping[str, Any]:
    declared = {
        "@type": "dcat:Dataset",
        "identifier": _id(name),
        "title": title,
        "description": description,
        "keyword": ["municipalidad", name],
        "theme": ["Gobernabilidad"],
        "modified": "2026-10-01",
        "accrualPeriodicity": "R/P1Y",
        "accessLevel": "public",
        "publisher": {"@type": "org:Organization", "name": "Municipalidad Provincial de Muestra"},
        "contactPoint": {"fn": "Mesa de datos", "hasEmail": "mailto:datos@muni-muestra.example"},
        "license": _ODC_BY,
        "landingPage": "{base}/dataset/" + name,
        "spatial": "Trujillo, La Libertad",
        "temporal": "2026-01-01/2026-09-30",
        "distribution": distributions,
        **more,
    }
    return {key: value for key, value in declared.items() if value is not None}


def _municipality_datasets() -> list[Mapping[str, Any]]:
    return [
        _dataset(
            "servicios",
            "Servicios al ciudadano",
            "Trámites y servicios, con su canal y su costo.",
            [_distribution("Servicios", "/archivos/servicios.csv")],
        ),
        _dataset(
            "obras",
            "Obras públicas",
            "<p>Obras con su código único de inversión.</p>",
            [_distribution("Obras", "/archivos/obras_01-10-2026.csv")],
            describedBy="{base}/archivos/obras-diccionario.csv",
        ),
        _dataset(
            "tupa",
            "Procedimientos del TUPA",
            "Algunas filas tienen celdas de más o de menos.",
            [_distribution("Procedimientos", "/archivos/tupa.csv")],
        ),
        _dataset(
            "recaudacion",
            "Recaudación mensual",
            "La tabla empieza debajo de su título.",
            [_distribution("Recaudación", "/archivos/recaudacion.csv")],
            accrualPeriodicity="R/P1M",
        ),
        _dataset(
            "ordenanzas",
            "Ordenanzas",
            "El archivo está vacío y la licencia no está declarada.",
            [_distribution("Ordenanzas", "/archivos/ordenanzas.csv")],
            license=None,
        ),
        _dataset(
            "vaso-de-leche",
            "Programa del Vaso de Leche",
            "Raciones entregadas; el archivo lleva nombres y DNI.",
            [_distribution("Beneficiarios", "/archivos/vaso-de-leche.csv")],
        ),
        _dataset(
            "parques",
            "Parques y jardines",
            "El enlace del archivo ya no existe.",
            [_distribution("Parques", "/archivos/parques.csv")],
        ),
        _dataset(
            "distritos",
            "Distritos de la provincia",
            "Códigos de ubigeo usados en los demás conjuntos de datos.",
            [_distribution("Distritos", "/archivos/distritos.csv")],
        ),
    ]


def portal() -> DataJsonPortal:
    """Return the municipality's site: eight datasets in one data.json."""
    works_columns = [
        ("CUI", "texto", "Código único de inversión"),
        ("OBRA", "texto", "Nombre de la obra"),
        ("AVANCE_FISICO", "entero", "Porcentaje de avance"),
        ("COSTO_ACTUALIZADO", "decimal", "Costo en soles"),
        ("FECHA_INICIO", "fecha", "Inicio de la obra"),
    ]
    files = {
        "/archivos/servicios.csv": _file(tables.services()),
        "/archivos/obras_01-10-2026.csv": _file(tables.works()),
        "/archivos/obras-diccionario.csv": _file(tables.dictionary(works_columns)),
        "/archivos/tupa.csv": _file(tables.ragged()),
        "/archivos/recaudacion.csv": _file(tables.titled()),
        "/archivos/ordenanzas.csv": _file(b""),
        "/archivos/vaso-de-leche.csv": _file(tables.beneficiaries()),
        "/archivos/distritos.csv": _file(tables.ubigeo()),
    }
    return DataJsonPortal(
        datasets=_municipality_datasets(), files=files, title="Datos de la municipalidad"
    )
