"""Read data dictionaries, so that tables can be compared with them."""

from collections.abc import Iterator
from typing import ClassVar

from acopio.model import Dictionary, File, Finding, Resource, Role, Snapshot
from acopio.tables.sheet import Unreadable
from acopio.validators.dictionaries.entries import entries
from acopio.validators.dictionaries.reading import LARGEST, sheets
from acopio.validators.finding import examination_failed
from acopio.validators.preflight import profile


class DictionaryValidator:
    """Reads the file of a resource whose role is ``dictionary``."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "1"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding | Dictionary]:
        """Yield a ``Dictionary`` for each file that is one, and why a file could not be read.

        What is readable and no dictionary yields nothing: only the whole dataset tells whether
        another one describes its tables.
        """
        described = {resource.id: resource for resource in snapshot.dataset.resources}
        for file in snapshot.files:
            resource = described.get(file.resource)
            if resource is not None and resource.role is Role.DICTIONARY:
                yield from _read(file, resource)


def _read(file: File, resource: Resource) -> Iterator[Finding | Dictionary]:
    if file.size > LARGEST:
        yield examination_failed(file.resource, "dictionary", LARGEST)
        return
    try:
        found = entries(sheets(file.path, profile(file.path, resource.format, file.name)))
    except Unreadable as problem:
        yield examination_failed(file.resource, problem.limit, problem.value)
        return
    if found:
        yield Dictionary(resource=file.resource, entries=found)
