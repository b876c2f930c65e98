"""Tables that break the rules of tables, or of their schema: frictionless's own codes."""

from typing import Any

from tests.validators.examples.example import Example, FileExample


def _schema(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"fields": list(fields), **more}


_CODE, _AMOUNT = {"name": "codigo", "type": "string"}, {"name": "monto", "type": "integer"}
_OTHER = {"fields": ["codigo"], "reference": {"resource": "distritos", "fields": ["codigo"]}}
_OWN = {"fields": ["padre"], "reference": {"resource": "", "fields": ["codigo"]}}

CASES: dict[str, Example] = {
    "blank-label": FileExample(what="A column without a name.", content=b"codigo,\n1,2\n3,4\n"),
    "duplicate-label": FileExample(
        what="Two columns of one name.", content=b"monto,monto\n1,2\n3,4\n"
    ),
    "extra-label": FileExample(
        what="A column the schema does not know.",
        content=b"codigo,monto,nota\nx,1,z\n",
        schema=_schema(_CODE, _AMOUNT),
    ),
    "missing-label": FileExample(
        what="A column of the schema that is not there.",
        content=b"codigo\nx\ny\n",
        schema=_schema(_CODE, _AMOUNT),
    ),
    "incorrect-label": FileExample(
        what="A column under another name than the schema's.",
        content=b"codigo,importe\nx,1\n",
        schema=_schema(_CODE, _AMOUNT),
    ),
    "unmatched-header": FileExample(
        what="A table of which no column is the schema's.",
        content=b"region,anio\nx,1\n",
        schema=_schema(_CODE, _AMOUNT, fieldsMatch="partial"),
    ),
    "blank-row": FileExample(what="An empty row.", content=b"codigo,monto\nx,1\n,\ny,2\n"),
    "extra-cell": FileExample(
        what="A separator inside a text without quotes.",
        content=b"codigo,nombre\n1,norte\n2,sur, centro\n3,este\n4,oeste\n",
    ),
    "missing-cell": FileExample(
        what="A row that breaks off.", content=b"codigo,nombre\n1,norte\n2\n3,este\n"
    ),
    "type-error": FileExample(
        what="A word where numbers are.",
        content=b"codigo,monto\nx,1\ny,dos\n",
        schema=_schema(_CODE, _AMOUNT),
    ),
    "constraint-error": FileExample(
        what="A value beyond the schema's maximum.",
        content=b"codigo,monto\nx,120\n",
        schema=_schema(_CODE, {**_AMOUNT, "constraints": {"maximum": 100}}),
    ),
    "unique-error": FileExample(
        what="A value that is there twice and must not be.",
        content=b"codigo,monto\nx,1\nx,2\n",
        schema=_schema({**_CODE, "constraints": {"unique": True}}, _AMOUNT),
    ),
    "primary-key": FileExample(
        what="Two rows of one key.",
        content=b"codigo,monto\nx,1\nx,2\n",
        schema=_schema(_CODE, _AMOUNT, primaryKey=["codigo"]),
    ),
    "foreign-key": FileExample(
        what="A reference to a row that is not there.",
        content=b"codigo,padre\nx,\ny,z\n",
        schema=_schema(_CODE, {"name": "padre", "type": "string"}, foreignKeys=[_OWN]),
    ),
    "keys-not-checked": FileExample(
        what="A schema with keys to another table.",
        content=b"codigo,monto\nx,1\n",
        schema=_schema(_CODE, _AMOUNT, foreignKeys=[_OTHER]),
    ),
    "schema-error": FileExample(
        what="A schema with a type that does not exist.",
        content=b"codigo\nx\n",
        schema=_schema({"name": "codigo", "type": "ente"}),
    ),
    "report-cut": FileExample(
        what="More errors than are listed.", content=b"codigo,monto\n" + b"x,1,2\n" * 1001
    ),
}
