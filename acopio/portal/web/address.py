"""The address a request was sent to, under which its answer gives addresses."""

import re

from starlette.requests import Request

# A host is a stranger's text: it goes into every address we answer with.
_HOST = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")


class BadHost(Exception):  # noqa: N818 (the request is at fault, not we)
    """The Host header is no host and port."""


def base(request: Request) -> str:
    """Return ``scheme://host:port`` as the client called us. Raises BadHost."""
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        raise BadHost
    return f"{request.url.scheme}://{host}"
