"""The national sample portal, a DKAN 7: many publishers' datasets in one catalogue.

Its pager forgets the limit and the offset of a list, so every page is the first one: all datasets
are listed, yet nobody can know that these are all. The listing is incomplete, and says so.
"""

from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from acopio.demo import national_tables as made
from acopio.demo.dkan7 import Dkan7Portal
from acopio.demo.server import Body
from acopio.demo.tables import dictionary
from acopio.model import Source

PORT = 8203
SOURCE = Source(
    name="nacional",
    title="Portal nacional de muestra",
    kind="dkan7",
    url=f"http://127.0.0.1:{PORT}",
    owner="from-publisher",
    pause=0.0,
)

_FOLDER = "/sites/default/files/"
_ODC_BY = "http://opendefinition.org/licenses/odc-by/"
_CHANGED = "Jue, 10/01/2026 - 12:30"
_MIDIS = "Ministerio de Desarrollo e Inclusión Social"
_SUSALUD = "Superintendencia Nacional de Salud"
_SUNASS = "Superintendencia Nacional de Servicios de Saneamiento"
_MTC = "Ministerio de Transportes y Comunicaciones"
_MINEM = "Ministerio de Energía y Minas"
_MIMP = "Ministerio de la Mujer y Poblaciones Vulnerables"
_INEI = "Instituto Nacional de Estadística e Informática"
_MIDAGRI = "Ministerio de Desarrollo Agrario y Riego"
_MINAM = "Ministerio del Ambiente"
_PCM = "Presidencia del Consejo de Ministros"
_REGION = "Gobierno Regional de Muestra"  # invented: nobody real is shown to publish persons


def portal() -> Dkan7Portal:
    """Return the portal: twelve datasets, and one that is private."""
    changed = datetime(2026, 10, 1, 17, 30, tzinfo=UTC)
    return Dkan7Portal(
        packages=[*_sound(), *_told_badly(), *_lost()],
        files={
            _FOLDER + name: Body(content=content, modified=changed)
            for name, content in _files().items()
        },
        title="Portal nacional de datos de muestra",
        repeats=True,
        private=frozenset(["registro-en-preparacion"]),
    )


@cache
def _files() -> dict[str, bytes]:
    return {
        "centros_mac.csv": made.service_centres(),
        "ubigeo_inei_reniec.csv": made.ubigeo_pairs(),
        "INFOMIDIS_20260831.csv": made.social_programmes(date(2026, 8, 31)),
        "INFOMIDIS_20260930.csv": made.social_programmes(date(2026, 9, 30)),
        "diccionario_infomidis_0.csv": dictionary(made.SOCIAL_COLUMNS),
        "RENIPRESS_31-08-2026.csv": made.health_facilities(),
        "reclamos_2023_2025.csv": made.water_complaints(),
        "siniestros_2025.csv": made.road_accidents(),
        "produccion_metalica_2026.csv": made.mining_output(),
        "consultas_linea_7.csv": made.helpline(),
        "datero_agrario.csv": made.farm_prices(),
        "calidad_del_aire_2026_09.csv": made.air_quality(),
        "RENAMU_2025.csv": made.municipal_register(),
        "padron_comedores.csv": made.canteen_users(),
    }


def _sound() -> list[dict[str, Any]]:
    """Return datasets that are published as they come, or nearly."""
    return [
        _dataset(
            "centros-mac",
            "Centros de atención al ciudadano - [PCM]",
            "<p>Centros con sus módulos y su fecha de apertura.</p>",
            _PCM,
            ("Centros de atención", "centros_mac.csv"),
        ),
        _dataset(
            "ubigeo-inei-reniec",
            "Códigos de distrito del INEI y del RENIEC",
            "<p>El mismo distrito tiene un código en cada registro.</p>"
            "<ul><li><strong>UBIGEO_INEI</strong>: el de los censos;</li>"
            "<li><strong>UBIGEO_RENIEC</strong>: el del documento de identidad.</li></ul>"
            '<p>Vea <a href="https://www.datos.example/ubigeo">la explicación</a>.</p>',
            _INEI,
            ("Distritos", "ubigeo_inei_reniec.csv"),
            license_title="odc-by",
        ),
        _dataset(
            "datero-agrario",
            "Datero agrario",
            "<p>Precios en chacra por semana.</p><p>Su ficha cambia, sus datos son de 2020.</p>",
            _MIDAGRI,
            ("Precios", "datero_agrario.csv"),
        ),
        _dataset(
            "calidad-del-aire",
            "Calidad del aire por estación",
            "<p>Mediciones cada cuatro horas, setiembre de 2026. Nadie eligió una licencia.</p>",
            _MINAM,
            ("Mediciones", "calidad_del_aire_2026_09.csv"),
            license_title=None,
        ),
    ]


def _told_badly() -> list[dict[str, Any]]:
    """Return datasets whose tables are good, written as spreadsheets and systems write them."""
    return [
        _dataset(
            "usuarios-de-programas-sociales",
            "Usuarios de programas sociales por distrito - [MIDIS]",
            "<p>Usuarios por programa y distrito, al cierre de cada mes.</p>",
            _MIDIS,
            ("Agosto 2026", "INFOMIDIS_20260831.csv"),
            ("Setiembre 2026", "INFOMIDIS_20260930.csv"),
            ("Diccionario de datos", "diccionario_infomidis_0.csv"),
        ),
        _dataset(
            "renipress",
            "Registro de establecimientos de salud - [SUSALUD]",
            "<p>Establecimientos con su categoría, su estado y sus coordenadas.</p>",
            _SUSALUD,
            ("RENIPRESS_31-08-2026", "RENIPRESS_31-08-2026.csv"),
        ),
        _dataset(
            "reclamos-de-saneamiento",
            "Reclamos por servicios de saneamiento",
            "<p>Reclamos presentados y fundados, por empresa y motivo.</p>",
            _SUNASS,
            ("Reclamos 2023-2025", "reclamos_2023_2025.csv"),
            license_title="Open Data Commons Attribution",
        ),
        _dataset(
            "siniestros-viales",
            "Siniestros en la red vial nacional, 2025",
            "<p>Un siniestro por fila, exportado del sistema con barras verticales.</p>",
            _MTC,
            ("Siniestros 2025", "siniestros_2025.csv"),
        ),
        _dataset(
            "produccion-minera",
            "Producción minera metálica",
            "<p>La tabla empieza en la tercera línea, debajo de su título y su fuente.</p>",
            _MINEM,
            ("Producción 2026", "produccion_metalica_2026.csv"),
        ),
        _dataset(
            "consultas-linea-de-ayuda",
            "Consultas a la línea de ayuda",
            "<p>Consultas por departamento; los meses van en palabras.</p>"
            "<p>El archivo de los años anteriores ya no está donde se dice.</p>",
            _MIMP,
            ("Consultas 2024-2025", "consultas_linea_7.csv"),
            ("Consultas 2022-2023", "consultas_linea_3.csv"),
        ),
    ]


def _lost() -> list[dict[str, Any]]:
    """Return datasets of which nothing can be published."""
    return [
        _dataset(
            "renamu-2025",
            "Registro Nacional de Municipalidades 2025 - [INEI]",
            "<p>Un archivo comprimido que se declara CSV.</p>",
            _INEI,
            ("RENAMU 2025", "RENAMU_2025.csv"),
        ),
        _dataset(
            "comedores-populares",
            "Usuarios de comedores populares",
            "<p>El archivo lleva nombres y números de DNI.</p>",
            _REGION,
            ("Padrón de usuarios", "padron_comedores.csv"),
        ),
    ]


def _dataset(
    name: str, title: str, notes: str, group: str, *files: tuple[str, str], **more: Any
) -> dict[str, Any]:
    """Return a dataset as DKAN 7 says it; ``files`` are labels and names of uploads.

    What is None or empty is left out, as DKAN does.
    """
    from slugify import slugify

    said = {
        "id": _id(name),
        "name": name,
        "title": title,
        "author": group,
        "maintainer": "Oficina de datos abiertos",
        "maintainer_email": "datosabiertos@nacional.example",
        "license_title": _ODC_BY,
        "notes": notes + "<p><em>Datos de muestra: sus valores son inventados.</em></p>",
        "url": f"{{base}}/dataset/{name}",
        "state": "Active",
        "private": "Publicado",
        "type": "Dataset",
        "creator_user_id": _id("usuario"),
        "revision_timestamp": _CHANGED,
        "metadata_created": "Jue, 10/31/2024 - 10:54",
        "metadata_modified": _CHANGED,
        "resources": [_resource(label, file) for label, file in files],
        "groups": [
            {
                "id": _id(group),
                "title": group,
                "name": f"group/{slugify(group)}",
                "display_name": title,
            }
        ],
        "extras": [{"key": "Cobertura", "value": "&quot;Perú&quot;"}],
        **more,
    }
    return {key: value for key, value in said.items() if value}


def _resource(label: str, file: str) -> dict[str, Any]:
    content = _files().get(file)
    said = {
        "id": _id(file),
        "name": label,
        "url": f"{{base}}{_FOLDER}{file}",
        "format": ".csv",
        "mimetype": "text/csv",
        "size": _size(len(content)) if content else None,
        "state": "Active",
        "created": _CHANGED,
        "last_modified": f"Date changed\t{_CHANGED}",
    }
    return {key: value for key, value in said.items() if value}


def _size(count: int) -> str:
    """Return a number of bytes as Drupal writes it."""
    return f"{count} bytes" if count < 1024 else f"{count / 1024:.2f} KB"


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://nacional.example/{name}"))
