"""Publish a release to each target, and take datasets back: every answer is kept at once."""

from dataclasses import replace
from typing import Any

from acopio.canonical import digest, to_json
from acopio.errors import PublishError
from acopio.messages import stored
from acopio.model import Publication, PublicationState, Release
from acopio.pipeline.work import Desk, Work
from acopio.store import publications
from acopio.store.publications import Held


def fingerprint(desk: Desk, release: Release) -> str:
    """Return what a target shows of a release; the same fingerprint means nothing to write."""
    timeless = tuple(replace(one, fetched=None) for one in release.resources)
    shown = to_json(replace(release, resources=timeless))
    return digest(shown, desk.version, to_json(desk.target))


def publish(work: Work, release: Release) -> list[dict[str, Any]]:
    """Publish to all of the source's targets; return the contract's ``publications``."""
    with work.engine.store.read() as connection:
        held = publications.of_dataset(connection, release.id)
    return [
        _to_one(work, work.desks[target], release, held.get(target))
        for target in work.source.targets
    ]


def _to_one(work: Work, desk: Desk, release: Release, held: Held | None) -> dict[str, Any]:
    mark = fingerprint(desk, release)
    same = held is not None and held.fingerprint == mark and held.published.state == "active"
    if held is not None and same and not work.options.force:
        return _row(desk, PublicationState.UNCHANGED, held.published.remote_id)
    store, target = work.engine.store, desk.target.name
    try:
        publisher = desk.ready()
        if held is None:
            publications.begin(store, release.id, target)
        done = publisher.publish(release, held.published if held else None)
    except PublishError as error:
        number = held.published.remote_id if held else ""
        return _row(desk, PublicationState.FAILED, number, stored(error))
    # What an editor deleted there is asked for each time: it may be restored.
    settled = "" if "state" in done.edited else mark
    publications.save(store, release.id, target, done, settled)
    state = _first_time(held, done)
    return _row(desk, state, done.remote_id) | {"url": done.url, "edited": list(done.edited)}


def _first_time(held: Held | None, done: Publication) -> PublicationState:
    """Return what happened as a reader of the target sees it.

    A creation whose answer was lost is found there by the next run, which then merely updates it.
    """
    begun = held is not None and not held.published.remote_id
    if begun and done.state in (PublicationState.UPDATED, PublicationState.UNCHANGED):
        return PublicationState.CREATED
    return done.state


def withdraw(work: Work, dataset: str) -> list[dict[str, Any]]:
    """Hide a dataset in every target that shows it; return the contract's ``publications``."""
    with work.engine.store.read() as connection:
        held = publications.of_dataset(connection, dataset)
    shown = [one for one in held.values() if one.published.state == "active"]
    return [_withdraw_one(work, dataset, one) for one in shown]


def _withdraw_one(work: Work, dataset: str, held: Held) -> dict[str, Any]:
    desk = work.desks.get(held.target)
    if desk is None:
        return _failed(held, PublishError("target-removed", target=held.target))
    try:
        done = desk.ready().withdraw(held.published)
    except PublishError as error:
        return _failed(held, error)
    publications.save(work.engine.store, dataset, held.target, done, "")
    return _row(desk, PublicationState.WITHDRAWN, done.remote_id)


def _failed(held: Held, error: PublishError) -> dict[str, Any]:
    return {
        "target": held.target,
        "state": PublicationState.FAILED.value,
        "id": held.published.remote_id,
        "error": stored(error),
    }


def _row(
    desk: Desk, state: PublicationState, number: str, error: str | None = None
) -> dict[str, Any]:
    return {"target": desk.target.name, "state": state.value, "id": number, "error": error}


def finish(work: Work) -> list[PublishError]:
    """Let each target complete what belongs to it as a whole; return what failed."""
    errors = []
    for name, desk in work.desks.items():
        if name not in work.source.targets and not desk.used:
            continue
        try:
            desk.open().finish()
        except PublishError as error:
            errors.append(error)
    return errors
