"""A list cut into pages, and the way between them."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

_MOST = 1_000_000


def asked(request: Request, name: str = "page") -> int:
    """Return the number of the page that a query asks for, 1 for anything that is none."""
    said = request.query_params.get(name, "")
    return max(1, int(said)) if said.isascii() and said.isdigit() and len(said) < 7 else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Where a reader is. ``number`` counts from 1 and may be beyond the last."""

    number: int
    size: int
    total: int
    address: Callable[[int], str]

    @property
    def last(self) -> int:
        """The number of the last page, 1 when there is nothing."""
        return max(1, -(-self.total // self.size))

    @property
    def start(self) -> int:
        """How many are before this page."""
        return min((self.number - 1) * self.size, _MOST)

    @property
    def before(self) -> str | None:
        """The address of the page before."""
        return self.address(min(self.number - 1, self.last)) if self.number > 1 else None

    @property
    def after(self) -> str | None:
        """The address of the page after."""
        return self.address(self.number + 1) if self.number < self.last else None
