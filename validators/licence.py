"""Look for the licence that says what readers may do."""

from collections.abc import Iterator
from typing import ClassVar

from acopio.model import Examined, Finding, Licence, Role
from acopio.validators.finding import finding

# What portals write where nobody chose a licence.
_NONE = frozenset({"", "notspecified", "none", "no especificada", "sin licencia", "-"})


class LicenceValidator:
    """Reports a dataset that declares no licence, neither its own nor its resources'."""

    scope: ClassVar[str] = "dataset"
    version: ClassVar[str] = "1"

    def validate(self, examined: Examined) -> Iterator[Finding]:
        """Yield ``licence-missing`` at most once."""
        dataset = examined.snapshot.dataset
        data = [resource for resource in dataset.resources if resource.role is Role.DATA]
        if _declared(dataset.licence):
            return
        if data and all(_declared(resource.licence) for resource in data):
            return
        yield finding("licence-missing")


def _declared(licence: Licence | None) -> bool:
    if licence is None:
        return False
    words = (licence.id, licence.title, licence.url)
    return any(word.strip().lower() not in _NONE for word in words)
