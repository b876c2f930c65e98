"""A portal to look at: a ministry's sample, harvested, and what hostile hands add by API."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import insert

from acopio.canonical import to_json
from acopio.config.settings import load_settings
from acopio.demo import ministry
from acopio.demo.portals import CkanPortal
from acopio.demo.server import serve
from acopio.engine import open_engine
from acopio.model import Finding, Report, Severity, Source
from acopio.pipeline.run import run
from acopio.pipeline.work import Options
from acopio.registration import add_sources
from acopio.store import Store, schema
from acopio.store.payloads import keep
from tests.portal.serving import Portal, served

SOURCE = "ministerio"
# Published by the first run, gone in the second.
WITHDRAWN = "establecimientos-de-salud"
WITHHELD = "padron-de-beneficiarios"
WARNED = "ordenes-de-compra"
CROWDED = "muchos-archivos"
HOSTILE = "hostil"
GROUP = "grupo-hostil"
SCRIPT = "<script>alert(1)</script>"
QUOTED = "\"'><img src=http://evil.example/x onerror=alert(1)>"
FOUND = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The portal, and the job that ran last."""

    portal: Portal
    job: str

    def get(self, path: str, **headers: str) -> requests.Response:
        """Return a page, in Spanish unless ``headers`` say otherwise; redirects stand."""
        said = {"Accept-Language": "es", **{k.replace("_", "-"): v for k, v in headers.items()}}
        address = self.portal.url + path
        return requests.get(address, headers=said, timeout=60, allow_redirects=False)


def paths(world: World) -> dict[str, str]:
    """Return an address of each kind of page, by what it shows."""
    return {
        "home": "/",
        "search": "/dataset/?q=ubigeo",
        "search-chosen": "/dataset/?tags=presupuesto&res_format=CSV&sort=title_string+asc",
        "search-nothing": "/dataset/?q=xyzzyqwerty",
        "dataset": f"/dataset/{WARNED}",
        "dataset-crowded": f"/dataset/{CROWDED}",
        "dataset-hostile": f"/dataset/{HOSTILE}",
        "report": f"/dataset/{WARNED}/report",
        "rule": f"/dataset/{WARNED}/report?regla=decimal-comma",
        "versions": f"/dataset/{WARNED}/versions",
        "version": f"/dataset/{WARNED}/versions/1",
        "withheld": f"/dataset/{WITHHELD}",
        "tombstone": f"/dataset/{WITHDRAWN}",
        "missing": "/dataset/no-existe",
        "organizations": "/organization/",
        "organization": "/organization/ministerio-de-muestra",
        "group": f"/group/{GROUP}",
        "sources": "/source/",
        "source": f"/source/{SOURCE}",
        "job": f"/job/{world.job}",
        "schemas": "/schemas",
        "schema": "/schemas/siaf-gasto",
        "validar": "/validar",
    }


@contextmanager
def made(home: Path) -> Iterator[World]:
    """Make the portal in a folder of its own."""
    job = _harvested(home)
    with served(home) as portal:
        _add_hostile(portal)
        _add_crowded(portal)
        yield World(portal=portal, job=job)


def _harvested(home: Path) -> str:
    """Run the source twice; the second time one dataset is no longer listed."""
    sample = ministry.portal()
    listed = list(sample.packages)
    whole = CkanPortal(packages=listed, files=sample.files, title=sample.title)
    with serve(whole) as url:
        settings = load_settings(
            {"ACOPIO_HOME": str(home), "ACOPIO_EXECUTOR": "serial", "ACOPIO_LANG": "es"}
        )
        allowed = frozenset({url.removeprefix("http://")})
        with open_engine(replace(settings, allowed_private_hosts=allowed)) as engine:
            source = Source(
                name=SOURCE,
                kind="ckan",
                url=url,
                title="Ministerio de muestra",
                owner="ministerio-de-muestra",
                schedule="0 3 * * *",
                pause=0,
                withdraw_after_days=0,
            )
            add_sources(engine.store, [source])
            run(engine, SOURCE, Options())
            listed[:] = [one for one in listed if one["name"] != WITHDRAWN]
            return run(engine, SOURCE, Options())


def _add_hostile(portal: Portal) -> None:
    title = f"Título {SCRIPT}{QUOTED}"
    organization = {"name": HOSTILE, "title": f"Org {SCRIPT}", "description": SCRIPT + QUOTED}
    portal.result("organization_create", organization, "sysadmin")
    portal.result("group_create", {"name": GROUP, "title": f"Grupo {QUOTED}"}, "sysadmin")
    image = "![x](http://evil.example/x.png)"
    notes = f"{SCRIPT}\n\n[a](javascript:alert(1)) {image} {QUOTED}\n\n# A\n\n### C"
    resources: list[dict[str, Any]] = [
        {"name": SCRIPT, "url": "javascript:alert(1)", "format": QUOTED, "description": SCRIPT},
        {"name": QUOTED, "url": "https://example.org/a.csv?x=<script>", "format": "CSV"},
    ]
    package = portal.result(
        "package_create",
        {
            "name": HOSTILE,
            "title": title,
            "notes": notes,
            "owner_org": HOSTILE,
            "url": "javascript:alert(1)",
            "author": SCRIPT,
            "maintainer": QUOTED,
            "groups": [{"name": GROUP}],
            "tags": [{"name": "onerror alert"}],
            "extras": [
                {"key": SCRIPT, "value": QUOTED},
                {"key": "licence", "value": SCRIPT},
                {"key": "licence_url", "value": "javascript:alert(1)"},
                {"key": "modified", "value": "0001-01-01T00:00:00+23:59"},
                {"key": "frequency", "value": "R/P1M"},
            ],
            "resources": resources,
        },
        "sysadmin",
    )
    _judge(portal.site.store, package["id"], title, [_finding(0, SCRIPT), _finding(1, QUOTED)])


def _add_crowded(portal: Portal) -> None:
    """Add a dataset of a thousand resources, a thousand findings and a title of 300 letters."""
    resources = [
        {
            "name": f"Archivo {n} " + "x" * 100,
            "url": f"https://example.org/{n}.csv",
            "format": "CSV",
        }
        for n in range(1_000)
    ]
    title = "Muchos archivos " + "sinespacios" * 26
    package = portal.result(
        "package_create",
        {
            "name": CROWDED,
            "title": title,
            "notes": "Palabra " * 20_000,
            "owner_org": "ministerio-de-muestra",
            "tags": [{"name": f"etiqueta {n}"} for n in range(500)],
            "extras": [{"key": f"clave-{n}", "value": "valor " * 500} for n in range(200)],
            "resources": resources,
        },
        "sysadmin",
    )
    every = [_finding(n, f"evidencia {n}", code=f"regla-{n % 40}") for n in range(FOUND)]
    _judge(portal.site.store, package["id"], title, every)


def _finding(number: int, evidence: str, code: str = "type-error") -> Finding:
    return Finding(
        code=code,
        severity=Severity.ERROR,
        resource="r",
        row=number,
        field=evidence,
        evidence=evidence,
        params={"expected": "integer", "value": evidence, "note": evidence},
    )


def _judge(store: Store, number: str, title: str, found: list[Finding]) -> None:
    """Make a dataset one that was harvested and judged."""

    with store.write() as connection:
        payload = keep(connection, to_json(Report(findings=tuple(found))))
        row = {
            "id": number,
            "source": SOURCE,
            "remote_id": number,
            "name": f"h-{number}",
            "title": title,
            "payload": "",
            "state": "active",
            "outcome": "created",
            "findings": payload,
            "errors": len(found),
            "since": datetime.now(UTC),
        }
        connection.execute(insert(schema.dataset).values(**row, kept=False))
