"""Say what could not be fetched, and whether anybody is to blame."""

from collections.abc import Iterator
from typing import ClassVar

from acopio.model import Examined, Finding, Missing
from acopio.validators.finding import finding


class AccessValidator:
    """Turns each missing file into the finding its code names.

    A refusal or a time-out is ``blocked`` or ``unreachable``, never ``link-broken``: it was not
    measured from here, and says nothing about what others see.
    """

    scope: ClassVar[str] = "dataset"
    version: ClassVar[str] = "1"

    def validate(self, examined: Examined) -> Iterator[Finding]:
        """Yield one finding per resource without a file."""
        snapshot = examined.snapshot
        urls = {resource.id: resource.url for resource in snapshot.dataset.resources}
        for missing in snapshot.missing:
            yield _finding(missing, urls.get(missing.resource, ""))


def _finding(missing: Missing, url: str) -> Finding:
    params = {**missing.params}
    params.setdefault("url", url)
    # The catalogue's sentence shows the answer's number where there was one.
    params.setdefault("status", "-")
    reserved = {"resource", "row", "field", "evidence", "severity", "code"}
    kept = {name: value for name, value in params.items() if name not in reserved}
    return finding(missing.code, resource=missing.resource, evidence=str(params["url"]), **kept)
