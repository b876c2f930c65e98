"""How often a dataset changes, as its publisher declares, and whether it keeps to that.

``config/frequencies.toml`` has the codes of the EU authority table, what portals write for each,
and its days. The one place that says what fresh means: validators and pages ask here.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """Whether something changed within its own period. ``due``: the last day of that period."""

    is_fresh: bool
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frequencies:
    base: str
    codes: Mapping[str, str]
    days: Mapping[str, int]


def code(said: str) -> str:
    """Return the code (``MONTHLY``) of what a portal writes, empty where it is not known.

    Some portals write the code itself, or its address.
    """
    known = _frequencies()
    word = said.strip()
    bare = word.removeprefix(known.base).upper()
    return bare if bare in known.codes.values() else known.codes.get(word.lower(), "")


def address(known: str) -> str:
    """Return the address of a code in the authority table."""
    return f"{_frequencies().base}{known}"


def days(said: str) -> int | None:
    """Return how many days something of this frequency may stay as it is; None: nobody can say."""
    return _frequencies().days.get(code(said))


def freshness(said: str, changed: date | None, today: date) -> Freshness | None:
    """Return whether what last changed on a day is still within its period; None: not declared."""
    period = days(said)
    if period is None or changed is None:
        return None
    try:
        due = changed + timedelta(days=period)
    except OverflowError:
        return None
    return Freshness(is_fresh=today <= due, due=due)


@cache
def _frequencies() -> _Frequencies:
    text = files("acopio.config").joinpath("frequencies.toml").read_text("utf-8")
    document = tomllib.loads(text)
    base = document.pop("base")
    return _Frequencies(
        base=base,
        codes={word.lower(): known for known, one in document.items() for word in one["words"]},
        days={known: one["days"] for known, one in document.items() if "days" in one},
    )
