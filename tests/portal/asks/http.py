"""The site, and the protocol beneath the actions."""

from typing import Any

from tests.portal.asks.ask import STRANGER, Ask, several

SITE = [
    *several("status_show", {"a stranger": {}}, STRANGER),
    *several("help_show", {"nothing": {}, "of none": {"name": "{p}"}}, STRANGER),
    *several("license_list", {"a stranger": {}}, STRANGER),
    *several("site_read", {"which is gone": {}}, STRANGER),
    *several("{p}", {"an unknown action": {}}, STRANGER),
    *several("datastore_search", {"nothing": {}, "of none": {"resource_id": "{p}"}}, STRANGER),
    *several("datastore_info", {"nothing": {}, "of none": {"id": "{p}"}}, STRANGER),
]


def _raw(label: str, action: str, body: bytes, **more: Any) -> Ask:
    return Ask(label=f"HTTP: {label}", action=action, body=body, **{"who": STRANGER, **more})


_FORM = "application/x-www-form-urlencoded"

HTTP = [
    _raw("malformed JSON", "package_show", b"{x"),
    _raw("a JSON list", "package_show", b"[1]"),
    _raw("a JSON text", "package_show", b'"x"'),
    _raw("an empty body", "package_show", b""),
    _raw("JSON as a form", "package_show", b'{"id": "{p}-gasto"}', kind=_FORM),
    _raw("JSON as a form, encoded", "package_show", b"%7B%22id%22%3A%20%22x%22%7D", kind=_FORM),
    _raw("a form", "package_show", b"id={p}-gasto", kind=_FORM),
    _raw("a form of two fields", "package_show", b"id={p}-gasto&x=1", kind=_FORM),
    _raw("another type", "package_show", b'{"id": "{p}-gasto"}', kind="text/plain"),
    _raw("PUT", "package_show", b"{}", method="PUT"),
    _raw("DELETE", "package_show", b"{}", method="DELETE"),
    _raw("PATCH", "package_show", b"{}", method="PATCH"),
    _raw("OPTIONS", "package_show", b"", method="OPTIONS"),
    _raw("version 2", "package_show", b"{}", path="/api/2/action/"),
    _raw("version 4", "package_show", b"{}", path="/api/4/action/"),
    _raw("no version", "package_show", b'{"id": "{p}-gasto"}', path="/api/action/"),
    _raw("no action", "", b"", method="GET"),
    _raw("the version", "", b"", method="GET", path="/api/3"),
    _raw("the root", "", b"", method="GET", path="/api"),
    _raw("JSONP", "status_show?callback=f", b"", method="GET"),
    _raw("a parameter twice", "package_search?fq=a&fq=b", b"", method="GET"),
    _raw("POST with a query", "package_show?id={p}-gasto", b""),
]
