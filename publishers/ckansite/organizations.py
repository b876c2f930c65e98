"""Organizations at a CKAN: each made once, if it is missing and we may."""

import threading
from collections import defaultdict

from acopio.errors import PublishError
from acopio.model import Organization, Target
from acopio.publishers.ckansite.calls import Site
from acopio.publishers.ckansite.texts import storable


class Organizations:
    """Remembers which organizations are there. Safe to ask from many threads."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._there: set[str] = set()
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._guard = threading.Lock()

    def ensure(self, site: Site, organization: Organization) -> str:
        """Return the organization's name at the target, once it exists there.

        Raises PublishError where it is missing and we may not make it.
        """
        name = organization_name(organization)
        if not name:
            raise PublishError("ckan-no-organization", target=self._target.name)
        if name in self._there:
            return name
        with self._guard:
            lock = self._locks[name]
        with lock:
            if name not in self._there:
                self._make(site, name, organization)
                self._there.add(name)
        return name

    def _make(self, site: Site, name: str, organization: Organization) -> None:
        from ckanapi.errors import NotAuthorized, NotFound, ValidationError

        try:
            site.call("organization_show", {"id": name, "include_users": False})
        except NotFound:
            title = storable(organization.title, 1_000) or name
            try:
                site.call("organization_create", {"name": name, "title": title})
            except NotAuthorized:
                missing = {"organization": name, "target": self._target.name}
                raise PublishError("ckan-organization-missing", **missing) from None
            except ValidationError as error:
                # Another process made it a moment ago, or it really may not be called so.
                if "name" not in error.error_dict:
                    raise
                site.call("organization_show", {"id": name})


def organization_name(organization: Organization) -> str:
    """Return a name CKAN takes for an organization: 2 to 100 of ``a-z0-9-_``, or empty."""
    from slugify import slugify

    slug = slugify(organization.name or organization.title, max_length=100)
    return slug if len(slug) >= 2 else ""
