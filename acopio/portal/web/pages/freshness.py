"""Whether a dataset is as new as it says it is."""

from dataclasses import dataclass
from datetime import date, timedelta

from acopio.portal import frequencies

# Days within which a dataset of each frequency changes, counted generously.
_DAYS = {
    "UPDATE_CONT": 1, "HOURLY": 1, "DAILY": 1, "WEEKLY_3": 4, "WEEKLY_2": 4, "WEEKLY": 7,
    "BIWEEKLY": 16, "MONTHLY_3": 11, "MONTHLY_2": 16, "MONTHLY": 31, "BIMONTHLY": 62,
    "QUARTERLY": 92, "ANNUAL_3": 123, "ANNUAL_2": 184, "ANNUAL": 366, "BIENNIAL": 731,
    "TRIENNIAL": 1096, "QUADRENNIAL": 1461, "DECENNIAL": 3653,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """Whether a dataset is as new as it says it is. ``due``: the last day of its period."""

    is_fresh: bool
    due: date


def of(frequency: str, modified: date | None, today: date) -> Freshness | None:
    """Return whether a dataset changed within its own period; None where it does not say."""
    # Some portals write the code itself.
    days = _DAYS.get(frequencies.code(frequency) or frequency.strip().upper())
    if days is None or modified is None:
        return None
    try:
        due = modified + timedelta(days=days)
    except OverflowError:
        return None
    return Freshness(is_fresh=today <= due, due=due)
