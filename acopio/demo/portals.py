"""Sample portals: one that answers as a CKAN does, one with a data.json. Both also have files.

They are honest: paging, filters, validators and errors behave as the real ones. Tests that need
dishonest portals wrap these.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from acopio.demo.server import Answer, Body, Request, not_found, send_file

_CLAUSE = re.compile(r"\b(organization|owner_org|name|id|tags|groups|res_format):\"?([\w.-]+)\"?")


def send_json(value: object, status: int = 200) -> Answer:
    """Answer with JSON."""
    headers = {"Content-Type": "application/json;charset=utf-8"}
    return Answer(status=status, body=json.dumps(value).encode(), headers=headers)


def with_addresses(value: Any, base: str) -> Any:
    """Put the portal's address before every address that starts with ``{base}``."""
    if isinstance(value, str):
        return value.replace("{base}", base)
    if isinstance(value, dict):
        return {key: with_addresses(each, base) for key, each in value.items()}
    if isinstance(value, list):
        return [with_addresses(each, base) for each in value]
    return value


@dataclass(kw_only=True)
class CkanPortal:
    """A CKAN for anonymous readers: ``package_search``, ``package_show``, ``status_show``.

    ``packages`` are CKAN's own dicts, in which ``{base}`` stands for the portal's address;
    ``files`` what it serves, by path. ``most`` is the largest page it gives, whatever is asked.
    Private and draft packages are kept from readers as CKAN keeps them: 403 by id, not searched.
    """

    packages: Sequence[Mapping[str, Any]] = ()
    files: Mapping[str, Body] = field(default_factory=dict[str, Body])
    path: str = ""
    most: int = 1000
    title: str = "Portal de muestra"

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        if request.path in self.files:
            return send_file(request, self.files[request.path])
        action = re.fullmatch(r"/api(?:/3)?/action/(\w+)", request.path)
        if action is None:
            return self._page(request)
        known = {
            "package_search": self._search,
            "package_show": self._show,
            "status_show": self._status,
        }
        handler = known.get(action[1])
        if handler is None:
            return send_json(f"Bad request - Action name not known: {action[1]}", 400)
        return handler(request)

    def _search(self, request: Request) -> Answer:
        try:
            start = int(request.query.get("start", "0"))
            rows = int(request.query.get("rows", "10"))
        except ValueError:
            return _failure(409, "Validation Error", "rows: must be an integer")
        found = self._found(request.query.get("fq", ""))
        field_name, _, direction = request.query.get("sort", "metadata_modified desc").partition(
            " "
        )
        found.sort(key=lambda package: str(package.get(field_name, "")))
        if direction.strip().lower() == "desc":
            found.reverse()
        page = found[start : start + min(rows, self.most)]
        return _success(request, {"count": len(found), "results": page, "facets": {}})

    def _found(self, query: str) -> list[Mapping[str, Any]]:
        clauses = _CLAUSE.findall(query)
        return [
            package
            for package in self.packages
            if _is_public(package) and all(_matches(package, *clause) for clause in clauses)
        ]

    def _show(self, request: Request) -> Answer:
        wanted = request.query.get("id", "")
        for package in self.packages:
            if wanted in {package.get("id"), package.get("name")}:
                if not _is_public(package):
                    return _failure(403, "Authorization Error", "Access denied")
                return _success(request, package)
        return _failure(404, "Not Found Error", "Not found")

    def _status(self, request: Request) -> Answer:
        return _success(
            request,
            {"site_title": self.title, "ckan_version": "2.12.0", "site_url": request.base},
        )

    def _page(self, request: Request) -> Answer:
        name = request.path.removeprefix("/dataset/")
        found = any(each.get("name") == name and _is_public(each) for each in self.packages)
        return html_page(self.title) if found or request.path == "/" else not_found()


@dataclass(kw_only=True)
class DataJsonPortal:
    """A site with ``/data.json`` (Project Open Data 1.1), its pages and its files.

    ``datasets`` are POD's own dicts, in which ``{base}`` stands for the site's address; a path
    in ``gone`` answers 410.
    """

    datasets: Sequence[Mapping[str, Any]] = ()
    files: Mapping[str, Body] = field(default_factory=dict[str, Body])
    gone: frozenset[str] = frozenset()
    path: str = ""
    title: str = "Municipalidad de muestra"

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        if request.path in self.gone:
            return Answer(status=410)
        if request.path in self.files:
            return send_file(request, self.files[request.path])
        if request.path == "/data.json":
            body = json.dumps(self._catalogue(request.base), ensure_ascii=False, indent=1)
            return send_file(
                request, Body(content=body.encode(), media_type="application/json;charset=utf-8")
            )
        return self._page(request)

    def _catalogue(self, base: str) -> dict[str, Any]:
        return {
            "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
            "@type": "dcat:Catalog",
            "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
            "dataset": with_addresses(list(self.datasets), base),
        }

    def _page(self, request: Request) -> Answer:
        own = {"{base}" + request.path}
        found = any(each.get("landingPage") in own for each in self.datasets)
        return html_page(self.title) if found or request.path == "/" else not_found()


def _is_public(package: Mapping[str, Any]) -> bool:
    return package.get("private") is not True and package.get("state", "active") == "active"


def _matches(package: Mapping[str, Any], name: str, wanted: str) -> bool:
    if name == "organization":
        organization = package.get("organization")
        return isinstance(organization, dict) and organization.get("name") == wanted
    if name in {"tags", "groups"}:
        return any(each.get("name") == wanted for each in package.get(name, []))
    if name == "res_format":
        return any(each.get("format") == wanted for each in package.get("resources", []))
    return package.get(name) == wanted


def _success(request: Request, result: object) -> Answer:
    return send_json(
        {
            "help": f"{request.base}/api/3/action/help_show",
            "success": True,
            "result": with_addresses(result, request.base),
        }
    )


def _failure(status: int, kind: str, message: str) -> Answer:
    return send_json({"success": False, "error": {"__type": kind, "message": message}}, status)


def html_page(title: str) -> Answer:
    """Answer with a page that says its title."""
    page = f"<!DOCTYPE html><html lang='es'><title>{title}</title><h1>{title}</h1></html>"
    return Answer(body=page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
