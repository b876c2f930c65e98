"""Send the same calls to two portals, and say where their answers differ.

Answers are compared without what must differ: addresses, ids, moments, the run's own names.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from tests.portal.asks import Ask

SECONDS = 60
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?")
_NOTHING = object()


@dataclass(slots=True, kw_only=True)
class Side:
    """A portal, the tokens of ``admin`` and ``editor``, and the ids it gave."""

    url: str
    tokens: Mapping[str, str]
    run: str
    known: dict[str, str] = field(default_factory=dict)

    def answer(self, ask: Ask) -> dict[str, Any]:
        """Make one call; return status, content type and body, comparable."""
        answer = self._asked(ask)
        kind = answer.headers.get("Content-Type", "")
        if "json" not in kind:  # a page: its words are each portal's own
            return {"status": answer.status_code, "type": kind}
        body = answer.json()
        if ask.keep and answer.ok:
            self.known[ask.keep] = body["result"]["id"]
        kept = self._only_ours(body) if ask.ours else body
        return {"status": answer.status_code, "type": kind, "body": self._plain(kept)}

    def _asked(self, ask: Ask) -> requests.Response:
        headers = {"Authorization": self.tokens[ask.who]} if ask.who else {}
        address = self.url + ask.path + self._filled(ask.action)
        given = self._filled(ask.asked)
        sent: dict[str, Any] = {"json": given}
        if ask.body is not None:
            headers["Content-Type"] = ask.kind
            sent = {"data": self._filled(ask.body.decode()).encode()}
        elif ask.upload is not None:
            sent = {"data": given, "files": {"upload": ask.upload}}
        elif ask.method == "GET":
            sent = {"params": given}
        return requests.request(ask.method, address, headers=headers, timeout=SECONDS, **sent)

    def _filled(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: self._filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner) for inner in value]
        if isinstance(value, str):
            for name, said in {"p": self.run, **self.known}.items():
                value = value.replace(f"{{{name}}}", said)
        return value

    def _only_ours(self, body: Any) -> Any:
        found = body.get("result") if isinstance(body, dict) else None
        if not isinstance(found, list):
            return body
        return {**body, "result": [one for one in found if self.run in str(one)]}

    def _plain(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {self._told(inner): self._plain(value[inner], inner) for inner in value}
        if isinstance(value, list):
            found = [self._plain(inner) for inner in value]
            # CKAN gives extras and members in no order.
            loose = key == "extras" or any(isinstance(inner, list) for inner in value)
            return sorted(found, key=str) if loose else found
        return self._told(value) if isinstance(value, str) else value

    def _told(self, text: str) -> str:
        text = text.replace(self.url, "PORTAL").replace(self.run, "RUN")
        for name, number in self.known.items():
            text = text.replace(number, f"ID-{name}")
        return _MOMENT.sub(_now, _UUID.sub("ID", text))


def _now(found: re.Match[str]) -> str:
    said = datetime.fromisoformat(found[0].rstrip("Z")).replace(tzinfo=UTC)
    return "NOW" if abs(datetime.now(UTC) - said) < timedelta(days=1) else found[0]


@dataclass(frozen=True, slots=True)
class Difference:
    """``where``: the call's label and the place in the answer."""

    where: str
    ckan: Any
    portal: Any


def differences(label: str, ckan: Any, portal: Any, place: str = "") -> Iterator[Difference]:
    """Yield each place where two answers differ, as deep inside as possible."""
    if isinstance(ckan, dict) and isinstance(portal, dict):
        for key in sorted({*ckan, *portal}):
            one, other = ckan.get(key, _NOTHING), portal.get(key, _NOTHING)
            yield from differences(label, one, other, f"{place}.{key}" if place else key)
    elif isinstance(ckan, list) and isinstance(portal, list) and len(ckan) == len(portal):
        for number, (one, other) in enumerate(zip(ckan, portal, strict=True)):
            yield from differences(label, one, other, f"{place}[{number}]")
    elif ckan != portal or type(ckan) is not type(portal):
        yield Difference(f"{label} | {place}", _said(ckan), _said(portal))


def _said(value: Any) -> Any:
    return "(nothing)" if value is _NOTHING else value
