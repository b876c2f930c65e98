"""A dataset's whole report: every finding, by rule or all cases of one, in pages."""

from typing import Any

from starlette.requests import Request

from acopio.portal import verdict
from acopio.portal.packages import Package
from acopio.portal.site import Site
from acopio.portal.web.pages import links, report
from acopio.portal.web.pages.dataset import left_out, names
from acopio.portal.web.pages.lookup import Found
from acopio.portal.web.pages.paging import Pages, asked
from acopio.portal.web.pages.rendering import Page

SIZE = 50
_RULES = 60


def shown(site: Site, request: Request, package: Package, found: Found) -> Page:
    """Show the report; ``regla=CODE`` shows all cases of one rule."""
    known = found.known
    every = report.findings(site, known.findings) if known else ()
    called = names(site, found)
    wanted = request.query_params.get("regla", "")[:100]
    values: dict[str, Any] = {
        "name": package.name,
        "title": str(package.body.get("title") or package.name),
        "known": known,
        "verdict": verdict.of(known),
        "reason": left_out(known),
        "rule": None,
        "pages": None,
        "rules": [],
        "more": 0,
    }
    these = [one for one in every if one.code == wanted]
    if not these:
        values["rules"], values["more"] = report.by_rule(every, called, cases=3, most=_RULES)
        return Page(template="report.html", values=values)
    pages = Pages(
        number=asked(request, "pagina"),
        size=SIZE,
        total=len(these),
        address=lambda n: links.page("dataset", package.name, "report", regla=wanted, pagina=n),
    )
    some = these[pages.start : pages.start + SIZE]
    (values["rule"],), _ = report.by_rule(these, called, cases=0, most=1)
    values["cases"] = [report.case(one, called) for one in some]
    values["pages"] = pages
    return Page(template="report.html", values=values)
