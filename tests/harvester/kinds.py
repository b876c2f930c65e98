"""What each source kind must declare so that the conformance tests can be run against it.

A new kind adds one entry to ``KINDS``: how a portal serves records, what a good one looks like,
and how its listing breaks. No test is written for it here.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

from acopio.demo.dkan7 import Dkan7Portal
from acopio.demo.pages import FolderSite, LinksSite
from acopio.demo.portals import CkanPortal
from acopio.demo.server import Answer, Body, Portal, Request, not_found, send_file

Records = list[Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """A portal between which and its readers something stands."""

    portal: Portal
    request: Callable[[Request], Request] = lambda request: request
    response: Callable[[Request, Answer], Answer] = lambda request, answer: answer
    path: str = ""

    def answer(self, request: Request) -> Answer:
        return self.response(request, self.portal.answer(self.request(request)))


@dataclass(frozen=True, slots=True)
class Documents:
    """A site of documents that do not change, made beforehand."""

    files: Mapping[str, Body]
    path: str = ""

    def answer(self, request: Request) -> Answer:
        body = self.files.get(request.path)
        return send_file(request, body) if body else not_found()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One source kind. ``good(n)`` is its nth record; ``bad`` records that cannot be used.

    ``cut`` makes the listing of 150 records end early and ``repeat`` makes its pager begin anew
    for ever (None where there is no pager).
    """

    serve: Callable[[Records], Portal]
    good: Callable[[int], dict[str, Any]]
    bad: Records
    cut: Callable[[Portal], Portal]
    repeat: Callable[[Portal], Portal] | None = None
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])


def package(n: int) -> dict[str, Any]:
    """Return a package as CKAN 2.12 gives it."""
    return {
        "id": f"{n:08x}-0000-4000-8000-000000000000",
        "name": f"conjunto-{n}",
        "title": f"Conjunto {n}",
        "notes": "<p>Gasto <b>mensual</b> por ubigeo.</p>",
        "private": False,
        "state": "active",
        "type": "dataset",
        "license_id": "cc-by",
        "license_title": "Creative Commons Attribution",
        "license_url": "http://www.opendefinition.org/licenses/cc-by",
        "organization": {"id": "o", "name": "mef", "title": "Ministerio", "state": "active"},
        "groups": [{"name": "economia", "display_name": "Economía", "title": "Economía"}],
        "tags": [{"name": "gasto", "display_name": "gasto"}],
        "extras": [{"key": "frequency", "value": "R/P1M"}, {"key": "ubigeo", "value": "150101"}],
        "metadata_created": "2025-01-02T03:04:05.000006",
        "metadata_modified": "2026-01-02T03:04:05.000006",
        "maintainer": "Oficina",
        "maintainer_email": "datos@muestra.example",
        "author": None,
        "version": "1",
        "resources": [
            {
                "id": f"{n:08x}-0000-4000-8000-00000000000{r}",
                "name": f"Tabla {r}",
                "description": "Datos",
                "url": f"/files/{n}-{r}.csv",
                "format": "CSV",
                "mimetype": "text/csv",
                "size": 1234,
                "last_modified": "2026-01-02T03:04:05.000006",
                "schema": {"fields": [{"name": "a", "type": "string"}]},
            }
            for r in range(2)
        ],
    }


def pod(n: int) -> dict[str, Any]:
    """Return a dataset as Project Open Data 1.1 has it."""
    return {
        "@type": "dcat:Dataset",
        "identifier": f"id-{n}",
        "title": f"Conjunto {n}",
        "description": "Servicios por ubigeo.",
        "keyword": ["servicios", "ubigeo"],
        "theme": ["Gobernabilidad"],
        "modified": "2026-01-02",
        "issued": "2025-01-02T03:04:05-05:00",
        "accessLevel": "public",
        "accrualPeriodicity": "R/P1M",
        "publisher": {"name": "Municipalidad", "subOrganizationOf": {"name": "Región"}},
        "contactPoint": {"fn": "Mesa", "hasEmail": "mailto:datos@muestra.example"},
        "license": "http://opendefinition.org/licenses/odc-by/",
        "landingPage": f"http://127.0.0.1:9/dataset/{n}",
        "spatial": "Lima",
        "temporal": "2026-01-01/2026-06-30",
        "language": ["es"],
        "distribution": [
            {
                "@type": "dcat:Distribution",
                "title": "Tabla",
                "downloadURL": f"http://127.0.0.1:9/{n}.csv",
                "mediaType": "text/csv",
                "describedBy": f"http://127.0.0.1:9/{n}-diccionario.csv",
            }
        ],
    }


def _ckan_records(records: Records) -> Portal:
    return CkanPortal(packages=[each for each in records if isinstance(each, dict)])


def _ckan(records: Records) -> Portal:
    """Serve with the honest portal; what is no package is put into its pages as it is."""
    strange = [each for each in records if not isinstance(each, dict)]
    portal = _ckan_records(records)

    def insert(request: Request, answer: Answer) -> Answer:
        if not strange or not request.path.endswith("package_search"):
            return answer
        envelope = json.loads(answer.body)
        if request.query.get("start") == "0":
            envelope["result"]["results"][:0] = strange
        return replace(answer, body=json.dumps(envelope).encode())

    return Changed(portal, response=insert)


def _half_of_later_pages(portal: Portal, start: str = "start") -> Portal:
    def cut(request: Request, answer: Answer) -> Answer:
        later = request.query.get(start, "0") != "0"
        return replace(answer, body=answer.body[: len(answer.body) // 2]) if later else answer

    return Changed(portal, response=cut)


def _always_the_first_page(portal: Portal, start: str = "start") -> Portal:
    return Changed(
        portal,
        request=lambda request: replace(request, query={**request.query, start: "0"}),
    )


def node(n: int) -> dict[str, Any]:
    """Return a dataset as ``package_show`` of DKAN 7 gives it: what is empty is left out."""
    return {
        "id": f"{n:08x}-0000-4000-8000-000000000000",
        "name": f"conjunto-{n}",
        "title": f"Conjunto {n}",
        "author": "Oficina",
        "author_email": "datos@muestra.example",
        "license_title": "http://opendefinition.org/licenses/odc-by/",
        "notes": "<p>Gasto <b>mensual</b> por ubigeo.</p>",
        "url": f"{{base}}/dataset/conjunto-{n}",
        "state": "Active",
        "private": "Published",
        "type": "Dataset",
        "creator_user_id": "u",
        "revision_timestamp": "Lun, 08/03/2026 - 16:59",
        "metadata_created": "Jue, 10/31/2024 - 10:54",
        "metadata_modified": "Lun, 08/03/2026 - 16:59",
        "groups": [
            {
                "id": "g",
                "name": "group/ministerio-de-salud",
                "title": "Ministerio de Salud",
                "display_name": f"Conjunto {n}",
            }
        ],
        "tags": [{"id": "t", "vocabulary_id": "2", "name": "salud"}],
        "extras": [{"key": "Cobertura", "value": "&quot;Lima&quot; &amp; Callao"}],
        "resources": [
            {
                "id": f"{n:08x}-0000-4000-8000-00000000000{r}",
                "name": f"Tabla {r}",
                "description": "<p>Datos</p>",
                "url": f"{{base}}/sites/default/files/{n}-{r}.csv",
                "format": ".csv",
                "mimetype": "text/csv",
                "size": "16.36 KB",
                "state": "Active",
                "created": "Lun, 08/03/2026 - 16:59",
                "last_modified": "Date changed\tLun, 08/03/2026 - 16:59",
            }
            for r in range(2)
        ],
    }


def _data_json(records: Records) -> Portal:
    body = json.dumps({"conformsTo": "x", "dataset": records}).encode("utf-8", "surrogatepass")
    return Documents({"/data.json": Body(content=body, media_type="application/json")})


def _two_thirds(portal: Portal) -> Portal:
    return Changed(
        portal,
        response=lambda _, answer: replace(answer, body=answer.body[: len(answer.body) * 2 // 3]),
    )


def link(n: int) -> dict[str, Any]:
    """Return a row of a page of links: what the table says, and where its link leads."""
    return {"title": f"Conjunto {n}", "href": f"/archivos/conjunto-{n}.csv"}


def _links(records: Records) -> Portal:
    """Serve records as tables of links, a hundred a page; none, as a folder without files."""
    pages = [records[start : start + 100] for start in range(0, len(records), 100)]

    def numbered(request: Request, answer: Answer) -> Answer:
        number = int(request.query.get("page", "0"))
        more = f'<a rel="next" href="?page={number + 1}">Siguiente</a>'
        rows = "".join(map(_row, pages[number]))
        page = f"<html><table>{rows}</table>{more if pages[number + 1 :] else ''}</html>"
        return replace(answer, body=page.encode("utf-8", "surrogatepass"))

    return Changed(LinksSite(pages={"/": ""}), response=numbered) if records else FolderSite()


def _row(record: Any) -> str:
    given = record if isinstance(record, dict) else {"href": f"file:///C:/{record}.csv"}
    known = {key: str(given.get(key)) for key in ("title", "href")}
    more = "&".join(f"{key}={value}" for key, value in given.items() if key not in known)
    href = escape(f"{known['href']}?{more}" if more else known["href"])
    return f'<tr><td>{escape(known["title"])}</td><td><a href="{href}">CSV</a></td></tr>'


KINDS: dict[str, Kind] = {
    "ckan": Kind(
        serve=_ckan,
        good=package,
        bad=[{"title": "sin identificador"}, "texto", 7, None],
        cut=_half_of_later_pages,
        repeat=_always_the_first_page,
        options={"organization": "mef"},
    ),
    "datajson": Kind(
        serve=_data_json,
        good=pod,
        bad=[{"title": "sin identificador"}, "texto", 7, None, ["lista"]],
        cut=_two_thirds,
    ),
    "dkan7": Kind(
        serve=lambda records: Dkan7Portal(packages=records),
        good=node,
        bad=[{"title": "sin identificador"}, "texto", 7, None],
        cut=lambda portal: _half_of_later_pages(portal, "offset"),
        repeat=lambda portal: _always_the_first_page(portal, "offset"),
    ),
    "html": Kind(
        serve=_links,
        good=link,
        bad=[
            {"title": "En mi computadora", "href": "file:///C:/datos/obras.csv"},
            {"title": "Mal escrita", "href": "http://[muestra/obras.csv"},
            {"title": "Con clave", "href": "http://usuario:clave@127.0.0.1/obras.csv"},
            "texto",
            None,
        ],
        cut=lambda portal: _half_of_later_pages(portal, "page"),
        repeat=lambda portal: _always_the_first_page(portal, "page"),
        options={"dataset": "tr", "title": "td", "formats": ["csv"], "depth": 2},
    ),
}
