"""A dataset's whole report: every finding, by rule or all cases of one, in pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request

from acopio.model import Finding
from acopio.portal import verdict
from acopio.portal.packages import Package
from acopio.portal.site import Site
from acopio.portal.web.pages import datafiles, links, missing, report, reports
from acopio.portal.web.pages.dataset import left_out, names
from acopio.portal.web.pages.lookup import Found
from acopio.portal.web.pages.paging import Pages, asked
from acopio.portal.web.pages.rendering import Page

SIZE = 50
# So many rules, and of each so many cases; all rows are in the CSV.
_RULES, _CASES = 60, 5
# Files whose clean copies a report names; the dataset's page has all.
_FILES = 15


def shown(site: Site, request: Request, package: Package, found: Found) -> Page:
    """Show the report as it stands; ``regla=CODE`` shows all cases of one rule."""
    known = found.known
    every = report.findings(site, known.findings) if known else ()
    values: dict[str, Any] = {
        "checked": known.checked if known else None,
        "verdict": verdict.of(known),
        "reason": left_out(known),
        "kept": None,
        "lasting": known.findings if known else None,
    }
    values["copies"] = _copies(site, package)
    return _page(site, request, package, found, every, values, cases=_CASES)


def kept(site: Site, request: Request, package: Package, found: Found) -> Page:
    """Show a report the dataset has or had, at an address for ever.

    Of one that had the dataset withheld only the rules, as its page said then.
    """
    one = reports.find(site, found, request.path_params["digest"])
    try:
        every = report.findings(site, one.digest) if one else ()
    except LookupError:
        one = None
    if one is None:
        return missing.anything(site, request)
    values: dict[str, Any] = {
        "checked": one.checked,
        "verdict": one.verdict,
        "reason": None,
        "kept": one,
        "lasting": None,
    }
    # An older report is of other bytes than the clean copies there are now.
    is_current = found.known is not None and found.known.findings == one.digest
    values["copies"] = _copies(site, package) if is_current and not one.is_withheld else []
    cases = 0 if one.is_withheld else _CASES
    return _page(site, request, package, found, every, values, cases=cases)


def _copies(site: Site, package: Package) -> list[datafiles.DataFile]:
    """Return the files with a clean copy: what a publisher may put back at the source."""
    some = datafiles.described(site, package, datafiles.pairs(package)[:_FILES])
    return [one for one in some if any(each.kind == "file-log" for each in one.downloads)]


def _page(
    site: Site,
    request: Request,
    package: Package,
    found: Found,
    every: Sequence[Finding],
    values: dict[str, Any],
    *,
    cases: int,
) -> Page:
    """Return the rules, or all cases of the one asked for; with no ``cases`` only the rules."""
    called = names(site, found)
    parts = (
        "dataset",
        package.name,
        "report",
        *([values["kept"].digest] if values["kept"] else []),
    )
    wanted = request.query_params.get("regla", "")[:100] if cases else ""
    values |= {
        "name": package.name,
        "title": str(package.body.get("title") or package.name),
        "address": lambda **query: links.page(*parts, **query),
        "in_rows": _rows_address(package, values) if cases and every else None,
        "rule": None,
        "pages": None,
        "rules": [],
        "more": 0,
    }
    these = [one for one in every if one.code == wanted]
    if not these:
        values["rules"], values["more"] = report.by_rule(every, called, cases=cases, most=_RULES)
        return Page(template="report.html", values=values)
    pages = Pages(
        number=asked(request, "pagina"),
        size=SIZE,
        total=len(these),
        address=lambda n: links.page(*parts, regla=wanted, pagina=n),
    )
    some = these[pages.start : pages.start + SIZE]
    (values["rule"],), _ = report.by_rule(these, called, cases=0, most=1)
    values["cases"] = [report.case(one, called) for one in some]
    values["pages"] = pages
    return Page(template="report.html", values=values)


def _rows_address(package: Package, values: Mapping[str, Any]) -> Callable[..., str]:
    """Return what gives the address of all rows, or of one rule's: it lasts as the report does."""
    digest = values["kept"].digest if values["kept"] else values["lasting"]

    def address(**query: object) -> str:
        return links.page("dataset", package.name, "report", digest, "rows.csv", **query)

    return address
