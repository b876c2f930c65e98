"""Create a dataset once: under a free name, with our id where that is allowed."""

from collections.abc import Mapping
from typing import Any

from acopio.errors import PublishError
from acopio.model import Target
from acopio.publishers.ckansite.calls import Site, status_of
from acopio.publishers.ckansite.record import extra
from acopio.publishers.names import candidates

# A name, our id, ids of resources, a failure: each is met once.
ATTEMPTS = 5


class Creator:
    """Creates datasets at one site, and learns whether it takes our ids."""

    def __init__(self, site: Site, target: Target) -> None:
        self._site = site
        self._target = target
        self._offers_ids = True

    def create(self, dataset: str, name: str, package: dict[str, Any]) -> tuple[Any, bool]:
        """Return the dataset made, or found to be there already, and which of the two.

        ``dataset`` is our id; the first free name of ``name``, ``name-2``, ... is taken.
        """
        for candidate in candidates(name):
            there, found = self._under(candidate, dataset, package)
            if there:
                return there, found
        raise PublishError("ckan-name-taken", name=name, target=self._target.name)

    def _under(self, name: str, dataset: str, package: dict[str, Any]) -> tuple[Any, bool]:
        """Try one name; return nothing if it is another's."""
        from ckanapi.errors import CKANAPIError

        failed = False
        for _ in range(ATTEMPTS):
            offered = {"id": dataset} if self._offers_ids else {}
            try:
                return self._site.call(
                    "package_create", {**package, "name": name, **offered}
                ), False
            except CKANAPIError as error:
                refused = getattr(error, "error_dict", {})
                # Two at once with one name, or one new tag: CKAN answers 500 to the later.
                failed, failed_before = status_of(error) >= 500, failed
                known = bool(refused.keys() & {"id", "name"}) or (failed and not failed_before)
                if not known and not _without_ids(package, refused):
                    raise
            there = self._site.find(dataset) if offered and known else None
            there = there or (self._site.find(name) if known else None)
            if there and extra(there, "acopio_id") == dataset:
                return there, True
            if there or there is False or ("name" in refused and "id" not in refused):
                return None, False
            self._offers_ids = self._offers_ids and "id" not in refused
        return None, False


def _without_ids(package: Mapping[str, Any], refused: Mapping[str, Any]) -> bool:
    """Take our ids off the resources if that is what was refused; tell whether there were any."""
    if "resources" not in refused:
        return False
    offered = [resource.pop("id", None) for resource in package["resources"]]
    return any(offered)
