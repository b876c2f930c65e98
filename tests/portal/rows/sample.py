"""A small table with every type a Parquet twin has, as pyarrow writes it and as CKAN takes it."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

TYPES = {
    "nombre": ("text", pa.string()),
    "Año": ("int8", pa.int64()),
    "importe": ("numeric", pa.decimal128(38, 2)),
    "medida": ("float8", pa.float64()),
    "fecha": ("date", pa.date32()),
    "momento": ("timestamp", pa.timestamp("us")),
    "zona": ("timestamptz", pa.timestamp("us", "UTC")),
    "activo": ("bool", pa.bool_()),
}
_NAMES = tuple(TYPES)
at = datetime.fromisoformat
ROWS: list[dict[str, Any]] = [
    dict(zip(_NAMES, row, strict=True))
    for row in (
        ("José Peña", 2020, Decimal("10.50"), 1.5, date(2020, 1, 2),
         at("2020-01-02T03:04:05.123"), at("2020-01-02T08:04:05Z"), True),
        ("Hospital Nacional", 2**53 + 1, Decimal("12345678901234567890.12"), 1e300,
         date(1999, 12, 31), at("1999-12-31"), at("1999-12-31T00:00:00Z"), False),
        (None,) * 8,
        ('hospitales, "comillas"\ny salto', 2020, Decimal("0.00"), 0.1, date(1, 1, 1),
         at("0001-01-01"), at("0001-01-01T00:00:00Z"), True),
        ("", -5, Decimal("-1.25"), -2.5, date(2024, 2, 29),
         at("2024-02-29T12:00:00.500"), at("2024-02-29T12:00:00.500Z"), True),
        ("tránsito pesado", 2021, Decimal("1000.00"), 1e-7, date(2021, 5, 5),
         at("2021-05-05T10:00"), at("2021-05-05T10:00Z"), False),
    )
]  # fmt: skip
SCHEMA = {
    "fields": [
        {"name": "nombre", "type": "string", "title": "Nombre", "description": "De la entidad."},
        {"name": "Año", "type": "integer"},
    ]
}


def write(path: Path, columns: Mapping[str, Any], **options: Any) -> Path:
    """Write ``columns`` to ``path``; return it."""
    pq.write_table(pa.table(dict(columns)), path, **options)
    return path


def write_sample(folder: Path) -> Path:
    """Write the sample to a file in ``folder``; return its path."""
    columns = {
        name: pa.array([row[name] for row in ROWS], type_) for name, (_, type_) in TYPES.items()
    }
    return write(folder / "muestra.parquet", columns)


def ckan_records() -> list[dict[str, Any]]:
    """Return the sample as ``datastore_create`` takes it."""

    def plain(value: Any) -> Any:
        if isinstance(value, date):
            return value.isoformat()
        return str(value) if isinstance(value, Decimal) else value

    return [{name: plain(value) for name, value in row.items()} for row in ROWS]
