"""Cast one column's cells with frictionless's own fields, remembering what was seen.

The judge and the cleaner use the same readers, so a cell that was found wrong is the cell that is
null in the Parquet twin. Each column also remembers what its values need, so that the twin's type
is chosen after the last row and loses nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

# A column repeats itself (codes, names of offices): what was cast once is looked up. Bounded,
# because a column of unique texts would else be held in memory whole.
MEMO_ENTRIES = 50_000
MEMO_LENGTH = 200


class Cell(NamedTuple):
    """What becomes of a cell: its text in the CSV, its value in the twin, whether it is broken."""

    text: str
    value: Any
    broken: bool


class Facts:
    """What a column's values need of a type: digits, signs of what a type could not hold."""

    __slots__ = ("aware", "double", "naive", "scale", "special", "values", "whole")

    def __init__(self) -> None:
        self.values = 0
        self.whole = 0  # most digits before the point
        self.scale = 0  # most digits after it
        self.double = True  # every value survives as a double, to its last digit
        self.special = False  # NaN or infinite
        self.aware = False  # moments with a zone
        self.naive = False  # moments without

    def number(self, value: Decimal | float) -> str:
        """Note a number; return it as text: plain where short, else with an exponent."""
        exact = Decimal(repr(value)) if isinstance(value, float) else value
        self.values += 1
        if not exact.is_finite():
            self.special = True
            return "nan" if exact.is_nan() else ("-inf" if exact < 0 else "inf")
        exponent = int(exact.as_tuple().exponent)
        self.whole = max(self.whole, exact.adjusted() + 1)
        self.scale = max(self.scale, -exponent)
        self.double = self.double and Decimal(repr(float(exact))) == exact
        return format(exact, "f") if abs(exponent) < 80 else str(exact)

    def integer(self, value: int) -> str:
        """Note an integer; return it as text."""
        text = str(value)
        self.values += 1
        self.whole = max(self.whole, 19 if -(2**63) <= value < 2**63 else len(text.lstrip("-")) + 1)
        return text

    def moment(self, value: datetime) -> str:
        """Note a moment; return it as ISO 8601, in UTC where it has a zone."""
        self.values += 1
        if value.utcoffset() is None:
            self.naive = True
            return value.replace(tzinfo=None).isoformat()
        self.aware = True
        try:
            return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
        except OverflowError:  # the first or last day there is, moved over the edge
            self.naive = True
            return value.isoformat()


def plain_form(field: Any) -> Callable[[str], str] | None:
    """Return what gives a number of ``field`` its plain form, or None where it has it already.

    Follows frictionless's reading step by step, so that ``1.234,50`` becomes ``1234.50`` and not
    a digit is touched.
    """
    defined = set(field.list_defined())
    if not defined & {"group_char", "decimal_char", "bare_number"}:
        return None
    dressed = None if field.bare_number else re.compile(r"((^[^-\d]*)|(\D*$))")
    group = getattr(field, "group_char", "")
    decimal = getattr(field, "decimal_char", ".")

    def plain(cell: str) -> str:
        bare = dressed.sub("", cell.strip()) if dressed else cell.strip()
        return (bare.replace(group, "") if group else bare).replace(decimal, ".")

    return plain


class Column(dict[str, Cell]):
    """One column: a lookup of cells already cast that casts the others.

    ``name`` is the field's, unique in the table. ``changed`` counts the cells whose form was
    normalised, ``broken`` those that are not of their type.
    """

    def __init__(self, field: Any, *, required: bool) -> None:
        super().__init__()
        self.name: str = field.name
        self.kind: str = {"year": "integer"}.get(field.type, field.type)
        self.required = required
        self.field = field
        self.facts = Facts()
        self.changed = 0
        self.broken = 0
        self._read = field.create_cell_reader()
        self._plain = plain_form(field) if self.kind in {"number", "integer"} else None
        self._untyped = field.type in {"any", "string"} and field.format == "default"
        self._missing = frozenset(field.missing_values)
        values: dict[str, Callable[[Any], Any]] = {
            "integer": self.facts.integer,
            "number": self.facts.number,
            "datetime": self.facts.moment,
            "date": lambda value: value,
            "boolean": lambda value: value,
        }
        self._value = values.get(self.kind)

    def __missing__(self, raw: str) -> Cell:
        cell = self._cast(raw)
        if len(self) < MEMO_ENTRIES and len(raw) <= MEMO_LENGTH:
            self[raw] = cell
        return cell

    def _cast(self, raw: str) -> Cell:
        value, notes = self._read(raw)
        if notes:
            return Cell(raw, None, broken=True)
        if value is None:
            return Cell(raw, None, broken=False)
        text = self._plain(raw) if self._plain else raw
        return Cell(text, self._value(value) if self._value else raw, broken=False)

    def take(self, cells: Sequence[str]) -> tuple[Sequence[str], list[Any], list[int]]:
        """Return the cells' texts, their values, and the places of the broken ones."""
        if self._untyped:
            return cells, [None if cell in self._missing else cell for cell in cells], []
        done = [self[cell] for cell in cells]
        texts = [cell.text for cell in done]
        broken = [place for place, cell in enumerate(done) if cell.broken]
        self.broken += len(broken)
        if self._plain:
            self.changed += sum(map(str.__ne__, texts, cells))
        return texts, [cell.value for cell in done], broken


def _reading(descriptor: Mapping[str, Any]) -> tuple[Any, dict[str, bool]]:
    """Return a schema for casting alone, and which fields must have a value.

    Constraints are the judge's matter; some (a signalling NaN under ``minimum``) raise.
    """
    from frictionless import Schema

    bare = {key: value for key, value in descriptor.items() if key in {"$schema", "fieldsMatch"}}
    default = descriptor.get("missingValues", [""])
    bare["fields"] = [
        {"missingValues": default}
        | {key: value for key, value in field.items() if key not in {"constraints", "example"}}
        for field in descriptor.get("fields", ())
    ]
    required = {
        field.get("name", ""): bool((field.get("constraints") or {}).get("required"))
        for field in descriptor.get("fields", ())
    }
    return Schema.from_descriptor(bare), required


def columns_of(labels: Sequence[str] | None, schema: Mapping[str, Any]) -> list[Column]:
    """Return a column for each label, as frictionless pairs labels with fields.

    ``None`` for a file without a header: a column for each field. Labels beyond the schema, or not
    in it where it matches by name, are taken as they are.
    """
    from frictionless import Field

    reading, required = _reading(schema)
    if labels is None:
        return [Column(field, required=required[field.name]) for field in reading.fields]
    by_name = schema.get("fieldsMatch", "exact") != "exact"
    named = {field.name: field for field in reading.fields}
    taken = set(named)
    found: list[Column] = []
    for place, label in enumerate(labels):
        field = named.get(label) if by_name else next(iter(reading.fields[place : place + 1]), None)
        if field is None:
            name = _free(label or f"field{place + 1}", taken)
            field = Field.from_descriptor({"name": name, "type": "string"})
        found.append(Column(field, required=required.get(field.name, False)))
    return found


def _free(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}{number}", number + 1
    taken.add(candidate)
    return candidate
