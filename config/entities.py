"""Which organization a dataset is published under.

A country's ``entities.toml`` knows its public entities by every name sources use for them, so
that "MINSA", "Ministerio de Salud" and "... - [Ministerio de Salud - MINSA]" are one organization.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from acopio.model import Dataset, Organization, Source

FROM_PUBLISHER = "from-publisher"

# CKAN's limits for an organization's name; its titles are text, but a title is no essay.
MAX_NAME = 100
MAX_TITLE = 300

_BRACKETED = re.compile(r"[\[(]([^\[\]()]{2,300})[\])]")
_DASH = re.compile(r"\s[-\u2013\u2014]\s")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def organization_of(source: Source, dataset: Dataset, country: str) -> Organization:
    """Return the organization ``dataset`` belongs to; its name is a slug, and never empty.

    It is the source's ``owner``, or with ``from-publisher`` the record's own: the entity of
    ``country`` that the publisher's title or name means, else a slug of what it calls itself,
    else the source itself.
    """
    if source.owner and source.owner != FROM_PUBLISHER:
        known = _titles(country).get(source.owner, "")
        # The source's title is the best guess where the owner is no entity of the list.
        return Organization(name=source.owner, title=known or source.title or source.owner)
    own = Organization(name=source.name, title=source.title or source.name)
    publisher = dataset.publisher
    if source.owner != FROM_PUBLISHER or publisher is None:
        return own
    return _entity(publisher, country) or _itself(publisher) or own


def _entity(publisher: Organization, country: str) -> Organization | None:
    aliases = _aliases(country)
    for text in (publisher.title[: 2 * MAX_TITLE], publisher.name[:MAX_NAME]):
        for candidate in _candidates(text):
            if found := aliases.get(_plain(candidate)):
                return found
    return None


def _itself(publisher: Organization) -> Organization | None:
    """Return the publisher under a slug of its own name, or of its title."""
    title = " ".join(publisher.title.split())[:MAX_TITLE]
    for text in (publisher.name, title):
        slug = _plain(text[: 2 * MAX_TITLE]).replace(" ", "-")[:MAX_NAME].strip("-")
        if len(slug) > 1:
            return Organization(name=slug, title=title or publisher.name[:MAX_TITLE])
    return None


def _candidates(text: str) -> Iterator[str]:
    """Yield what in ``text`` may name an entity, the surest first.

    Of "Unit - MINSA" only the part before the dash counts: the rest is whom it belongs to. In
    brackets at the end both parts name the same entity.
    """
    yield text
    for inner in reversed(_BRACKETED.findall(text)):
        yield inner
        yield from _DASH.split(inner)
    yield _DASH.split(text)[0]
    yield _BRACKETED.sub(" ", text)


@cache
def _aliases(country: str) -> Mapping[str, Organization]:
    """Return the entities by every name they go by, plain."""
    found = {}
    for slug, entity in _entities(country).items():
        organization = Organization(name=slug, title=entity["title"])
        for alias in (slug, entity["title"], *entity.get("aliases", ())):
            found[_plain(alias)] = organization
    return found


@cache
def _titles(country: str) -> Mapping[str, str]:
    return {slug: entity["title"] for slug, entity in _entities(country).items()}


@cache
def _entities(country: str) -> Mapping[str, Mapping[str, Any]]:
    file = files("acopio.config").joinpath(country).joinpath("entities.toml")
    return tomllib.loads(file.read_text("utf-8"))


def _plain(text: str) -> str:
    """Return the text's letters and digits, lower case, without accents, one space between."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return " ".join(_NOT_WORD.sub(" ", bare).split())
