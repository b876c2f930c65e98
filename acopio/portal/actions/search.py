"""Find datasets."""

from typing import Any

from acopio.portal.actions.registry import reads
from acopio.portal.site import Asked, Call


@reads
def package_search(call: Call, asked: Asked) -> Any:
    """Return the datasets that a query finds."""
    raise NotImplementedError
