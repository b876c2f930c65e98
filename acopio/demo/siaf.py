"""Tables shaped as those of the budget system: its columns and kinds of codes, invented figures.

The columns, their order and the codes' lengths are facts of the daily spending file that the
Ministry of Economy and Finance publishes (``2026-Gasto-Diario.csv``, 63 columns, November 2026).
"""

from collections.abc import Iterator

from acopio.demo.tables import DISTRICTS, Row, csv_text

_COLUMNS_WORDS = """
ANO_EJE MES_EJE NIVEL_GOBIERNO NIVEL_GOBIERNO_NOMBRE SECTOR SECTOR_NOMBRE PLIEGO PLIEGO_NOMBRE
SEC_EJEC EJECUTORA EJECUTORA_NOMBRE DEPARTAMENTO_EJECUTORA DEPARTAMENTO_EJECUTORA_NOMBRE
PROVINCIA_EJECUTORA PROVINCIA_EJECUTORA_NOMBRE DISTRITO_EJECUTORA DISTRITO_EJECUTORA_NOMBRE
SEC_FUNC PROGRAMA_PPTO PROGRAMA_PPTO_NOMBRE TIPO_ACT_PROY TIPO_ACT_PROY_NOMBRE
PRODUCTO_PROYECTO PRODUCTO_PROYECTO_NOMBRE ACTIVIDAD_ACCION_OBRA ACTIVIDAD_ACCION_OBRA_NOMBRE
FUNCION FUNCION_NOMBRE DIVISION_FUNCIONAL DIVISION_FUNCIONAL_NOMBRE GRUPO_FUNCIONAL
GRUPO_FUNCIONAL_NOMBRE META FINALIDAD META_NOMBRE DEPARTAMENTO_META DEPARTAMENTO_META_NOMBRE
FUENTE_FINANCIAMIENTO FUENTE_FINANCIAMIENTO_NOMBRE RUBRO RUBRO_NOMBRE TIPO_RECURSO
TIPO_RECURSO_NOMBRE CATEGORIA_GASTO CATEGORIA_GASTO_NOMBRE TIPO_TRANSACCION GENERICA
GENERICA_NOMBRE SUBGENERICA SUBGENERICA_NOMBRE SUBGENERICA_DET SUBGENERICA_DET_NOMBRE ESPECIFICA
ESPECIFICA_NOMBRE ESPECIFICA_DET ESPECIFICA_DET_NOMBRE MONTO_PIA MONTO_PIM MONTO_CERTIFICADO
MONTO_COMPROMETIDO_ANUAL MONTO_COMPROMETIDO MONTO_DEVENGADO MONTO_GIRADO
"""
COLUMNS = tuple(_COLUMNS_WORDS.split())

_PROGRAMMES = (
    ("0002", "SALUD MATERNO NEONATAL", "20", "SALUD"),
    ("0068", "REDUCCION DE VULNERABILIDAD Y EMERGENCIAS", "05", "ORDEN PUBLICO Y SEGURIDAD"),
    ("0090", "LOGROS DE APRENDIZAJE", "22", "EDUCACION"),
    ("0138", "REDUCCION DEL COSTO DEL TRANSPORTE", "15", "TRANSPORTE"),
)
_GENERIC = (
    ("1", "PERSONAL Y OBLIGACIONES SOCIALES", "5", "GASTO CORRIENTE"),
    ("3", "BIENES Y SERVICIOS", "5", "GASTO CORRIENTE"),
    ("6", "ADQUISICION DE ACTIVOS NO FINANCIEROS", "6", "GASTO DE CAPITAL"),
)
_SOURCES = (
    ("1", "RECURSOS ORDINARIOS", "00", "RECURSOS ORDINARIOS"),
    ("2", "RECURSOS DIRECTAMENTE RECAUDADOS", "09", "RECURSOS DIRECTAMENTE RECAUDADOS"),
)


def spending(year: int, rows: int) -> bytes:
    """Return spending by month, unit, programme and item: 63 columns, codes as text with zeros."""
    return csv_text([COLUMNS, *(_spent(year, index) for index in range(rows))]).encode()


def _spent(year: int, index: int) -> Row:
    ubigeo, department, province, district = DISTRICTS[index % len(DISTRICTS)]
    programme, programme_name, function, function_name = _PROGRAMMES[index // 3 % 4]
    generic, generic_name, category, category_name = _GENERIC[index % 3]
    source, source_name, item, item_name = _SOURCES[index // 5 % 2]
    place = (ubigeo[:2], department, ubigeo[2:4], province, ubigeo[4:], district)
    planned = 1_500 + index * 37 % 90_000
    spent = planned * (index % 10) / 10
    return (
        *(year, index % 12 + 1, "R", "GOBIERNOS REGIONALES", "99", "GOBIERNOS REGIONALES"),
        *(f"{440 + index % 25}", f"GOBIERNO REGIONAL DE {department}", f"{700 + index % 300}"),
        *(f"{index % 9 + 1:03}", f"REGION {department}-{function_name}", *place),
        *(index % 150 + 1, programme, programme_name, "3", "ACTIVIDAD", "3000001"),
        *("ACCIONES COMUNES", "5000276", "GESTION DEL PROGRAMA", function, function_name),
        *("004", "PLANEAMIENTO GUBERNAMENTAL", "0005", "PLANEAMIENTO INSTITUCIONAL"),
        *(f"{index % 400 + 1:05}", f"{44_277 + index % 999:07}", "GESTION DEL PROGRAMA"),
        *(ubigeo[:2], department, source, source_name, item, item_name, "0", item_name),
        *(category, category_name, "2", generic, generic_name, "1", "RETRIBUCIONES", "3"),
        *("OTROS GASTOS", "3", "OTROS GASTOS", "3", "OTROS GASTOS"),
        *(f"{planned}.00", f"{planned + 500}.50", f"{spent * 1.1:.2f}", f"{spent * 1.05:.2f}"),
        *(f"{spent * 1.02:.2f}", f"{spent:.2f}", f"{spent * 0.97:.2f}"),
    )


def dictionary() -> bytes:
    """Return the meaning of the spending file's columns."""
    rows = ((name, _kind(name), _meaning(name)) for name in COLUMNS)
    return csv_text([("CAMPO", "TIPO", "DESCRIPCION"), *rows]).encode()


def _kind(name: str) -> str:
    return "decimal" if name.startswith("MONTO") else "texto"


def _meaning(name: str) -> str:
    plain = name.removesuffix("_NOMBRE").replace("_", " ").lower()
    return f"Nombre de {plain}" if name.endswith("_NOMBRE") else plain.capitalize()


def _investments() -> Iterator[Row]:
    yield (
        *("CODIGO_UNICO", "NOMBRE_INVERSION", "UBIGEO", "DEPARTAMENTO", "MONTO_VIABLE"),
        *("COSTO_ACTUALIZADO", "DEVENGADO_ACUMULADO", "AVANCE_FISICO", "ESTADO"),
    )
    for index in range(180):
        ubigeo, department, _, district = DISTRICTS[index % len(DISTRICTS)]
        cost = 850_000 + index * 12_500
        yield (
            *(f"{2_400_000 + index * 7}", f"MEJORAMIENTO DE PISTAS {index + 1} EN {district}"),
            *(ubigeo, department, f"{cost}.00", f"{cost * 1.08:.2f}", f"{cost * 0.4:.2f}"),
            *(f"{index % 101}", "ACTIVO" if index % 6 else "CERRADO"),
        )


def investments() -> bytes:
    """Return public investments with their single code (CUI)."""
    return csv_text(_investments()).encode()


def follow_up() -> bytes:
    """Return the follow-up of projects, where commas in names were left without quotes."""
    lines = ["ANO,CODIGO_UNICO,PROYECTO,PIM,DEVENGADO"]
    for index in range(1, 121):
        comma = "," if index % 17 == 0 else ""
        name = f"CONSTRUCCION DE PUENTE {index}{comma} TRAMO {index % 5 + 1}"
        lines.append(f"2026,{2_500_000 + index},{name},{index * 1000}.00,{index * 610}.00")
    return ("\n".join(lines) + "\n").encode()


def transfers() -> bytes:
    """Return transfers to local governments, cut in the middle of a quoted cell."""
    rows: list[Row] = [("ANO", "MES", "UBIGEO", "GOBIERNO_LOCAL", "RUBRO", "MONTO")]
    for index in range(150):
        ubigeo, _, province, district = DISTRICTS[index % len(DISTRICTS)]
        name = f"MUNICIPALIDAD DISTRITAL DE {district}, {province}"
        rows.append((2026, index // 12 % 9 + 1, ubigeo, name, "07", f"{20_000 + index * 90}.00"))
    whole = csv_text(rows).encode()
    return whole[: whole.rindex(b'"') - 9]
