"""What a listing would change, and whether it may.

Records are compared by (source, remote id) and by the hash of what was mapped. A dataset is
``unchanged`` when that hash, and everything else its publication rests on, is what was settled
last time; with files still to be asked for it is ``check``.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import update

from acopio.canonical import digest
from acopio.messages import said
from acopio.model import Dataset, FilePolicy, Role, Source
from acopio.store import Store, records, schema
from acopio.store.datasets import Known

BATCH = 500
TITLE_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What, besides its record, a dataset's publication rests on.

    ``fingerprint`` covers gate, owner, targets, reading, rules and publishers; ``force`` looks
    again at what seems unchanged; ``max_items`` cuts the listing short. ``today`` is the day
    where the source is: rulings end with it.
    """

    fingerprint: str
    now: datetime
    today: date
    force: bool = False
    max_items: int | None = None

    def stamp(self, payload: str, ruling: str | None) -> str:
        """Return what a dataset is settled under; a ruling that ended leaves another stamp."""
        word = ruling if ruling and in_force(ruling, self.today) else ""
        return digest(payload, self.fingerprint, word)


def in_force(ruling: str | None, today: date) -> str:
    """Return what an officer's ruling says today: ``publish``, ``withhold``, ``pin`` or nothing.

    ``ruling`` is JSON with ``action`` and the last day it holds, ``until``.
    """
    word: Mapping[str, str] = json.loads(ruling) if ruling else {}
    until = word.get("until")
    if until and date.fromisoformat(until) < today:
        return ""
    return word.get("action", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What waits for an officer: ``nothing``, ``withdrawals`` or ``everything``, and why."""

    what: str = "nothing"
    reason: str | None = None


def action(item: Dataset, payload: str, known: Known | None, source: Source, basis: Basis) -> str:
    """Return what is to be done with one listed dataset."""
    if known is None or known.state == "new":
        return "create"
    if known.payload != payload or known.state not in ("active", "withheld"):
        return "update"
    if known.stamp != basis.stamp(payload, known.ruling) or basis.force:
        return "check"
    return "check" if _files_due(item, known, source, basis.now) else "unchanged"


def _files_due(item: Dataset, known: Known, source: Source, now: datetime) -> bool:
    if source.files is FilePolicy.SKIP or not has_files(item):
        return False
    return known.checked is None or now - known.checked >= timedelta(days=source.recheck_days)


def has_files(item: Dataset) -> bool:
    """Tell whether a dataset has data resources, whose files would be fetched."""
    return any(resource.role is Role.DATA for resource in item.resources)


# --- what is no longer listed -------------------------------------------------------------------


def guard(source: Source, *, known: int, missing: int, confirmed: int, listed: int) -> Hold:
    """Decide whether a complete listing may be applied, by how much of what we know it lacks.

    ``missing`` counts what is known and was not listed; of them ``confirmed`` are gone for
    certain, which no listing that failed can feign, so they do not count towards the limit.
    """
    counts = {"missing": missing, "known": known}
    if listed == 0:
        return Hold(what="everything", reason=said("hold-nothing-listed", counts))
    doubtful = missing - confirmed
    if missing > 2 and known and missing / known > 0.5:
        return Hold(what="everything", reason=said("hold-more-than-half", counts))
    if doubtful <= 2 or known == 0 or doubtful / known <= source.withdraw_at_most:
        return Hold()
    limit = f"{source.withdraw_at_most:.0%}"
    return Hold(what="withdrawals", reason=said("hold-withdrawals", {**counts, "limit": limit}))


def is_due(source: Source, row: Any, now: datetime, *, at_once: bool) -> bool:
    """Tell whether a dataset no longer listed is to be withdrawn now.

    Its absence is counted from the first run that saw it; ``at_once`` leaves it no grace. What an
    officer pinned stays for as long as the pin holds.
    """
    if in_force(row.ruling, day_at(now, source.timezone)) == "pin":
        return False
    absent = now - (row.missing_since or now)
    return at_once or absent >= timedelta(days=source.withdraw_after_days)


def add_missing(store: Store, job: str, source: str, due: Callable[[Any], bool]) -> None:
    """Add a row for each dataset no longer listed: ``withdraw`` when due, else ``wait``."""
    _add_absent(store, job, records.missing(store, job, source), due)


def add_published(store: Store, job: str, source: str) -> None:
    """Add a row ``withdraw`` for each dataset of a source, shown now or not."""
    _add_absent(store, job, records.published(store, source), lambda row: True)


def _add_absent(store: Store, job: str, absent: Iterator[Any], due: Callable[[Any], bool]) -> None:
    number = records.count_listed(store, job)
    while batch := list(islice(absent, BATCH)):
        rows = []
        for row in batch:
            number += 1
            rows.append(_absent(job, number, row, "withdraw" if due(row) else "wait"))
        with store.write() as connection:
            records.add(connection, rows)


def _absent(job: str, number: int, row: Any, action: str) -> dict[str, Any]:
    return {
        "job": job,
        "number": number,
        "remote_id": row.remote_id,
        "name": row.name,
        "title": row.title[:TITLE_LENGTH],
        "payload": row.payload,
        "dataset": row.id,
        "action": action,
    }


def note_presence(store: Store, job: str, source: str, now: datetime) -> None:
    """Remember since when datasets are missing, and that those listed again are not."""
    table, listed = schema.dataset, schema.record
    rows = listed.select().with_only_columns(listed.c.dataset).where(listed.c.job == job)
    absent = rows.where(listed.c.action.in_(("withdraw", "wait")))
    present = rows.where(listed.c.action.in_(records.LISTED), listed.c.dataset.is_not(None))
    of_source = update(table).where(table.c.source == source)
    with store.write() as connection:
        connection.execute(
            of_source.where(table.c.missing_since.is_(None), table.c.id.in_(absent)).values(
                missing_since=now
            )
        )
        back = (table.c.missing_since.is_not(None)) | table.c.kept
        connection.execute(
            of_source.where(back, table.c.id.in_(present)).values(missing_since=None, kept=False)
        )


def keep_missing(store: Store, job: str) -> None:
    """Leave what a rejected plan would withdraw as it is, until its records return."""
    table, listed = schema.dataset, schema.record
    rows = listed.select().with_only_columns(listed.c.dataset).where(listed.c.job == job)
    absent = rows.where(listed.c.action.in_(("withdraw", "wait")))
    with store.write() as connection:
        connection.execute(update(table).where(table.c.id.in_(absent)).values(kept=True))


def utc_now() -> datetime:
    """Return the moment a run counts from."""
    return datetime.now(UTC)


def day_at(now: datetime, timezone: str) -> date:
    """Return which day it is in a time zone (IANA name)."""
    return now.astimezone(ZoneInfo(timezone)).date()
