"""An index of the sample datasets, as a portal would show them, and searches by name."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from acopio.portal.search import Change, Index, Query
from tests.portal.search.packages import packages

ORGANIZATION = {"id": "0rg", "name": "estadistica", "title": "Instituto de Estadística"}


def shown(package: Mapping[str, Any], number: int = 0) -> dict[str, Any]:
    """Return what ``package_show`` gives for what ``package_create`` took."""
    moment = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)).isoformat()[:19]
    return {
        "id": str(uuid5(NAMESPACE_URL, package["name"])),
        "private": False,
        "state": "active",
        "type": "dataset",
        "owner_org": ORGANIZATION["id"],
        "organization": ORGANIZATION,
        "groups": [],
        "metadata_created": moment,
        "metadata_modified": moment,
        **{key: value for key, value in package.items() if key != "owner_org"},
    }


def samples() -> list[dict[str, Any]]:
    return [shown(package, n) for n, package in enumerate(packages("x", ORGANIZATION["id"]))]


class Catalogue:
    """An index in a folder, and the names of what is in it."""

    def __init__(self, folder: Path, given: Iterable[Mapping[str, Any]]) -> None:
        self.index = Index(folder)
        self.packages = {package["id"]: package for package in given}
        changes = [Change(id=key, package=value) for key, value in self.packages.items()]
        self.index.apply(changes, max(1, len(changes)))

    def names(self, q: str = "*:*", **more: Any) -> list[str]:
        """Return the names found, in order; without the samples' suffix."""
        found = self.index.search(Query(q=q, **{"rows": 1000, **more}))
        names = [self.packages[key]["name"].removesuffix("-x") for key in found.ids]
        assert found.count == len(names) or more
        return names

    def found(self, q: str = "*:*", **more: Any) -> set[str]:
        return set(self.names(q, **more))

    def counts(self, field: str, **more: Any) -> list[tuple[str, int]]:
        return list(self.index.search(Query(facets=(field,), **more)).facets[field])
