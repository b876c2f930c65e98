"""Find, before anything is written, where a source changes what an editor changed as well."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

from sqlalchemy import update

from acopio.canonical import from_json
from acopio.engine import TARGET_CONNECTIONS
from acopio.errors import PublishError
from acopio.model import Dataset
from acopio.pipeline.work import Work
from acopio.store import payloads, publications, records, schema
from acopio.store.datasets import known_of
from acopio.store.records import Record


def mark(work: Work) -> None:
    """Turn ``update`` into ``conflict`` where an editor's field and the source's change meet.

    Editors win; the plan says so. A target that cannot be asked now marks nothing: publishing
    asks again.
    """
    updates = records.pending(work.engine.store, work.job, ["update"])
    with ThreadPoolExecutor(TARGET_CONNECTIONS, thread_name_prefix="conflicts") as pool:
        found = pool.map(lambda record: _conflicts(work, record), updates)
        numbers = [number for number in found if number is not None]
    row = schema.record
    with work.engine.store.write() as connection:
        for number in numbers:
            one = update(row).where(row.c.job == work.job, row.c.number == number)
            connection.execute(one.values(action="conflict"))


def _conflicts(work: Work, record: Record) -> int | None:
    if record.dataset is None or work.cancelled:
        return None
    with work.engine.store.read() as connection:
        held = publications.of_dataset(connection, record.dataset)
        known = known_of(connection, work.source.name, [record.remote_id])[record.remote_id]
        before = from_json(Dataset, payloads.body(connection, known.payload))
        after = from_json(Dataset, payloads.body(connection, record.payload))
    changed = {
        field.name
        for field in fields(Dataset)
        if getattr(before, field.name) != getattr(after, field.name)
    }
    for one in held.values():
        desk = work.desks.get(one.target)
        if desk is None or one.published.state != "active" or not changed:
            continue
        try:
            if changed & desk.ready().edited(one.published):
                return record.number
        except PublishError:
            continue
    return None
