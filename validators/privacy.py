"""Find persons where open data must not have them (Ley 29733)."""

from collections.abc import Iterator
from typing import ClassVar

from acopio.model import Finding, Severity, Snapshot
from acopio.validators.columns import survey
from acopio.validators.files import data_files
from acopio.validators.finding import finding
from acopio.validators.masking import mask
from acopio.validators.persons import personal_columns
from acopio.validators.preflight import profile


class PrivacyValidator:
    """Reads every row and reports the columns that hold persons."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "1"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Yield one ``personal-data`` finding per column, its evidence masked.

        ``params``: ``kind`` (dni, ruc, name, mention), ``confidence`` in percent, ``count`` of
        cells, ``number`` of the column. Alone, a natural person's RUC and names are a warning.
        """
        for file, resource in data_files(snapshot):
            table = survey(file.path, profile(file.path, resource.format, file.name))
            for person in personal_columns(table) if table else ():
                yield finding(
                    "personal-data",
                    resource=file.resource,
                    row=person.row,
                    field=person.field,
                    evidence=mask(person.kind, person.example),
                    severity=Severity.WARNING if person.alone else Severity.ERROR,
                    kind=str(person.kind),
                    confidence=round(person.confidence * 100),
                    count=person.count,
                    number=person.number,
                )
