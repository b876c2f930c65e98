"""Rows that repeat another row, cell by cell."""

from collections.abc import Iterator
from typing import ClassVar

from acopio.model import Finding, Snapshot
from acopio.validators.columns import Survey
from acopio.validators.files import data_files
from acopio.validators.finding import finding
from acopio.validators.main_table import main_table
from acopio.validators.preflight import profile
from acopio.validators.values import repeats


class DuplicatesValidator:
    """Counts rows that are there already. A list of one column may repeat what it likes."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "2"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Yield one finding with how many rows repeat, and the first that does."""
        for file, resource in data_files(snapshot):
            found = profile(file.path, resource.format, file.name, file.reading)
            table = main_table(file.path, found)
            if table is None or _width(table) < 2 or table.rows < 2:
                continue
            again = repeats(file.path, found, table)
            if again is not None:
                yield finding(
                    "duplicate-rows",
                    resource=file.resource,
                    row=again.last_row,
                    count=again.rows,
                    different=again.different,
                    first=again.first_row,
                    rows=table.rows,
                )


def _width(table: Survey) -> int:
    """Return how many columns there are; one without label or cell stands beside the table."""
    columns = table.columns[: table.width]
    return table.width - sum(1 for column in columns if not column.label and not column.filled)
