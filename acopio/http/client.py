"""The one HTTP client."""

import threading
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from requests import Response
from requests import Session as LentSession

from acopio.http.addresses import Allowed, check_resolved, parse
from acopio.http.answers import as_json, check_status, whole
from acopio.http.budget import stop_if_cancelled
from acopio.http.download import Fetched, fetch
from acopio.http.limits import DEFAULT_LIMITS, Limits
from acopio.http.partial import Validators
from acopio.http.politeness import Politeness
from acopio.http.session import Session
from acopio.http.shared import Shared

# Named and with an address: a webmaster who wonders can ask. Some firewalls answer 418 to whatever
# does not begin like a browser; none seen refuses a name that follows.
PROJECT_URL = "https://acopio.example"


def user_agent() -> str:
    """Return how acopio introduces itself."""
    try:
        number = version("acopio")
    except PackageNotFoundError:
        number = "0"
    return f"Mozilla/5.0 (compatible; acopio/{number}; +{PROJECT_URL})"


class Client:
    """Asks hosts: guarded, polite, repeated where right, and bounded in time and size.

    Thread-safe. ``session`` is for libraries that insist on one (ckanapi). ``politeness`` is to be
    one for the process; ``pause`` (seconds) and ``connections`` are kept at each host. Private and
    loopback hosts are refused unless ``allowed_private_hosts`` names them, as ``host`` (any port)
    or ``host:port``. Once ``cancel`` is set, whatever waits or reads raises Cancelled.

    Every method raises SourceError: Blocked, CoolingDown, Unreachable, BadTLS, BadAnswer.
    """

    def __init__(
        self,
        *,
        politeness: Politeness | None = None,
        pause: float = 0.0,
        connections: int = 1,
        allowed_private_hosts: frozenset[str] = frozenset(),
        limits: Limits = DEFAULT_LIMITS,
        cancel: threading.Event | None = None,
    ) -> None:
        self._shared = Shared(
            limits=limits,
            politeness=politeness or Politeness(),
            pause=pause,
            connections=connections,
            allowed=Allowed(allowed_private_hosts),
            cancel=cancel,
            user_agent=user_agent(),
        )
        self.session: LentSession = Session(self._shared, whole(limits.answer_bytes))

    @property
    def requests(self) -> int:
        """How many requests were sent, each hop and repetition by itself."""
        return self._shared.tally.requests

    @property
    def bytes(self) -> int:
        """How many bytes were received, headers included, as they were on the wire."""
        return self._shared.tally.bytes

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Return a whole answer, of status 2xx. Raises what another status means."""
        response = self.session.get(url, params=params, headers=headers)
        check_status(response)
        return response

    def get_json(self, url: str, *, params: Mapping[str, Any] | None = None) -> Any:
        """Return the JSON an address answers with. Raises BadAnswer, saying what came instead."""
        return as_json(self.get(url, params=params, headers={"Accept": "application/json"}))

    def fetch(self, url: str, folder: Path, *, known: Validators | None = None) -> Fetched | None:
        """Fetch a file into ``folder``; None if it is still what ``known`` was given with.

        A transfer that breaks is resumed, if the server can, now and by a later call: the
        beginning stays in ``folder``. Raises also NotFound, Truncated, TooLarge.
        """
        return fetch(self._shared, self.session.verify or True, url, folder, known)

    def check_address(self, url: str) -> None:
        """Raise Blocked if ``url`` may not be asked: its scheme, its form, or where it leads.

        A host that does not resolve passes: it may tomorrow, and will be judged then.
        """
        address = parse(url)
        if address not in self._shared.allowed:
            check_resolved(address)

    def go_on(self) -> None:
        """Raise Cancelled once ``cancel`` is set: asked between steps that send no request."""
        stop_if_cancelled(self._shared.cancel)

    def close(self) -> None:
        """Close the connections kept open."""
        for adapter in self._shared.adapters.values():
            adapter.close()
