"""Rows that repeat another row, cell by cell."""

from collections.abc import Iterator
from typing import ClassVar

from acopio.model import Finding, Snapshot
from acopio.validators.files import data_files
from acopio.validators.finding import finding
from acopio.validators.preflight import profile
from acopio.validators.surveys import survey
from acopio.validators.values import repeats


class DuplicatesValidator:
    """Counts rows that are there already. A list of one column may repeat what it likes."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "1"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Yield one finding with how many rows repeat, and the first that does."""
        for file, resource in data_files(snapshot):
            found = profile(file.path, resource.format, file.name, file.reading)
            table = survey(file.path, found)
            if table is None or table.limit or table.width < 2 or table.rows < 2:
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
