"""A district municipality's sample site: one page of links, kept by hand, and its files."""

from acopio.demo import tables
from acopio.demo.pages import LinksSite
from acopio.demo.server import Body
from acopio.demo.tables import Row, csv_text
from acopio.model import Source

PORT = 8204
PAGE = "/datos/index.php"

SOURCE = Source(
    name="distrito",
    title="Municipalidad distrital de muestra",
    kind="html",
    url=f"http://127.0.0.1:{PORT}{PAGE}",
    owner="municipalidad-distrital-de-muestra",
    pause=0.0,
    options={
        "formats": ["csv", "geojson", "pdf"],
        "publisher": "Municipalidad Distrital de Muestra",
        "themes": ["Gobernabilidad"],
    },
)

# Written as such pages are: HTML of another time, no encoding declared, rows left open.
_HTML = """<HTML>
<HEAD><TITLE>Municipalidad Distrital de Muestra :: Datos Abiertos</TITLE></HEAD>
<BODY bgcolor=#ffffff>
<p><a href="../index.php">Inicio</a> | <a href="../tramites.php">Trámites</a>
 | <a href="mailto:datos@muni-muestra.example">Contáctenos</a></p>
<h1>Datos Abiertos</h1>
<p>La Municipalidad pone a disposición de los vecinos la siguiente información.</p>
<table border=1 cellpadding=3>
<tr><th>N°</th><th>Información</th><th>Archivo</th><th>Actualizado</th></tr>
<tr><td>1<td>Licencias de funcionamiento otorgadas
 <td><a href="archivos/licencias_30-09-2026.csv">Descargar aquí</a> /
 <a href="archivos/diccionario_licencias.csv">Diccionario</a><td>30/09/2026
<tr><td>2<td>Obras públicas por contrata
 <td><a href='archivos\\obras 2026.csv'>Descargar aquí</a><td>15/09/2026
<tr><td>3<td>Intervenciones de Serenazgo
 <td><a href="archivos/serenazgo.csv">Descargar aquí</a><td>01/10/2026
<tr><td>4<td>Beneficiarios de comedores populares
 <td><a href="archivos/comedores.csv">Descargar aquí</a><td>01/10/2026
<tr><td>5<td>Recibos por honorarios pagados
 <td><a href="/sistema/reporte.php?archivo=recibos.csv&amp;PHPSESSID=a81f0c">Descargar aquí</a>
 <td>01/10/2026
<tr><td>6<td>Parques y jardines
 <td><a href="archivos/parques.csv">Descargar aquí</a><td>10/02/2019
<tr><td>7<td>Ciclovías
 <td><a href="archivos/ciclovias.csv">CSV</a> <a href="archivos/ciclovias.geojson">GeoJSON</a>
 <td>20/08/2026
</table>
<h2>Normas</h2>
<ul>
<li><a href="normas/ordenanza-0412-2026.pdf" target=_blank>Ordenanza 412-2026, de áreas verdes</a>
 (PDF, 1 MB)
</ul>
<p><a href="#">Subir</a> <a href="javascript:window.print()">Imprimir</a></p>
</BODY>
</HTML>
"""


def _licences() -> bytes:
    """Return business licences as a spreadsheet saves them here: ``;`` and Latin-1."""
    rows: list[Row] = [("N_LICENCIA", "FECHA", "RUC", "RAZON_SOCIAL", "GIRO", "ÁREA_M2", "UBIGEO")]
    trades = ("BODEGA", "FARMACIA", "PANADERÍA", "ZAPATERÍA", "LIBRERÍA")
    for index in range(1, 61):
        day = f"{index % 28 + 1:02}/{index % 9 + 1:02}/2026"
        trade = trades[index % 5]
        area = f"{20 + index * 1.5:.1f}".replace(".", ",")
        rows.append(
            (
                f"L-{index:04}",
                day,
                _ruc(index),
                f"{trade} N° {index} S.A.C.",
                trade,
                area,
                "150135",
            )
        )
    return csv_text(rows, ";").encode("latin-1")


def _ruc(index: int) -> str:
    """Return a RUC with its check digit, from the end of the range, where none was issued."""
    from stdnum.pe.ruc import calc_check_digit

    number = f"2099999{index:03}"
    return number + str(calc_check_digit(number))


def _works() -> bytes:
    """Return works with the sheet's title above the header, as exported from it."""
    title = "MUNICIPALIDAD DISTRITAL DE MUESTRA,,,,\nOBRAS POR CONTRATA - AÑO 2026,,,,\n,,,,\n"
    rows: list[Row] = [("CUI", "OBRA", "SECTOR", "AVANCE", "MONTO")]
    for index in range(1, 26):
        name = f"Mejoramiento de la losa deportiva {index}"
        rows.append(
            (f"{2_450_000 + index}", name, index % 6 + 1, index * 4, f"{index * 31_000}.00")
        )
    return (title + csv_text(rows)).encode()


def _patrols() -> bytes:
    rows: list[Row] = [("FECHA", "SECTOR", "TIPO", "INTERVENCIONES", "UBIGEO")]
    kinds = ("Apoyo a vecinos", "Accidente de tránsito", "Ruidos molestos")
    for index in range(90):
        day = f"2026-09-{index % 30 + 1:02}"
        rows.append((day, index % 6 + 1, kinds[index % 3], index * 7 % 23 + 1, "150135"))
    return csv_text(rows).encode()


def _cycleways() -> tuple[bytes, bytes]:
    """Return the same lanes as a table and as GeoJSON."""
    lanes = [
        (n, f"Tramo {n}", 400 + n * 75, -12.0 - n / 1000, -77.08 + n / 900) for n in range(1, 9)
    ]
    header = ("ID", "TRAMO", "METROS", "LATITUD", "LONGITUD")
    features = ",\n".join(
        f'{{"type": "Feature", "properties": {{"ID": {n}, "TRAMO": "{name}", "METROS": {metres}}}, '
        f'"geometry": {{"type": "Point", "coordinates": [{x:.5f}, {y:.5f}]}}}}'
        for n, name, metres, y, x in lanes
    )
    table = [(n, name, metres, f"{y:.5f}", f"{x:.5f}") for n, name, metres, y, x in lanes]
    collection = f'{{"type": "FeatureCollection", "features": [\n{features}\n]}}\n'
    return csv_text([header, *table]).encode(), collection.encode()


def _ordinance() -> bytes:
    """Return a PDF of one page with a line of text, as small as one can be."""
    words = b"BT /F1 12 Tf 72 720 Td (Ordenanza 412-2026: conservacion de areas verdes) Tj ET"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(words), words),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"xref\n0 6\n0000000000 65535 f \n" + table + end


def portal() -> LinksSite:
    """Return the municipality's site: eight datasets in one page, in Latin-1 without saying so.

    The page promises more than it keeps: one link is dead, one report answers with a page that
    says the session has ended, one list holds names and DNI.
    """
    columns = [
        ("N_LICENCIA", "texto", "Número de la licencia"),
        ("FECHA", "fecha", "Fecha en que se otorgó"),
        ("RUC", "texto", "RUC del titular"),
        ("RAZON_SOCIAL", "texto", "Razón social del titular"),
        ("GIRO", "texto", "Giro del establecimiento"),
        ("ÁREA_M2", "decimal", "Área en metros cuadrados"),
        ("UBIGEO", "texto", "Código del distrito, según el INEI"),
    ]
    cycleways, map_of_them = _cycleways()
    expired = Body(content=tables.page("Sesión expirada"), media_type="text/html; charset=utf-8")
    return LinksSite(
        pages={PAGE: _HTML},
        encoding="latin-1",
        declared=False,
        files={
            "/datos/archivos/licencias_30-09-2026.csv": Body(content=_licences()),
            "/datos/archivos/diccionario_licencias.csv": Body(content=tables.dictionary(columns)),
            "/datos/archivos/obras 2026.csv": Body(content=_works()),
            "/datos/archivos/serenazgo.csv": Body(content=_patrols()),
            "/datos/archivos/comedores.csv": Body(content=tables.beneficiaries()),
            "/sistema/reporte.php": expired,
            "/datos/archivos/ciclovias.csv": Body(content=cycleways),
            "/datos/archivos/ciclovias.geojson": Body(
                content=map_of_them, media_type="application/geo+json"
            ),
            "/datos/normas/ordenanza-0412-2026.pdf": Body(
                content=_ordinance(), media_type="application/pdf"
            ),
        },
    )
