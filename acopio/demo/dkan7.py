"""A sample portal that answers as DKAN 7.x-1.x does, with the ways in which it is not a CKAN."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from acopio.demo.portals import html_page, send_json, with_addresses
from acopio.demo.server import Answer, Body, Request, not_found, send_file

LISTING = "/api/3/action/current_package_list_with_resources"
NAMES = "/api/3/action/package_list"
SHOW = "/api/3/action/package_show"
CATALOGUE = "/data.json"
_ANSWERED = frozenset([LISTING, NAMES, SHOW, CATALOGUE])
_SEARCH = "/search/type/dataset"
_LOGIN = "/user/login"


@dataclass(kw_only=True)
class Dkan7Portal:
    """A DKAN 7 for anonymous readers: three actions, ``data.json``, pages and files.

    ``packages`` are DKAN's own dicts, in which ``{base}`` stands for the portal's address;
    ``files`` what it serves, by path. ``answered`` are the paths of the API and the catalogue
    that are on: others are 404, in HTML. ``per_page`` is the site's "datasets per page", which
    cuts data.json alone. With ``repeats`` its pager forgets the limit and the offset it was
    given, so that every page is the first. ``private`` are names of datasets whose page asks
    for a login.
    """

    packages: Sequence[Any] = ()
    files: Mapping[str, Body] = field(default_factory=dict[str, Body])
    path: str = ""
    title: str = "Portal de muestra"
    answered: frozenset[str] = _ANSWERED
    per_page: int | None = None
    repeats: bool = False
    private: frozenset[str] = frozenset()

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        if request.path in self.files:
            return send_file(request, self.files[request.path])
        if request.path in self.answered:
            return self._said(request)
        return self._page(request)

    def _said(self, request: Request) -> Answer:
        if request.path == SHOW:
            return self._show(request)
        query = dict(request.query)
        if self.repeats and set(query) != {"page"}:
            return _redirect(request, {"page": "0"})
        if "page" not in query:
            return _redirect(request, {**query, "page": "0"})
        if request.path == CATALOGUE:
            return self._catalogue(request)
        if request.path == NAMES:
            names = [each.get("name") for each in self.packages if isinstance(each, dict)]
            return _success(request, names)
        return _success(request, [self._some(query)])

    def _some(self, query: Mapping[str, str]) -> list[Any]:
        start, rows = _number(query.get("offset"), 0), _number(query.get("limit"), None)
        end = None if rows is None else (start or 0) + rows
        return list(self.packages[start:end])

    def _show(self, request: Request) -> Answer:
        wanted = request.query.get("id")
        for each in self.packages:
            if isinstance(each, dict) and wanted in {each.get("id"), each.get("name")}:
                return _success(request, [each])
        error = {"__type": "Query Error", "message": "No se encontró el conjunto de datos."}
        return _success(request, [error], 404)

    def _catalogue(self, request: Request) -> Answer:
        page = _number(request.query["page"], 0) or 0
        length = self.per_page or len(self.packages) or 1
        last = max(0, -(-len(self.packages) // length) - 1)
        if self.per_page and page > last:
            return _redirect(request, {"page": str(last)})
        start = page * length if self.per_page else 0
        catalogue = {
            "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
            "dataset": [pod(each) for each in self.packages[start : start + length]],
        }
        return send_json(with_addresses(catalogue, request.base))

    def _page(self, request: Request) -> Answer:
        name = request.path.removeprefix("/dataset/")
        public = any(isinstance(each, dict) and each.get("name") == name for each in self.packages)
        if name in self.private:
            return _moved(f"{request.base}{_LOGIN}?destination=dataset/{name}", 302)
        if public or request.path in {"/", _SEARCH, _LOGIN}:
            return html_page(self.title)
        if request.path.startswith("/dataset/"):
            return _moved(request.base + _SEARCH, 301)
        return not_found()


def pod(package: Mapping[str, Any]) -> dict[str, Any]:
    """Return a package as DKAN 7 puts it into data.json: Project Open Data 1.1.

    There is a contact where none was given, and only the day of the last change.
    """
    groups = package.get("groups") or [{}]
    written = {
        "@type": "dcat:Dataset",
        "accessLevel": "public",
        "identifier": package["id"],
        "title": package.get("title"),
        "description": package.get("notes"),
        "keyword": [tag["name"] for tag in package.get("tags", [])],
        "modified": _day(package.get("metadata_modified")),
        "publisher": {"@type": "org:Organization", "name": groups[0].get("title")},
        "license": package.get("license_title"),
        "contactPoint": {
            "fn": package.get("author") or "Anonymous",
            "hasEmail": "mailto:" + package.get("author_email", "noemailprovided@usa.gov"),
        },
        "landingPage": package.get("url"),
        "distribution": [_distribution(each) for each in package.get("resources", [])],
    }
    return {key: value for key, value in written.items() if value}


def _distribution(resource: Mapping[str, Any]) -> dict[str, Any]:
    url = str(resource.get("url", ""))
    uploaded = url.startswith("{base}/")
    return {
        "@type": "dcat:Distribution",
        "title": resource.get("name"),
        "format": resource.get("format"),
        ("downloadURL" if uploaded else "accessURL"): url,
    }


def _day(written: object) -> str:
    """Return the day of ``Jue, 10/31/2024 - 10:54`` as ISO 8601."""
    month, day, year = str(written).split(" ")[1].split("/")
    return f"{year}-{month}-{day}"


def _number(written: str | None, otherwise: int | None) -> int | None:
    return int(written) if written and written.isdigit() else otherwise


def _success(request: Request, result: object, status: int = 200) -> Answer:
    said = {"help": "", "success": True, "result": with_addresses(result, request.base)}
    return send_json(said, status)


def _redirect(request: Request, query: Mapping[str, str]) -> Answer:
    return _moved(f"{request.base}{request.path}?{urlencode(query)}", 302)


def _moved(address: str, status: int) -> Answer:
    headers = {"Location": address, "Content-Type": "text/html; charset=UTF-8"}
    return Answer(status=status, headers=headers)
