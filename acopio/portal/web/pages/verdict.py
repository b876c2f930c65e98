"""How good a dataset is, in a word and a line, from what was found in it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from acopio.store.datasets import Known

# Days within which a dataset of each frequency changes, counted generously.
_DAYS = {
    "UPDATE_CONT": 1, "HOURLY": 1, "DAILY": 1, "WEEKLY_3": 4, "WEEKLY_2": 4, "WEEKLY": 7,
    "BIWEEKLY": 16, "MONTHLY_3": 11, "MONTHLY_2": 16, "MONTHLY": 31, "BIMONTHLY": 62,
    "QUARTERLY": 92, "ANNUAL_3": 123, "ANNUAL_2": 184, "ANNUAL": 366, "BIENNIAL": 731,
    "TRIENNIAL": 1096, "QUADRENNIAL": 1461, "DECENNIAL": 3653,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``state`` is a key ``state-...`` of the messages; ``looked`` whether it was judged at all."""

    state: str
    looked: bool = False
    errors: int = 0
    warnings: int = 0
    infos: int = 0


def of(known: Known | None) -> Verdict:
    """Return the verdict on a dataset that is shown; None: nobody judged it."""
    if known is None:
        return Verdict(state="state-unexamined")
    state = "state-published"
    if known.outcome == "kept_last_good":
        state = "state-last-good"
    elif known.errors:
        state = "state-errors"
    elif known.warnings:
        state = "state-warnings"
    return Verdict(
        state=state,
        looked=True,
        errors=known.errors,
        warnings=known.warnings,
        infos=known.infos,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """Whether a dataset is as new as it says it is. ``due``: the last day of its period."""

    is_fresh: bool
    due: date


def freshness(frequency: str, modified: date | None, today: date) -> Freshness | None:
    """Return whether a dataset changed within its own period; None where it does not say."""
    days = _DAYS.get(_codes().get(frequency.strip().lower(), ""))
    if days is None or modified is None:
        return None
    try:
        due = modified + timedelta(days=days)
    except OverflowError:
        return None
    return Freshness(is_fresh=today <= due, due=due)


@cache
def _codes() -> Mapping[str, str]:
    file = files("acopio.config").joinpath("portal").joinpath("frequencies.toml")
    table: Mapping[str, Any] = tomllib.loads(file.read_text("utf-8"))
    return {
        word.lower(): code
        for code, said in table.items()
        if isinstance(said, list)
        for word in (code, *said)
    }
