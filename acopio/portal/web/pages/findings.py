"""A dataset's whole report: every finding, by rule or all cases of one, in pages."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from acopio.model import Finding
from acopio.portal import verdict
from acopio.portal.packages import Package
from acopio.portal.site import Site
from acopio.portal.web.pages import links, missing, report, reports
from acopio.portal.web.pages.dataset import left_out, names
from acopio.portal.web.pages.lookup import Found
from acopio.portal.web.pages.paging import Pages, asked
from acopio.portal.web.pages.rendering import Page

SIZE = 50
_RULES = 60


def shown(site: Site, request: Request, package: Package, found: Found) -> Page:
    """Show the report as it stands; ``regla=CODE`` shows all cases of one rule."""
    known = found.known
    every = report.findings(site, known.findings) if known else ()
    values = {
        "checked": known.checked if known else None,
        "verdict": verdict.of(known),
        "reason": left_out(known),
        "kept": None,
        "lasting": known.findings if known else None,
    }
    return _page(site, request, package, found, every, values, cases=3)


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
    values = {
        "checked": one.checked,
        "verdict": one.verdict,
        "reason": None,
        "kept": one,
        "lasting": None,
    }
    return _page(site, request, package, found, every, values, cases=0 if one.is_withheld else 3)


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
