"""Answers coded with gzip, for whoever accepts it."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Smaller than this, an answer is not worth compressing.
_LEAST_BYTES = 500
# The ninth level takes twice as long, for a twelfth less.
_LEVEL = 4
_AS_IS = "acopio_as_is"


def as_is(request: Request) -> None:
    """Let the answer pass as it is made: it has a coding, a length and an ETag of its own."""
    setattr(request.state, _AS_IS, True)


class Compressed:
    """ASGI middleware that codes each answer but those a route wants as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._coding = GZipMiddleware(self._chosen, minimum_size=_LEAST_BYTES, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Made here, so that routes write into this one and not into a copy of the scope.
        scope.setdefault("state", {})["acopio_plain_send"] = send
        await self._coding(scope, receive, send)

    async def _chosen(self, scope: Scope, receive: Receive, coded: Send) -> None:
        state = scope["state"]

        async def send(message: Message) -> None:
            chosen = state["acopio_plain_send"] if state.get(_AS_IS) else coded
            await chosen(message)

        await self._app(scope, receive, send)
