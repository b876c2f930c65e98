"""A portal of one's own over HTTP, with a caller of each kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from acopio.archive import Archive
from acopio.config.settings import load_settings
from acopio.portal import users
from acopio.portal.site import Site
from acopio.portal.web.serving import serving
from acopio.store import open_store

SECONDS = 60
OWNER = "portal-prueba"


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """``tokens`` of a ``sysadmin``, an ``editor`` and an ``officer``, both of ``OWNER``."""

    url: str
    site: Site
    tokens: dict[str, str]

    def call(self, action: str, asked: Any = None, who: str = "", **more: Any) -> requests.Response:
        """Call an action by POST with JSON."""
        headers = {"Authorization": self.tokens[who]} if who else {}
        return requests.post(
            f"{self.url}/api/3/action/{action}",
            json={} if asked is None else asked,
            headers=headers,
            timeout=SECONDS,
            **more,
        )

    def result(self, action: str, asked: Any = None, who: str = "") -> Any:
        """Return what an action gives; fail if it refuses."""
        answer = self.call(action, asked, who)
        assert answer.status_code == 200, answer.text[:500]
        return answer.json()["result"]


def opened(home: Path, database: str = "") -> Site:
    """Return a portal's parts with its state below ``home``."""
    environ = {"ACOPIO_HOME": str(home)} | ({"ACOPIO_DATABASE_URL": database} if database else {})
    settings = load_settings(environ)
    archive = Archive(settings.archive_url, settings.home / "scratch")
    return Site(settings, open_store(settings.database_url), archive)


@contextmanager
def served(home: Path, database: str = "") -> Iterator[Portal]:
    """Serve an empty portal with three accounts."""
    site = opened(home, database)
    tokens = {
        "sysadmin": users.add(site, "sysadmin", "admin", None).token,
        "editor": users.add(site, "editor", "publisher", OWNER).token,
        "officer": users.add(site, "officer", "officer", OWNER).token,
    }
    try:
        with serving(site, "127.0.0.1", 0) as url:
            yield Portal(url=url, site=site, tokens=tokens)
    finally:
        site.store.close()
