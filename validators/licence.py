"""Look for the licence that says what readers may do, and whether it is an open one."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import ClassVar

from acopio.model import Examined, Finding, Licence, Role
from acopio.validators.finding import finding
from acopio.validators.lexicon import fold

# What portals write where nobody chose a licence.
_NONE = frozenset({"", "notspecified", "none", "no especificada", "sin licencia", "-"})


class LicenceValidator:
    """Reports a dataset that declares no licence, an unknown one, or one that is not open.

    Open is what the Open Definition 2.1 calls so; the words are in ``config/licences.toml``.
    """

    scope: ClassVar[str] = "dataset"
    version: ClassVar[str] = "2"

    def validate(self, examined: Examined) -> Iterator[Finding]:
        """Yield ``licence-missing`` at most once, and one finding per doubtful licence.

        A licence a resource declares of its own is judged with its resource.
        """
        dataset = examined.snapshot.dataset
        data = [resource for resource in dataset.resources if resource.role is Role.DATA]
        if not _declared(dataset.licence) and not (
            data and all(_declared(resource.licence) for resource in data)
        ):
            yield finding("licence-missing")
        yield from _openness(dataset.licence, None)
        for resource in data:
            if resource.licence != dataset.licence:
                yield from _openness(resource.licence, resource.id)


def _declared(licence: Licence | None) -> bool:
    if licence is None:
        return False
    words = (licence.id, licence.title, licence.url)
    return any(word.strip().lower() not in _NONE for word in words)


def _openness(licence: Licence | None, resource: str | None) -> Iterator[Finding]:
    if licence is None or not _declared(licence):
        return
    said = fold(" ".join((licence.id, licence.title, licence.url)))
    known = _words()
    shown = licence.title or licence.id or licence.url
    if any(word in said for word in known["not_open"]):
        yield finding("licence-not-open", resource=resource, evidence=shown)
    elif not any(word in said for word in known["open"]):
        yield finding("licence-unknown", resource=resource, evidence=shown)


@cache
def _words() -> dict[str, tuple[str, ...]]:
    text = files("acopio.config").joinpath("licences.toml").read_text("utf-8")
    lists = tomllib.loads(text)
    return {name: tuple(map(fold, lists[name])) for name in ("open", "not_open")}
