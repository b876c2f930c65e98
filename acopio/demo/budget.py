"""A budget office's sample site: a folder of files that its web server lists, and nothing more."""

from datetime import UTC, datetime

from acopio.demo import siaf, tables
from acopio.demo.pages import FolderSite
from acopio.demo.server import Body
from acopio.model import Source

PORT = 8205
FOLDER = "/datastorefiles/"

SOURCE = Source(
    name="presupuesto",
    title="Oficina de presupuesto de muestra",
    kind="html",
    url=f"http://127.0.0.1:{PORT}{FOLDER}",
    owner="oficina-de-presupuesto-de-muestra",
    pause=0.0,
    options={"depth": 1, "licence": "odc-by", "themes": ["Economía y Finanzas"]},
)

_READ_ME = """Archivos del gasto público, actualizados cada día.
Los códigos son texto y conservan sus ceros. Los montos están en soles.
"""


def _file(content: bytes, media_type: str = "text/csv", day: int = 1) -> Body:
    modified = datetime(2026, 10, day, 6, 30, tzinfo=UTC)
    return Body(content=content, media_type=media_type, modified=modified)


def portal() -> FolderSite:
    """Return the office's site: seven datasets, a dictionary and a note for readers.

    Well made are the spending of two years and the investments; an old year comes in a zip, one
    file has commas without quotes, one is cut, and one older year lies in a sub-folder.
    """
    old = tables.zip_of("2024-Gasto.csv", siaf.spending(2024, 60))
    files = {
        "2024-Gasto.zip": _file(old, "application/zip"),
        "2025-Gasto.csv": _file(siaf.spending(2025, 240)),
        "2026-Gasto-Mensual.csv": _file(siaf.spending(2026, 2_400), day=14),
        "2026-Gasto-Mensual_Diccionario.csv": _file(siaf.dictionary()),
        "2026-Seguimiento-PI.csv": _file(siaf.follow_up(), day=14),
        "DETALLE_INVERSIONES.csv": _file(siaf.investments(), day=14),
        "LEEME.txt": _file(_READ_ME.encode(), "text/plain"),
        "TRANSFERENCIAS_30-09-2026.csv": _file(siaf.transfers()),
        "anteriores/2023-Gasto.csv": _file(siaf.spending(2023, 120)),
    }
    return FolderSite(files={FOLDER + name: body for name, body in files.items()})
