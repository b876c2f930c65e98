"""Publish a release to each target, and take datasets back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from acopio.canonical import digest, to_json
from acopio.errors import PublishError
from acopio.messages import stored
from acopio.model import Publication, PublicationState, Release
from acopio.pipeline.stages import Errand
from acopio.pipeline.work import Work
from acopio.store import publications
from acopio.store.publications import Answer, Held

Row = Mapping[str, Any]


def errands(
    work: Work, release: Release, held: Mapping[str, Held]
) -> tuple[list[Errand], list[Row]]:
    """Return the source's targets that are to be told of a release, and rows for the others.

    Nobody tells a target that shows the release already, or one that cannot be written to.
    """
    shown = _shown(release)
    told: list[Errand] = []
    rows: list[Row] = []
    for name in work.source.targets:
        desk, there = work.desks[name], held.get(name)
        # What a target shows of a release; with the same fingerprint there is nothing to write.
        mark = digest(shown, desk.version, desk.settings)
        same = there is not None and there.fingerprint == mark and there.published.state == "active"
        if there is not None and same and not work.options.force:
            rows.append(_row(name, PublicationState.UNCHANGED, there.published.remote_id))
            continue
        try:
            desk.ready()
        except PublishError as error:
            rows.append(_failed(name, there, error))
        else:
            told.append(Errand(desk=desk, held=there, fingerprint=mark))
    return told, rows


def _shown(release: Release) -> str:
    timeless = tuple(replace(one, fetched=None) for one in release.resources)
    return to_json(replace(release, resources=timeless))


def publish(release: Release, errand: Errand) -> tuple[Row, Answer | None]:
    """Publish to one target; return the contract's row, and the answer unless it refused."""
    desk, held = errand.desk, errand.held
    try:
        done = desk.open().publish(release, held.published if held else None)
    except PublishError as error:
        return _failed(desk.target.name, held, error), None
    # What an editor deleted there is asked for each time: it may be restored.
    mark = "" if "state" in done.edited else errand.fingerprint
    answer = Answer(dataset=release.id, target=desk.target.name, done=done, fingerprint=mark)
    row = _row(desk.target.name, _first_time(held, done), done.remote_id)
    return {**row, "url": done.url, "edited": list(done.edited)}, answer


def _first_time(held: Held | None, done: Publication) -> PublicationState:
    """Return what happened as a reader of the target sees it.

    A creation whose answer was lost is found there by the next run, which then merely updates it.
    """
    begun = held is not None and not held.published.remote_id
    if begun and done.state in (PublicationState.UPDATED, PublicationState.UNCHANGED):
        return PublicationState.CREATED
    return done.state


def withdraw(work: Work, dataset: str) -> list[Row]:
    """Hide a dataset in every target that shows it; return the contract's ``publications``.

    A target where it was hidden before is asked again: somebody there may have shown it since.
    Only one that is no longer defined cannot be.
    """
    with work.engine.store.read() as connection:
        held = publications.of_dataset(connection, dataset)
    shown = [one for one in held.values() if _may_show(work, one)]
    return [_withdraw_one(work, dataset, one) for one in shown]


def _may_show(work: Work, held: Held) -> bool:
    state = held.published.state
    return state == "active" or (state == "withdrawn" and held.target in work.desks)


def _withdraw_one(work: Work, dataset: str, held: Held) -> Row:
    desk = work.desks.get(held.target)
    if desk is None:
        return _failed(held.target, held, PublishError("target-removed", target=held.target))
    try:
        done = desk.ready().withdraw(held.published)
    except PublishError as error:
        return _failed(held.target, held, error)
    if held.published.state != "withdrawn":
        answer = Answer(dataset=dataset, target=held.target, done=done, fingerprint="")
        with work.engine.store.write() as connection:
            publications.save(connection, [answer])
    return _row(held.target, PublicationState.WITHDRAWN, done.remote_id)


def _failed(target: str, held: Held | None, error: PublishError) -> Row:
    number = held.published.remote_id if held else ""
    return _row(target, PublicationState.FAILED, number, stored(error))


def _row(target: str, state: PublicationState, number: str, error: str | None = None) -> Row:
    return {"target": target, "state": state.value, "id": number, "error": error}


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
