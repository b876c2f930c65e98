"""Look at the values themselves: codes, places, days, words for nothing. One reading for all."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import ClassVar

from acopio.model import Finding, Snapshot
from acopio.validators import coordinates, dates, identifiers, missing, ubigeo
from acopio.validators.checking import Check
from acopio.validators.columns import Survey
from acopio.validators.files import data_files
from acopio.validators.main_table import main_table
from acopio.validators.preflight import profile
from acopio.validators.values import answers

# A new check on values is one file, and one entry here.
CHECKS: tuple[Callable[[Survey], Iterator[Check]], ...] = (
    ubigeo.checks,
    identifiers.checks,
    coordinates.checks,
    dates.checks,
    missing.checks,
)


class CellsValidator:
    """Asks every check what it wants to know of a table, and reads the file once for all."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "2"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Yield at most one finding a column and code, with count and first row.

        A table whose columns give no check a reason is not read again.
        """
        for file, resource in data_files(snapshot):
            found = profile(file.path, resource.format, file.name, file.reading)
            table = main_table(file.path, found)
            if table is None:
                continue
            asked = [check for checks in CHECKS for check in checks(table)]
            questions = [check.question for check in asked]
            for check, answer in zip(
                asked, answers(file.path, found, table, questions), strict=True
            ):
                for one in check.judge(answer):
                    yield replace(one, resource=file.resource)
