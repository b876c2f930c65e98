"""The files of the national sample portal: shapes as the real ones have, invented values.

Where a shape comes from is said at each. Codes and column names are those of the public source;
no value is.
"""

from datetime import date, timedelta

from acopio.demo.tables import DISTRICTS, Row, csv_text, zip_of

_MONTHS = (
    *("ENERO", "FEBRERO", "MARZO", "ABRIL", "MAYO", "JUNIO"),
    *("JULIO", "AGOSTO", "SETIEMBRE", "OCTUBRE", "NOVIEMBRE", "DICIEMBRE"),
)
_STATIONS = (("-12.04720", "-77.04280"), ("-12.12110", "-77.02970"))
# The civil registry's code of each district, in their order.
_RENIEC = (
    *("010101", "021301", "040101", "050101", "070101", "110101"),
    *("120101", "140101", "150101", "190101", "200101", "220101"),
)
_DASH = "\u2013"


def social_programmes(cut: date) -> bytes:
    """Return users of social programmes by district, at a cut.

    After INFOMIDIS (MIDIS) as published on the national portal: semicolons, Latin-1, a comma
    between thousands, an empty cell where a programme does not work.
    """
    header = (
        "FECHA_CORTE",
        "UBIGEO",
        "CUNAMAS - Cuidado Diurno",
        "CUNAMAS - Acompañamiento a Familias",
        "FONCODES - Hogares",
        "JUNTOS - Hogares Afiliados",
        "PENSION 65 - Usuarios",
        "QALI WARMA - Niños y Niñas Atendidos",
        "CONTIGO - Usuarios",
    )
    rows: list[Row] = [header]
    for index, (ubigeo, *_) in enumerate(DISTRICTS, start=1):
        base = index * 137 + cut.month * 11
        counts = (base, base * 2 + 40, None, base * 3, base * 9 + 1000, base * 14 + 2000, index * 6)
        cells = ["" if n is None or n % 7 == 0 else f"{n:,}" for n in counts]
        rows.append((f"{cut:%Y%m%d}", ubigeo, *cells))
    return csv_text(rows, ";").encode("latin-1")


SOCIAL_COLUMNS = (
    ("FECHA_CORTE", "fecha", "Día del corte, como AAAAMMDD"),
    ("UBIGEO", "texto", "Código de distrito del INEI, de seis dígitos"),
    ("PENSION 65 - Usuarios", "entero", "Usuarios que reciben la subvención"),
)


def health_facilities() -> bytes:
    """Return health facilities. After RENIPRESS (SUSALUD): semicolons, UTF-8 with a BOM."""
    header = (
        "INSTITUCION",
        "COD_IPRESS",
        "NOMBRE_IPRESS",
        "CLASIFICACION",
        "UBIGEO",
        "DEPARTAMENTO",
        "PROVINCIA",
        "DISTRITO",
        "CATEGORIA",
        "ESTADO",
        "LATITUD",
        "LONGITUD",
    )
    kinds = (("PUESTO DE SALUD", "I-1"), ("CENTRO DE SALUD", "I-3"), ("POSTA MÉDICA", "I-2"))
    rows: list[Row] = [header]
    for index in range(480):
        ubigeo, department, province, district = DISTRICTS[index % len(DISTRICTS)]
        kind, category = kinds[index % len(kinds)]
        place = (f"{-5.1 - index * 0.025:.5f}", f"{-79.5 + index * 0.019:.5f}")
        facility = ("GOBIERNO REGIONAL", f"{index + 1:08}", f"{kind} N.° {index + 1}", kind)
        state = "INACTIVO" if index % 37 == 36 else "ACTIVO"
        rows.append((*facility, ubigeo, department, province, district, category, state, *place))
    return csv_text(rows, ";").encode("utf-8-sig")


def water_complaints() -> bytes:
    """Return complaints to water companies: Latin-1 and semicolons, as a spreadsheet saves them."""
    rows: list[Row] = [("AÑO", "EMPRESA", "REGIÓN", "MOTIVO", "PRESENTADOS", "FUNDADOS")]
    motives = ("FACTURACIÓN EXCESIVA", "CORTE DE SERVICIO", "CONEXIÓN", "ATENCIÓN AL USUARIO")
    for year in (2023, 2024, 2025):
        for index, (_, region, *_) in enumerate(DISTRICTS):
            for place, motive in enumerate(motives):
                filed = 40 + index * 9 + place * 13 + year % 10
                rows.append((year, f"EPS MUESTRA {index + 1}", region, motive, filed, filed // 3))
    return csv_text(rows, ";").encode("latin-1")


def road_accidents() -> bytes:
    """Return accidents on the road network, one a row.

    After what road agencies export from their systems: bars, cp1252 with typographic quotes and
    dashes, CRLF.
    """
    header = "CODIGO|FECHA|HORA|RUTA|TRAMO|UBIGEO|CAUSA|HERIDOS|FALLECIDOS"
    causes = ("Exceso de velocidad", "Falla mecánica", "Neblina", "Imprudencia")
    lines = [header]
    for index in range(1500):
        ubigeo, _, province, district = DISTRICTS[index * 5 % len(DISTRICTS)]
        day = date(2025, 1, 1) + timedelta(days=index * 7 % 365)
        stretch = f"“{province.title()} {_DASH} {district.title()}”, km {index % 900}"
        hour = f"{index % 24:02}:{index * 7 % 60:02}"
        counts = f"{index % 5}|{1 if index % 23 == 0 else 0}"
        route = f"PE-{index % 30 + 1:02}{'NS'[index % 2]}"
        cause = causes[index % len(causes)]
        lines.append(f"AC-{index:06}|{day}|{hour}|{route}|{stretch}|{ubigeo}|{cause}|{counts}")
    return ("\r\n".join(lines) + "\r\n").encode("cp1252")


def mining_output() -> bytes:
    """Return mining output, its header on the third line, below a title and a source.

    After the bulletins that ministries keep as spreadsheets and save as CSV.
    """
    rows: list[Row] = [
        ("PRODUCCIÓN MINERA METÁLICA 2026", "", "", "", "", ""),
        ("Fuente: declaraciones de muestra, datos preliminares", "", "", "", "", ""),
        ("PRODUCTO", "UNIDAD", "DEPARTAMENTO", "MES", "TITULARES", "CANTIDAD"),
    ]
    products = (("COBRE", "TMF"), ("ZINC", "TMF"), ("ORO", "g finos"), ("PLATA", "kg finos"))
    for index, (product, unit) in enumerate(products):
        for place, (_, department, *_) in enumerate(DISTRICTS):
            for month in range(1, 10):
                amount = f"{(index + 2) * 410 + place * 17.5 + month * 3.25:.2f}"
                rows.append((product, unit, department, month, place % 4 + 1, amount))
    return csv_text(rows).encode()


def helpline() -> bytes:
    """Return calls to a helpline, the months in words, as monthly reports write them."""
    rows: list[Row] = [("AÑO", "MES", "DEPARTAMENTO", "CONSULTAS", "DERIVACIONES")]
    for year in (2024, 2025):
        for number, month in enumerate(_MONTHS, start=1):
            for index, (_, department, *_) in enumerate(DISTRICTS):
                calls = 90 + index * 21 + number * 4 + year % 10
                rows.append((year, month, department, calls, calls // 5))
    return csv_text(rows).encode()


def municipal_register() -> bytes:
    """Return a zip with one table in it. After RENAMU (INEI), which portals declare as CSV."""
    header = ("AÑO", "UBIGEO", "DEPARTAMENTO", "PROVINCIA", "DISTRITO", "P13_COMPUTADORAS", "P20")
    rows: list[Row] = [header]
    for index, district in enumerate(DISTRICTS):
        rows.append((2025, *district, 12 + index * 3, index % 2 + 1))
    return zip_of("RENAMU_2025.csv", csv_text(rows).encode())


def farm_prices() -> bytes:
    """Return farm prices by week; the last is of 2020, whatever the portal says of its update.

    After a dataset of the national portal whose record changes although its data stopped.
    """
    rows: list[Row] = [("FECHA", "DEPARTAMENTO", "PRODUCTO", "PRECIO_CHACRA", "MONEDA")]
    products = ("PAPA BLANCA", "MAÍZ AMARILLO DURO", "ARROZ CÁSCARA", "CAFÉ PERGAMINO")
    for week in range(52):
        day = date(2020, 1, 6) + timedelta(weeks=week)
        for index, product in enumerate(products):
            _, department, *_ = DISTRICTS[(week + index) % len(DISTRICTS)]
            rows.append((day, department, product, f"{0.8 + index * 1.35 + week * 0.01:.2f}", "S/"))
    return csv_text(rows).encode()


def air_quality() -> bytes:
    """Return hourly measures of air quality at stations, with ubigeo and coordinates."""
    header = ("ESTACION", "FECHA", "HORA", "UBIGEO", "LATITUD", "LONGITUD", "PM2_5", "PM10", "NO2")
    rows: list[Row] = [header]
    for day in range(1, 31):
        for hour in range(0, 24, 4):
            for number, coordinates in enumerate(_STATIONS):
                base = 11 + (day * 3 + hour + number * 7) % 30
                measures = (f"{base}.{day % 10}", f"{base * 2}.{hour % 10}", f"{base // 2 + 4}.0")
                place = (f"EST-{number + 1:02}", f"2026-09-{day:02}", f"{hour:02}:00", "150101")
                rows.append((*place, *coordinates, *measures))
    return csv_text(rows).encode()


def canteen_users() -> bytes:
    """Return users of canteens with DNI, names and address, which must never be published.

    After the lists that end on portals by mistake. All of it is invented, and the numbers are from
    the end of the range, where no DNI has been issued.
    """
    rows: list[Row] = [("NRO", "DNI", "APELLIDOS", "NOMBRES", "UBIGEO", "RACIONES")]
    for number in range(1, 61):
        ubigeo = DISTRICTS[number % len(DISTRICTS)][0]
        names = ("MUESTRA SINTETICA", f"PERSONA {_in_words(number)}")
        rows.append((number, f"{99_999_800 + number}", *names, ubigeo, number % 20 + 5))
    return csv_text(rows).encode()


def service_centres() -> bytes:
    """Return centres of service to citizens: as it should be."""
    header = ("CODIGO", "CENTRO", "UBIGEO", "DEPARTAMENTO", "MODULOS", "FECHA_APERTURA")
    rows: list[Row] = [header]
    for index, (ubigeo, department, _, district) in enumerate(DISTRICTS):
        opened = date(2018, 3, 1) + timedelta(days=index * 190)
        rows.append((f"MAC-{index:02}", f"MAC {district}", ubigeo, department, index + 8, opened))
    return csv_text(rows).encode()


def ubigeo_pairs() -> bytes:
    """Return districts with two codes, INEI's and RENIEC's, which differ for most."""
    rows: list[Row] = [("UBIGEO_INEI", "UBIGEO_RENIEC", "DEPARTAMENTO", "PROVINCIA", "DISTRITO")]
    pairs = zip(DISTRICTS, _RENIEC, strict=True)
    rows += [(code, other, *names) for (code, *names), other in pairs]
    return csv_text(rows).encode()


def _in_words(number: int) -> str:
    tens = ("", "DIEZ", "VEINTE", "TREINTA", "CUARENTA", "CINCUENTA", "SESENTA")
    ones = ("", "UNO", "DOS", "TRES", "CUATRO", "CINCO", "SEIS", "SIETE", "OCHO", "NUEVE")
    return " Y ".join(word for word in (tens[number // 10], ones[number % 10]) if word)
