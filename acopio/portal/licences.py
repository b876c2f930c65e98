"""The licences a dataset may be given by id, in ``config/portal/licences.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A licence. ``domains`` are among ``content``, ``data``, ``software``."""

    id: str
    title: str
    url: str = ""
    is_open: bool = False
    generic: bool = False
    domains: tuple[str, ...] = ()

    def document(self) -> dict[str, str]:
        """Return it as ``license_list`` shows it: CKAN writes truth as text."""
        return {
            "id": self.id,
            "title": self.title,
            "url": self.url,
            "status": "active",
            "family": "",
            "maintainer": "",
            "is_generic": str(self.generic),
            "od_conformance": "approved" if self.is_open else "not reviewed",
            "osd_conformance": "not reviewed",
            **{f"domain_{name}": str(name in self.domains) for name in _DOMAINS},
        }


_DOMAINS = ("content", "data", "software")


@cache
def known() -> Mapping[str, Known]:
    """Return the licences by id, in the order they are shown."""
    text = files("acopio.config").joinpath("portal").joinpath("licences.toml").read_text("utf-8")
    return {
        number: Known(id=number, **{**facts, "domains": tuple(facts.get("domains", ()))})
        for number, facts in tomllib.loads(text).items()
    }


def find(number: str | None) -> Known | None:
    """Return a licence by its id, None for one we do not know."""
    return known().get(number or "")
