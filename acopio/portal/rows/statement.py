"""Pieces of SQL, and the values bound in it.

SQL is made of our own words, of positions of columns and of names of bound values: nothing that
a caller or a publisher wrote is ever part of it.
"""

from typing import Any

from acopio.portal.rows.tables import Table

FALSE = "false"


class Values:
    """The values bound in one statement, by name."""

    def __init__(self, table: Table) -> None:
        self.bound: dict[str, Any] = {"path": str(table.path)}

    def add(self, value: Any) -> str:
        """Bind ``value``; return how SQL names it."""
        name = f"v{len(self.bound)}"
        self.bound[name] = value
        return f"${name}"


def source(table: Table) -> str:
    """Return the table as SQL reads it: columns by position, and the number of each row."""
    names = ", ".join(column.ref for column in table.own)
    return f"read_parquet($path, hive_partitioning = false) AS rows_of({names})"


def all_of(conditions: list[str]) -> str:
    """Return the condition that every one holds."""
    return " AND ".join(f"({each})" for each in conditions) or "true"


def any_of(conditions: list[str]) -> str:
    """Return the condition that at least one holds."""
    return " OR ".join(f"({each})" for each in conditions) or FALSE
