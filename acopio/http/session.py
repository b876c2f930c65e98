"""The session lent to libraries: requests' own face, our manners underneath."""

from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import quote

import requests
from requests.adapters import BaseAdapter

from acopio.errors import BadAnswer, Blocked
from acopio.http.addresses import shown
from acopio.http.answers import Consume
from acopio.http.shared import Shared
from acopio.http.transport import Transport

# What may follow a redirect to another host. A token may not, whatever header carries it: CKAN
# takes it in ``X-CKAN-API-Key`` too, which requests would hand on. ``Cookie`` was made anew.
_HARMLESS = {
    "accept",
    "accept-encoding",
    "accept-language",
    "content-length",
    "content-type",
    "cookie",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "range",
    "transfer-encoding",
    "user-agent",
}


class Session(requests.Session):
    """A session whose every request is guarded, polite, repeated where right, and capped.

    Bodies are read whole before a response is given back, also with ``stream=True``. ``timeout``
    and ``proxies`` are ignored: the client's limits hold. Cookies last for one request and its
    redirects. Raises SourceError where requests would raise its own errors.
    """

    def __init__(self, shared: Shared, consume: Consume) -> None:
        super().__init__()
        self._shared = shared
        self._transport = Transport(shared, consume)
        self.trust_env = False
        self.max_redirects = shared.limits.redirects
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self.headers["User-Agent"] = shared.user_agent
        self.headers["Accept-Encoding"] = "gzip, deflate"

    def get_adapter(self, url: str | bytes) -> BaseAdapter:
        """Return the one way out; it refuses what is not http or https."""
        return self._transport

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Prepare as requests does. Raises Blocked for what is no address."""
        try:
            return super().prepare_request(request)
        except ValueError:
            raise Blocked("http-bad-address", url=shown(str(request.url))) from None

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send, and follow redirects if asked to; one budget for all of it."""
        limits = self._shared.limits
        is_upload = hasattr(request.body, "read")
        with self._shared.call(limits.file_seconds if is_upload else limits.answer_seconds):
            try:
                return super().send(request, **kwargs)
            except requests.TooManyRedirects:
                url, most = shown(request.url or ""), limits.redirects
                raise BadAnswer("http-too-many-redirects", url=url, limit=most) from None
            except ValueError:
                raise BadAnswer("http-bad-redirect", url=shown(request.url or "")) from None

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return where a redirect leads, also when it is written in Latin-1."""
        try:
            return super().get_redirect_target(resp)
        except UnicodeDecodeError:
            return quote(resp.headers["location"].encode("latin-1"), safe="%/:?#[]@!$&'()*+,;=~")

    def rebuild_auth(
        self, prepared_request: requests.PreparedRequest, response: requests.Response
    ) -> None:
        """Hand on to another host only what cannot be a secret."""
        there, here = prepared_request.url or "", response.request.url or ""
        if self.should_strip_auth(here, there):  # type: ignore[no-untyped-call]
            for name in [n for n in prepared_request.headers if n.lower() not in _HARMLESS]:
                del prepared_request.headers[name]
