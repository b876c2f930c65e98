"""Numbers, sizes, days and moments as readers here write them, by Unicode's CLDR."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from markupsafe import Markup

_MB = 1_000_000
# Below this a size in megabytes has no digits left to compare.
_SMALL = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How a country writes figures in one language."""

    locale: Locale
    zone: ZoneInfo

    def number(self, value: float) -> str:
        """Return ``1,234,567``."""
        return format_decimal(value, locale=self.locale)

    def size(self, count: int) -> str:
        """Return bytes in megabytes, small ones in less: ``12.3 MB``, ``1.3 kB``, ``50 B``."""
        if count < 1000:
            return f"{self.number(count)} B"
        amount, unit = (count / 1000, "kB") if count < _SMALL else (count / _MB, "MB")
        places = "#,##0" if amount >= 100 else "#,##0.0"
        return f"{format_decimal(amount, places, locale=self.locale)} {unit}"

    def exact(self, moment: datetime) -> str:
        """Return ``21 set. 2026, 23:09 (UTC-05:00)``."""
        local = moment.astimezone(self.zone)
        offset = local.strftime("%z")
        words = format_datetime(local, "d MMM y, HH:mm", tzinfo=self.zone, locale=self.locale)
        return f"{words} (UTC{offset[:3]}:{offset[3:]})"

    def day(self, given: date | datetime) -> Markup:
        """Return ``21 set. 2026`` as HTML; a moment is the day it was here."""
        local = given.astimezone(self.zone) if isinstance(given, datetime) else given
        shown = format_date(local, "d MMM y", locale=self.locale)
        title = self.exact(given) if isinstance(given, datetime) else local.isoformat()
        return _time(given.isoformat(), title, shown)

    def moment(self, moment: datetime) -> Markup:
        """Return a moment with its offset as HTML."""
        return _time(moment.isoformat(), "", self.exact(moment))

    def ago(self, moment: datetime) -> Markup:
        """Return ``hace 3 horas`` as HTML, the exact moment in its title."""
        since = moment - datetime.now(UTC)
        words = format_timedelta(since, add_direction=True, locale=self.locale)
        return _time(moment.isoformat(), self.exact(moment), words)

    def lasting(self, seconds: float) -> str:
        """Return ``3 minutos``; no less than a second."""
        lasted = timedelta(seconds=max(1, seconds))
        return format_timedelta(lasted, threshold=1.2, locale=self.locale)


def _time(machine: str, title: str, shown: str) -> Markup:
    if not title:
        return Markup('<time datetime="{}">{}</time>').format(machine, shown)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(machine, title, shown)


@cache
def figures(country: str, language: str) -> Figures:
    """Return how ``config/<country>/portal.toml`` has figures written."""
    file = files("acopio.config").joinpath(country).joinpath("portal.toml")
    said = tomllib.loads(file.read_text("utf-8"))
    territory = said["territory"] if language == "es" else None
    return Figures(locale=Locale(language, territory), zone=ZoneInfo(said["timezone"]))


def read_moment(text: object) -> datetime | date | None:
    """Return the moment or the day that a field of the catalogue has; None for anything else.

    A moment without a zone is UTC, as CKAN writes them.
    """
    said = str(text or "").strip()
    try:
        if len(said) == len("2026-09-21"):
            return date.fromisoformat(said)
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    # Years at either end leave no room for another zone.
    if not 1 < found.year < 9999:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
