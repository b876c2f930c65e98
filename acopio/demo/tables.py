"""The files of the sample portals, made here: Peruvian shapes, invented values, nobody's data."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence

Row = Sequence[object]

DISTRICTS: tuple[tuple[str, str, str, str], ...] = (
    ("010101", "AMAZONAS", "CHACHAPOYAS", "CHACHAPOYAS"),
    ("021801", "ANCASH", "SANTA", "CHIMBOTE"),
    ("040101", "AREQUIPA", "AREQUIPA", "AREQUIPA"),
    ("050101", "AYACUCHO", "HUAMANGA", "AYACUCHO"),
    ("080101", "CUSCO", "CUSCO", "CUSCO"),
    ("120101", "JUNIN", "HUANCAYO", "HUANCAYO"),
    ("130101", "LA LIBERTAD", "TRUJILLO", "TRUJILLO"),
    ("150101", "LIMA", "LIMA", "LIMA"),
    ("160101", "LORETO", "MAYNAS", "IQUITOS"),
    ("200101", "PIURA", "PIURA", "PIURA"),
    ("210101", "PUNO", "PUNO", "PUNO"),
    ("230101", "TACNA", "TACNA", "TACNA"),
)
_SECTORS = (("01", "PRESIDENCIA CONSEJO MINISTROS"), ("09", "ECONOMIA Y FINANZAS"))
_GENERIC = (("3", "BIENES Y SERVICIOS"), ("5", "OTROS GASTOS"), ("6", "ACTIVOS NO FINANCIEROS"))
_NUMBERS = ("UNO", "DOS", "TRES", "CUATRO", "CINCO", "SEIS", "SIETE", "OCHO", "NUEVE", "DIEZ")


def csv_text(rows: Iterable[Row], delimiter: str = ",") -> str:
    """Write rows as CSV with LF line ends."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def budget(year: int = 2026) -> bytes:
    """Return budget execution as SIAF shows it: codes are text with zeros, amounts have a point."""
    header = (
        "ANO_EJE,MES_EJE,SECTOR,SECTOR_NOMBRE,SEC_EJEC,DEPARTAMENTO_META,UBIGEO_META,"
        "GENERICA,GENERICA_NOMBRE,MONTO_PIA,MONTO_PIM,MONTO_DEVENGADO"
    )
    rows: list[Row] = [header.split(",")]
    for month in range(1, 10):
        for index, (ubigeo, department, _, _) in enumerate(DISTRICTS):
            sector, sector_name = _SECTORS[index % 2]
            generic, generic_name = _GENERIC[(index + month) % 3]
            planned = 120_000 + index * 3_500 + month * 750
            rows.append(
                (
                    *(year, f"{month:02}", sector, sector_name, f"{1000 + index:06}"),
                    *(department, ubigeo, generic, generic_name),
                    *(f"{planned}.00", f"{planned + 9_000}.50", f"{planned * 0.71:.2f}"),
                )
            )
    return csv_text(rows).encode()


def ubigeo() -> bytes:
    """Return districts with their INEI codes."""
    return csv_text([("UBIGEO", "DEPARTAMENTO", "PROVINCIA", "DISTRITO"), *DISTRICTS]).encode()


def facilities() -> bytes:
    """Return health posts with ubigeo and coordinates."""
    header = ("CODIGO_RENIPRESS", "NOMBRE", "UBIGEO", "CATEGORIA", "LATITUD", "LONGITUD")
    rows: list[Row] = [header]
    for index, (code, _, _, district) in enumerate(DISTRICTS):
        place = (f"{-6.2 - index * 0.9:.5f}", f"{-77.8 + index * 0.6:.5f}")
        rows.append((f"{index + 101:08}", f"PUESTO DE SALUD {district}", code, "I-2", *place))
    return csv_text(rows).encode()


def suppliers() -> bytes:
    """Return purchase orders in Latin-1, with semicolons and decimal commas, as Excel saves."""
    rows: list[Row] = [("N° ORDEN", "FECHA", "DESCRIPCIÓN", "MONTO")]
    for index in range(1, 21):
        amount = f"{index * 350 + 0.5:.2f}".replace(".", ",")
        rows.append(
            (f"{index:05}", f"{index:02}/09/2026", "Adquisición de útiles y señales", amount)
        )
    return csv_text(rows, ";").encode("latin-1")


def ragged() -> bytes:
    """Return procedures of which some rows have a cell too many or too few."""
    lines = ["CODIGO,TRAMITE,PLAZO_DIAS,COSTO"]
    for index in range(1, 16):
        lines.append(f"T{index:03},LICENCIA TIPO {index},{index + 5},{index * 10}.00")
    lines[4] = "T004,LICENCIA, CON COMA SIN COMILLAS,9,40.00"
    lines[9] = "T009,LICENCIA TIPO 9"
    return ("\n".join(lines) + "\n").encode()


def titled() -> bytes:
    """Return a table with its title and source written above the header."""
    title = "MUNICIPALIDAD DE MUESTRA,,,\nRecaudación mensual 2026 (en soles),,,\n,,,\n"
    rows = [(month, 1000 + month * 10, 400 + month * 5, "S/") for month in range(1, 11)]
    table = csv_text([("MES", "PREDIAL", "ARBITRIOS", "MONEDA"), *rows])
    return (title + table).encode()


def beneficiaries() -> bytes:
    """Return a list with names and DNI, which must never be published; all of it invented."""
    rows: list[Row] = [("DNI", "APELLIDOS_Y_NOMBRES", "UBIGEO", "RACIONES")]
    for index, number in enumerate(_NUMBERS, start=1):
        # Eight digits as a DNI has, from the end of the range, where none has been issued.
        rows.append((f"{99_999_900 + index}", f"PERSONA {number}", "150101", index))
    return csv_text(rows).encode()


def zip_of(name: str, content: bytes) -> bytes:
    """Return a zip with one file, the same bytes every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name, (2026, 10, 1, 12, 0, 0)), content)
    return out.getvalue()


def page(title: str) -> bytes:
    """Return the HTML page that some servers send in a file's place."""
    return (
        f"<!DOCTYPE html>\n<html lang='es'><head><title>{title}</title></head>"
        f"<body><p>{title}. El archivo solicitado no está disponible.</p></body></html>\n"
    ).encode()


def dictionary(columns: Iterable[tuple[str, str, str]]) -> bytes:
    """Return a data dictionary: column, type, meaning."""
    return csv_text([("CAMPO", "TIPO", "DESCRIPCION"), *columns]).encode()


def services() -> bytes:
    """Return a municipality's services to citizens."""
    rows: list[Row] = [("CODIGO", "SERVICIO", "CANAL", "COSTO_SOLES", "UBIGEO")]
    names = ("Partida de nacimiento", "Licencia de funcionamiento", "Constancia de posesión")
    for index in range(18):
        channel = "Presencial" if index % 3 else "En línea"
        rows.append((f"SC-{index:03}", names[index % 3], channel, f"{index * 2.5:.2f}", "130101"))
    return csv_text(rows).encode()


def works() -> bytes:
    """Return public works with their investment code."""
    rows: list[Row] = [("CUI", "OBRA", "AVANCE_FISICO", "COSTO_ACTUALIZADO", "FECHA_INICIO")]
    for index in range(1, 15):
        start = f"2026-{index % 9 + 1:02}-15"
        rows.append(
            (f"{2400000 + index}", f"Mejoramiento de vía {index}", index * 7, index * 51_000, start)
        )
    return csv_text(rows).encode()
