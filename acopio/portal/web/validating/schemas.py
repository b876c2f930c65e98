"""The schemas a visitor may have a table judged against: those the country keeps."""

from collections.abc import Mapping, Sequence
from typing import Any

from acopio.messages import language
from acopio.portal.site import Site
from acopio.portal.web.validating.desk import Refused
from acopio.validators.known_schemas import known


def offered(site: Site) -> Sequence[tuple[str, str]]:
    """Return each schema's name and title in the reader's language, by title."""
    part = "title_en" if language() == "en" else "title"
    titled = [
        (one.name, str(one.descriptor.get(part) or one.descriptor.get("title") or one.name))
        for one in known(site.settings.country)
    ]
    return sorted(titled, key=lambda each: each[1].casefold())


def named(site: Site, name: str) -> Mapping[str, Any] | None:
    """Return what declares the schema ``name``; None for no name.

    It is fitted to the columns there are when the table is judged. Raises Refused for one that is
    not offered.
    """
    if not name:
        return None
    if all(one.name != name for one in known(site.settings.country)):
        raise Refused("validar-no-schema", 400, name=name)
    return {"name": name}
