"""What datasets say of themselves, and how tables differ from what was published before."""

from datetime import date
from typing import Any

from acopio.model import (
    Dataset,
    Dictionary,
    DictionaryEntry,
    Examined,
    File,
    Licence,
    Pinned,
    Resource,
    Role,
    Snapshot,
    Table,
)
from tests.validators.examples.example import (
    ADDRESS,
    RESOURCE,
    TODAY,
    CutExample,
    DatasetExample,
    Example,
    table_of,
)

_EXPLAINS = Resource(id="d", url=ADDRESS, name="Diccionario de datos", role=Role.DICTIONARY)
_OPEN = Licence(id="cc-by-4.0", title="CC BY 4.0")


def _examined(*entries: DictionaryEntry, tables: tuple[Table, ...] = (), **more: Any) -> Examined:
    resources = (RESOURCE, _EXPLAINS) if entries else (RESOURCE,)
    more = {"licence": _OPEN, **more}
    dataset = Dataset(id="d", title="Gasto", resources=resources, **more)
    files = tuple(
        File(resource=one.id, sha256="", size=1, url=one.url, path=None)  # type: ignore[arg-type]
        for one in resources
    )
    dictionaries = (Dictionary(resource="d", entries=entries),) if entries else ()
    return Examined(
        snapshot=Snapshot(dataset=dataset, files=files),
        today=TODAY,
        tables=tables,
        dictionaries=dictionaries,
    )


_CODE, _AMOUNT = DictionaryEntry(name="codigo"), DictionaryEntry(name="monto", type="Numérico")
_PUBLISHED = Pinned(schema=table_of("codigo", "monto").schema, rows=100)

CASES: dict[str, Example] = {
    "licence-missing": DatasetExample(
        what="A record without a licence.",
        examined=_examined(licence=None),
        lines=('"title": "Gasto"', '"license_id": ""'),
    ),
    "licence-unknown": DatasetExample(
        what="A licence nobody knows.",
        examined=_examined(licence=Licence(title="Términos del portal")),
        lines=('"license_title": "Términos del portal"',),
    ),
    "licence-not-open": DatasetExample(
        what="A licence that forbids commercial use.",
        examined=_examined(licence=Licence(id="cc-by-nc-4.0", title="CC BY-NC 4.0")),
        lines=('"license_title": "CC BY-NC 4.0"',),
    ),
    "dictionary-missing": DatasetExample(
        what="A table that nothing explains.",
        examined=_examined(tables=(table_of("codigo", "monto"),)),
        lines=("resources: gasto.csv",),
    ),
    "dictionary-column-missing": DatasetExample(
        what="A column of the table that the dictionary leaves out.",
        examined=_examined(_CODE, _AMOUNT, tables=(table_of("codigo", "monto", "anio"),)),
        lines=("gasto.csv: codigo, monto, anio", "dictionary: codigo, monto"),
    ),
    "dictionary-column-extra": DatasetExample(
        what="A column of the dictionary that the table does not have.",
        examined=_examined(
            _CODE, _AMOUNT, DictionaryEntry(name="anio"), tables=(table_of("codigo", "monto"),)
        ),
        lines=("gasto.csv: codigo, monto", "dictionary: codigo, monto, anio"),
    ),
    "dictionary-type-mismatch": DatasetExample(
        what="A column the dictionary calls a number, and that holds text.",
        examined=_examined(_CODE, _AMOUNT, tables=(table_of("codigo", "monto"),)),
        lines=("gasto.csv: codigo (string), monto (string)", "dictionary: monto (Numérico)"),
    ),
    "stale": DatasetExample(
        what="A monthly dataset last changed two years ago.",
        examined=_examined(frequency="R/P1M", modified=date(2024, 6, 30)),
        lines=("frequency: R/P1M", "modified: 2024-06-30", f"today: {TODAY}"),
    ),
    "stale-content": DatasetExample(
        what="A record that was changed this month, around data that were not.",
        examined=_examined(
            frequency="R/P1M",
            modified=date(2026, 6, 15),
            tables=(table_of("fecha", dates={"fecha": (date(2019, 1, 1), date(2020, 5, 31))}),),
        ),
        lines=("frequency: R/P1M", "modified: 2026-06-15", "fecha: 2019-01-01 … 2020-05-31"),
    ),
    "schema-changed": CutExample(
        what="A column that was published under another name before.",
        published=_PUBLISHED,
        names=("codigo", "importe"),
        rows=100,
    ),
    "rows-dropped": CutExample(
        what="Less than half of the rows published before.",
        published=_PUBLISHED,
        names=("codigo", "monto"),
        rows=40,
    ),
}
