"""Dirty tables and their schemas, from a seed: what types take, and what looks like it."""

from collections.abc import Mapping
from random import Random
from typing import Any

V2 = "https://datapackage.org/profiles/2.0/tableschema.json"

# What each type takes, and what looks like it.
CELLS: Mapping[str, tuple[str, ...]] = {
    "integer": (
        "1",
        "-7",
        "007",
        "+3",
        "1_000",
        " 5 ",
        "\u0661\u0662",
        "\u00a08",
        "0x1F",
        "1.0",
        "9223372036854775808",
        "9" * 40,
        "1e3",
        "--1",
        "0",
        "-0",
        "12x",
    ),
    "number": (
        "1.5",
        "-0.0",
        "1e5",
        "1E400",
        "NaN",
        "nan",
        "inf",
        "-Infinity",
        "sNaN1",
        "1_0.5",
        "0.1",
        "0.10",
        "0.09999999999999999999",
        " 2 ",
        "1,5",
        ".5",
        "5.",
        "0x1p3",
        "1" * 45,
        "1e-400",
    ),
    "year": ("2024", "0000", " 202", "-999", "+999", "20 24", "\u0662\u0660\u0662\u0664", "1_00"),
    "yearmonth": ("2024-01", "2024-13", " 2024 - 1 ", "2024-1", "x"),
    "date": (
        "2024-01-05",
        "2024-1-5",
        "2024-01- 5",
        "0000-01-01",
        "0001-01-01",
        "2024-02-30",
        "9999-12-31",
        "10000-01-01",
        "2024/01/05",
        "2024-01-05 ",
        "2024-W01-1",
    ),
    "datetime": (
        "2024-01-05T10:20:30",
        "2024-01-05 10:20:30",
        "2024-01-05T24:00:00",
        "2024-01-05T10:20:60",
        "2024-01-05T10:20:30Z",
        "2024-01-05T10:20",
        "2024-01-05T12+05:30",
        "0000-01-01T00:00:00",
        "2024-01-05x10:20:30",
        "2024-01-05T10:20:30.5",
    ),
    "time": ("10:20:30", "24:00:00", "10:20", "25:00:00"),
    "boolean": ("true", "True", "1", "0", "si", "FALSE", "no"),
    "string": ("a", "AB", "ab\n", "x y", "ñandú", "  ", "12", "\u0663", "a" * 30),
    "any": ("a", "1", "-", "{}"),
    "object": ('{"a": 1}', "{x", "[]"),
    "array": ("[1, 2]", "[", "{}"),
    "geopoint": ("-12.0, -77.0", "1,2", "200,1", "x"),
    "duration": ("P1D", "PT5M", "1 day"),
}
GOOD: Mapping[str, tuple[str, ...]] = {
    kind: values[:2] if kind != "string" else ("a", "AB", "x y") for kind, values in CELLS.items()
}
CONSTRAINTS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "integer": {"minimum": (0, "1"), "maximum": (5, 10**30), "enum": ([1, 7], ["1"])},
    "number": {"minimum": (0, "0.1", 0.1), "maximum": (2, "1e5"), "enum": (["1.5", "NaN"],)},
    "year": {"minimum": (2000,), "maximum": ("2024",)},
    "yearmonth": {"minimum": ("2024-01",)},
    "date": {"minimum": ("2024-01-05",), "maximum": ("2024-06-01",), "enum": (["2024-01-05"],)},
    "datetime": {"minimum": ("2024-01-05T10:20:30",)},
    "time": {"maximum": ("12:00:00",)},
    "boolean": {"enum": ([True],)},
    "string": {
        "minLength": (1, 3),
        "maxLength": (2, 5),
        "enum": (["a", "AB"],),
        "pattern": (
            "[A-Z]{2}|x",
            r"\d+",
            r"\D*",
            "^a.*$",
            "ab|c",
            r"\w+",
            "(?i)ab",
            "[^0-9]+",
            "a$",
        ),
    },
    "any": {"enum": (["a", "1"],)},
}
EXCLUSIVE = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}


def table(random: Random) -> tuple[dict[str, Any], str]:
    """Return a Table Schema and the text of a CSV file that is meant to follow it."""
    fields = [_field(random, number) for number in range(random.randint(1, 5))]
    schema: dict[str, Any] = {"$schema": V2, "fields": fields}
    if random.random() < 0.12:
        schema["missingValues"] = ["", "s/d"]
    if random.random() < 0.15:
        names = [field["name"] for field in fields]
        schema["primaryKey"] = random.sample(names, random.randint(1, min(2, len(names))))
    rows = [_row(random, fields) for _ in range(random.choice([0, 1, 5, 20, 60]))]
    rows *= random.choice([1, 1, 1, 8, 40])
    end = random.choice(["\n", "\n", "\r\n", "\r"])
    quoting = random.choice(["needed", "needed", "all", "none"])
    lines = [_line(row, quoting) for row in [_labels(random, fields), *rows]]
    return schema, end.join(lines) + random.choice([end, end, "", end * 3])


def _field(random: Random, number: int) -> dict[str, Any]:
    kind = random.choice(list(CELLS))
    field: dict[str, Any] = {"name": f"f{number}", "type": kind}
    constraints = _constraints(random, kind)
    if constraints:
        field["constraints"] = constraints
    if random.random() < 0.15:
        field["missingValues"] = random.choice([["", "-"], ["NA"], []])
    if kind == "number" and random.random() < 0.2:
        field |= random.choice([{"decimalChar": ","}, {"groupChar": ","}, {"bareNumber": False}])
    return field


def _constraints(random: Random, kind: str) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    for name, values in CONSTRAINTS.get(kind, {}).items():
        if random.random() < 0.35:
            exclusive = name in EXCLUSIVE and random.random() < 0.3
            constraints[EXCLUSIVE[name] if exclusive else name] = random.choice(values)
    if random.random() < 0.3:
        constraints["required"] = True
    if random.random() < 0.12:
        constraints["unique"] = True
    return constraints


def _row(random: Random, fields: list[dict[str, Any]]) -> list[str]:
    if random.random() < 0.1:
        pieces = ["", "1", "x", 'say "hi"', "s/d", "a,b"]
        return random.choices(pieces, k=random.randint(0, len(fields) + 2))
    if random.random() < 0.05:
        return [""] * len(fields)
    strange = random.choice([0.02, 0.3, 0.9])
    return [
        random.choice(CELLS[field["type"]] if random.random() < strange else GOOD[field["type"]])
        if random.random() < 0.9
        else random.choice(["", "-", "NA", "s/d"])
        for field in fields
    ]


def _labels(random: Random, fields: list[dict[str, Any]]) -> list[str]:
    labels = [field["name"] for field in fields]
    if random.random() < 0.85:
        return labels
    return random.choice([[*labels, "extra"], labels[:-1] or ["x"], labels[::-1], ["", *labels]])


def _line(row: list[str], quoting: str) -> str:
    return ",".join(cell if quoting == "none" else quoted(cell, quoting) for cell in row)


def quoted(cell: str, quoting: str = "needed") -> str:
    """Return a cell as CSV writes it."""
    wrapped = cell.replace('"', '""')
    needed = quoting == "all" or any(mark in cell for mark in ',"\r\n')
    return f'"{wrapped}"' if needed else cell
