"""A cell in each form that is asked for, as SQL over its column.

``value`` for JSON made by us, ``plain`` as PostgreSQL writes it in CSV, ``quoted`` the same with
what CSV needs around it, ``literal`` as a piece of JSON, ``shown`` as people read it.
"""

from acopio.portal.rows.tables import Column

# A CSV's cell is quoted where it would be read as something else, or as null.
_SPECIAL = ("'\"'", "chr(10)", "chr(13)")


def value(column: Column) -> str:
    """Return the cell as a number, text, truth or null; never NaN or infinite."""
    ref = column.ref
    if column.kind == "row":
        return f"{ref} + 1"
    if column.kind == "float":
        # A short float's own digits, not those of the nearest long one.
        exact = f"CAST(CAST({ref} AS VARCHAR) AS DOUBLE)" if column.type == "float4" else ref
        return f"CASE WHEN isfinite({ref}) THEN {exact} END"
    if column.kind == "moment":
        return _moment(ref)
    if column.kind == "zoned":
        return f"{_seconds(utc(ref))} || {_fraction(utc(ref))} || '+00:00'"
    return f"CAST({ref} AS VARCHAR)" if column.kind in {"date", "other"} else ref


def plain(column: Column) -> str:
    """Return the cell as text, null where it is null."""
    ref = column.ref
    if column.kind == "zoned":
        return f"replace({_seconds(utc(ref))}, 'T', ' ') || {_fraction(utc(ref))} || '+00'"
    if column.kind == "bool":
        return f"CASE WHEN {ref} THEN 't' WHEN NOT {ref} THEN 'f' END"
    if column.kind == "float":
        finite = f"WHEN isfinite({ref}) THEN CAST({ref} AS VARCHAR) WHEN isnan({ref}) THEN 'NaN'"
        return f"CASE {finite} WHEN {ref} > 0 THEN 'Infinity' WHEN {ref} < 0 THEN '-Infinity' END"
    return f"CAST({value(column)} AS VARCHAR)"


def quoted(column: Column, separator: str) -> str:
    """Return the cell in CSV: null is nothing, empty text is a pair of quotes."""
    ref = column.ref
    if column.kind not in {"text", "other"}:
        return f"coalesce({plain(column)}, '')"
    text = ref if column.kind == "text" else f"CAST({ref} AS VARCHAR)"
    special = (*_SPECIAL, f"'{separator}'")
    needs = " OR ".join([f"{text} = ''", *(f"contains({text}, {each})" for each in special)])
    inside = f"""'"' || replace({text}, '"', '""') || '"'"""
    return f"CASE WHEN {text} IS NULL THEN '' WHEN {needs} THEN {inside} ELSE {text} END"


def literal(column: Column) -> str:
    """Return the cell in JSON; decimals with all their digits."""
    number = column.kind in {"row", "exact", "float", "bool"}
    text = f"CAST({value(column)} AS VARCHAR)"
    return f"coalesce({text if number else f'CAST(to_json({text}) AS VARCHAR)'}, 'null')"


def shown(column: Column, width: int) -> str:
    """Return the beginning of the cell's text, one character more than ``width`` where cut."""
    text = value(column) if column.kind != "float" else plain(column)
    return f"left(CAST({text} AS VARCHAR), {width + 1})"


def _moment(ref: str) -> str:
    """Milliseconds, as CKAN; microseconds where there are some, so that none is lost."""
    at = f"CAST({ref} AS TIMESTAMP)"
    fine = f"microsecond({at}) % 1000 <> 0"
    fraction = f"CASE WHEN {fine} THEN strftime({at}, '.%f') ELSE strftime({at}, '.%g') END"
    return f"{_seconds(at)} || {fraction}"


def _seconds(at: str) -> str:
    return f"strftime({at}, '%Y-%m-%dT%H:%M:%S')"


def _fraction(at: str) -> str:
    return f"rtrim(rtrim(strftime({at}, '.%f'), '0'), '.')"


def utc(ref: str) -> str:
    """Return a moment with a zone as one without, in UTC; no extension for zones is needed."""
    return f"make_timestamp(epoch_us({ref}))"
