"""A dataset as readers saw it at one time, at an address for ever."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select
from starlette.requests import Request

from acopio.portal.packages import FIELDS, Package
from acopio.portal.site import Site
from acopio.portal.web.pages import links, missing, reports
from acopio.portal.web.pages.lookup import Found
from acopio.portal.web.pages.paging import Pages, asked
from acopio.portal.web.pages.rendering import Page
from acopio.store import catalog

version = catalog.version
SIZE = 50
FILES = 100


def every(site: Site, request: Request, package: Package, found: Found) -> Page:
    """Show all versions, the newest first."""
    number = asked(request, "pagina")
    of_this = version.c.package == package.id
    with site.store.read() as connection:
        last = select(version.c.number).where(of_this).order_by(version.c.number.desc())
        numbers = [row.number for row in connection.execute(last)]
        pages = Pages(
            number=number,
            size=SIZE,
            total=len(numbers),
            address=lambda n: links.page("dataset", package.name, "versions", pagina=n),
        )
        # One more than is shown: the last of a page is compared with it.
        some = numbers[pages.start : pages.start + SIZE + 1]
        query = select(version.c.number, version.c.made, version.c.hash)
        query = query.where(of_this, version.c.number.in_(some)).order_by(version.c.number.desc())
        rows = connection.execute(query).all()
    judged = reports.of_versions(site, found, [(row.number, row.made) for row in rows])
    values = {
        "name": package.name,
        "title": _title(package.body, package.name),
        "versions": rows[:SIZE],
        "judged": judged,
        "of_other_rules": reports.of_other_rules(judged),
        "pages": pages,
    }
    return Page(template="versions.html", values=values)


def one(site: Site, request: Request, package: Package, found: Found) -> Page:
    """Show one version, and what it changed in the one before."""
    number = _number(request.path_params["number"])
    if number is None:
        return missing.anything(site, request)
    with site.store.read() as connection:
        here = _body(connection, package.id, number)
        before = _body(connection, package.id, number - 1)
        newest = _newest(connection, package.id)
        if here is None:
            return missing.anything(site, request)
        citable = _citable(connection, here["body"]["resources"])
    body = here["body"]
    values = {
        "name": package.name,
        "title": _title(body, package.name),
        "notes_text": body.get("notes") or "",
        "version_number": number,
        "newest": newest,
        "made": here["made"],
        "hash": here["hash"],
        "changes": _changes(before["body"], body) if before else None,
        "files": [_file(one, citable) for one in body["resources"][:FILES]],
        "more_files": max(0, len(body["resources"]) - FILES),
    }
    return Page(template="version.html", values=values)


def _number(text: str) -> int | None:
    """Return the number an address names, None for what no column could hold or is none."""
    if len(text) > 10 or not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if number < 2**31 else None


def _title(body: Mapping[str, Any], name: str) -> str:
    return str(body.get("title") or name)


def _body(connection: Connection, package: str, number: int) -> dict[str, Any] | None:
    query = select(version).where(version.c.package == package, version.c.number == number)
    row = connection.execute(query).first()
    if row is None:
        return None
    return {"made": row.made, "hash": row.hash, "body": json.loads(row.body)}


def _newest(connection: Connection, package: str) -> int:
    query = select(version.c.number).where(version.c.package == package)
    return int(connection.execute(query.order_by(version.c.number.desc()).limit(1)).scalar_one())


def _citable(connection: Connection, resources: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the hashes whose bytes can still be had."""
    hashes = [str(each["acopio_sha256"]) for each in resources if each.get("acopio_sha256")]
    there = select(catalog.file.c.sha256).where(catalog.file.c.sha256.in_(hashes[:FILES]))
    return {row.sha256 for row in connection.execute(there)}


def _file(each: Mapping[str, Any], citable: set[str]) -> dict[str, Any]:
    sha256 = str(each.get("acopio_sha256") or "")
    return {
        "name": str(each.get("name") or each.get("url") or each["id"]),
        "format": str(each.get("format") or ""),
        "size": each.get("size") if isinstance(each.get("size"), int) else None,
        "sha256": sha256,
        "url": f"/file/sha256/{sha256}" if sha256 in citable else None,
    }


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what changed: fields by name; files added, taken out and changed by theirs."""
    old = {each["id"]: each for each in before["resources"]}
    new = {each["id"]: each for each in after["resources"]}
    return {
        "fields": [
            *(name for name in FIELDS if before.get(name) != after.get(name)),
            *(name for name in ("tags",) if before[name] != after[name]),
            *_extras(before["extras"], after["extras"]),
        ][:SIZE],
        "added": [_name(new[number]) for number in new.keys() - old.keys()][:SIZE],
        "removed": [_name(old[number]) for number in old.keys() - new.keys()][:SIZE],
        "changed": [
            _name(new[number])
            for number in new.keys() & old.keys()
            if old[number].get("acopio_sha256") != new[number].get("acopio_sha256")
        ][:SIZE],
    }


def _extras(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[str]:
    old = {each["key"]: each["value"] for each in before if each["key"] != "acopio_written"}
    new = {each["key"]: each["value"] for each in after if each["key"] != "acopio_written"}
    return sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))


def _name(each: Mapping[str, Any]) -> str:
    return str(each.get("name") or each.get("url") or each["id"])
