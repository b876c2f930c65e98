"""One hop: guarded, in turn, repeated where that is right, its body read before it is given back.

Sits below a session, so that redirects and whatever library is lent the session obey as well.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import requests
from requests.adapters import BaseAdapter
from urllib3.exceptions import HTTPError

from acopio.errors import Blocked, Unreachable
from acopio.http.addresses import Address, parse, shown
from acopio.http.answers import Consume, keep, retry_after
from acopio.http.budget import Budget, DeadlineError
from acopio.http.faults import named, repeatable
from acopio.http.shared import Shared

_SAFE = {"GET", "HEAD"}
_PASSING = {429, 502, 503, 504}
_REDIRECT_BODY = 64 * 1024


class Transport(BaseAdapter):
    """Sends requests for a session; ``consume`` reads each body that is not a redirect's.

    Raises SourceError when the host cannot be asked or refuses us (418, 429), never for another
    status: that is for the caller to judge.
    """

    def __init__(self, shared: Shared, consume: Consume) -> None:
        super().__init__()
        self._shared = shared
        self._consume = consume

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send one request. Time-outs are the client's own; no proxy is used."""
        url = request.url or ""
        address = parse(url)
        adapter = self._shared.adapters[address.scheme, address in self._shared.allowed]
        limits = self._shared.limits
        # The guarded adapter sets it, and a redirect copies it to the next host.
        request.headers.pop("Host", None)

        def ask() -> requests.Response:
            response = adapter.send(
                request,
                stream=True,
                timeout=(limits.connect, limits.read),
                verify=verify,
                cert=cert,
            )
            self._read(response)
            return response

        with self._shared.turn(address.name) as budget:
            try:
                return self._persist(ask, address, budget, safe=request.method in _SAFE)
            # Without the cause: its text has the whole address, secrets and all.
            except (requests.RequestException, HTTPError, DeadlineError) as error:
                raise named(error, address.name, url, spent=budget.spent) from None

    def close(self) -> None:
        """Do nothing: the connections belong to the client."""

    def _read(self, response: requests.Response) -> None:
        try:
            if response.is_redirect:
                with suppress(HTTPError):
                    response.raw.read(_REDIRECT_BODY, decode_content=False)
                keep(response, b"")
            else:
                self._consume(response)
        finally:
            # Gives up the connection unless the body was read to its end.
            response.raw.close()

    def _persist(
        self,
        ask: Callable[[], requests.Response],
        address: Address,
        budget: Budget,
        *,
        safe: bool,
    ) -> requests.Response:
        limits = self._shared.limits
        for attempt in count():
            final = attempt >= limits.retries
            delay: float | None = 0.0
            try:
                response = ask()
            except requests.ConnectionError as error:
                if final or not repeatable(error, safe=safe):
                    raise
            else:
                delay = self._delay(response, address, patient=safe and not final)
                if delay is None:
                    return response
            budget.sleep(max(delay, limits.backoff * 2**attempt))
        raise AssertionError

    def _delay(
        self, response: requests.Response, address: Address, *, patient: bool
    ) -> float | None:
        """Return how long to wait before asking again; None: this is the answer."""
        status, asked = response.status_code, retry_after(response)
        too_long = asked is not None and asked > self._shared.limits.retry_after_cap
        if status == 418 or (status == 429 and (not patient or asked is None or too_long)):
            raise self._sent_away(Blocked, "http-sent-away", response, address)
        if status == 503 and too_long:
            raise self._sent_away(Unreachable, "http-closed-until", response, address)
        return (asked or 0.0) if status in _PASSING and patient else None

    def _sent_away(
        self,
        kind: type[Blocked] | type[Unreachable],
        key: str,
        response: requests.Response,
        address: Address,
    ) -> Blocked | Unreachable:
        """Start the host's cool-down and return the error that tells of it."""
        limits = self._shared.limits
        seconds = min(max(retry_after(response) or 0.0, limits.cooldown), limits.cooldown_cap)
        until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)
        self._shared.politeness.cool_down(address.name, until)
        status = response.status_code
        return kind(key, host=address.name, url=shown(response.url), status=status, until=until)
