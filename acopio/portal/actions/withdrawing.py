"""Datasets that are deleted: their bytes go for good, and who may bring the rest back.

What is withdrawn may hold persons, so nothing that was there is kept to be shown again: who
brings a dataset back brings its files along. The pipeline judges them anew before it does.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from acopio.plan import in_force
from acopio.portal import files
from acopio.portal.caller import PIPELINE
from acopio.portal.packages import Package
from acopio.portal.problems import NotAuthorized
from acopio.portal.site import Call
from acopio.store import datasets, publications, schema
from acopio.store.datasets import Known

# What the pipeline took back, or never let readers see.
_TAKEN_BACK = frozenset({"withheld", "withdrawn", "removed"})


def deleted(package: Package) -> Package:
    """Return a dataset as it is once it is deleted: its uploads are links to nothing."""
    resources = [_emptied(one) for one in package.resources]
    return replace(package, state="deleted", body={**package.body, "resources": resources})


def _emptied(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    if resource.get("url_type") != "upload":
        return resource
    left = {key: value for key, value in resource.items() if key != "acopio_sha256"}
    return left | {"url_type": None, "hash": ""}


def forget_files(connection: Connection, package: Package) -> None:
    """Forget the bytes of a dataset that is about to be deleted, as it was until now."""
    numbers = [one["id"] for one in package.resources]
    files.forget(connection, numbers, was_shown=package.is_public)


def bring_back(connection: Connection, call: Call, package: Package) -> None:
    """Prepare a deleted dataset's return. Raises NotAuthorized unless the caller may do that.

    One that the pipeline published only the pipeline or an administrator brings back (the next
    run sends its files), and one it took back nobody over the API: it is to be judged first.
    """
    known = _harvested(connection, package.id)
    if call.caller is PIPELINE or known is None:
        return
    ruling = in_force(known.ruling, datetime.now(UTC).date())
    if known.state in _TAKEN_BACK or ruling == "withhold":
        raise NotAuthorized(
            f"Package {package.id} was withdrawn by the pipeline:"
            " use `acopio decide` to bring it back"
        )
    if not call.caller.is_sysadmin:
        raise NotAuthorized(
            f"Package {package.id} is published by the pipeline:"
            " only an administrator may bring it back"
        )
    publications.ask_again(connection, known.id)


def _harvested(connection: Connection, package: str) -> Known | None:
    """Return what the pipeline knows of a dataset, under its own id or another."""
    dataset, publication = schema.dataset, schema.publication
    under_another = select(publication.c.dataset).where(publication.c.remote_id == package)
    query = select(dataset).where(or_(dataset.c.id == package, dataset.c.id.in_(under_another)))
    row = connection.execute(query).first()
    return datasets.known(row) if row else None
