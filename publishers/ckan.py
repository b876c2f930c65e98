"""Publish to a CKAN, remote or in process.

Creating takes one call; files follow one by one while the dataset is a draft, so that readers see
it whole or not at all (where the token may not make drafts, with its links until then). CKAN lets
only a sysadmin choose a dataset's id: ours is offered, and what CKAN answers is the truth. Every
dataset carries ``acopio_id``, by which one whose answer was lost is found again.
"""

from collections.abc import Mapping
from dataclasses import replace
from threading import Lock
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from acopio.errors import PublishError
from acopio.model import (
    Publication,
    PublicationState,
    Published,
    Release,
    ReleaseFile,
    ReleaseResource,
    Target,
)
from acopio.ports import Context
from acopio.publishers.ckansite.calls import Site, spoken
from acopio.publishers.ckansite.compose import compose
from acopio.publishers.ckansite.creating import Creator
from acopio.publishers.ckansite.merge import (
    UNTOUCHED,
    Memory,
    Merged,
    merge,
    paired,
    recall,
    remember,
)
from acopio.publishers.ckansite.organizations import Organizations
from acopio.publishers.ckansite.record import (
    Fields,
    called,
    data_file,
    dataset_field,
    desired,
    extra,
    fetched,
    measures,
    read,
    with_twins,
)
from acopio.publishers.names import candidates

# What an editor changed when they deleted a dataset that we remember as shown.
DELETED = "state"


class CkanTargetOptions(BaseModel):
    """``parquet``: each clean CSV's Parquet twin is a resource of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    parquet: bool = False


class CkanPublisher:
    """Writes datasets to one CKAN; an editor's changes there stay."""

    Options: ClassVar[type[BaseModel]] = CkanTargetOptions
    version: ClassVar[str] = "1"

    def __init__(self, context: Context, target: Target) -> None:
        self._target = target
        self._site = Site(context, target)
        self._organizations = Organizations(target)
        self._licences: dict[str, str] | None = None
        self._lock = Lock()
        self._creator = Creator(self._site, target)

    def publish(self, release: Release, known: Published | None) -> Publication:
        """Create or update the dataset; write nothing if nothing would change."""
        with spoken(self._target):
            owner = self._organizations.ensure(self._site, release.organization)
            wanted = desired(release, self._target, self._known_licences(release), owner)
            package = self._package(release, known)
            if package is None:
                return self._create(release, wanted, (known and known.name) or release.name)
            if known and _editor_deleted(package, known):
                left = Memory.of(known.written)
                return self._publication(PublicationState.UNCHANGED, package, left, (DELETED,))
            return self._update(release, wanted, package, Memory.of(known.written if known else {}))

    def withdraw(self, known: Published) -> Publication:
        """Delete the dataset, as CKAN means it: hidden, and back with the next publish.

        One that is deleted already is left as it is.
        """
        with spoken(self._target):
            there = known.remote_id or (self._lost(known.dataset) or {}).get("id")
            package = self._site.find(there) if there else None
            if package is not None and not (package and package["state"] == "deleted"):
                self._site.call("package_delete", {"id": there})
        return Publication(
            state=PublicationState.WITHDRAWN,
            remote_id=known.remote_id,
            name=known.name,
            url=self._address(known.name),
            written=known.written,
        )

    def edited(self, known: Published) -> frozenset[str]:
        """Return the fields that are not as we left them; none where the dataset was purged.

        Beside fields of ``Dataset``: ``state``, where an editor deleted the dataset.
        """
        memory = Memory.of(known.written)
        with spoken(self._target):
            package = self._site.find(known.remote_id) if known.remote_id else None
        if not package:
            return frozenset()
        ours = {theirs: mine for mine, theirs in memory.resources.items()}
        deleted = frozenset({DELETED} if _editor_deleted(package, known) else ())
        return deleted | {dataset_field(key) for key in memory.edited(read(package, ours))}

    def check(self) -> None:
        """Ask for an empty dataset: refused as incomplete to whom may write, forbidden to others.

        A wrong token makes one a stranger to CKAN, not an error.
        """
        from ckanapi.errors import NotAuthorized, ValidationError

        with spoken(self._target):
            if not self._site.call("status_show").get("ckan_version"):
                raise PublishError("ckan-not-ckan", target=self._target.name, url=self._target.url)
            try:
                self._site.call("package_create", {})
            except ValidationError:
                return
            except NotAuthorized:
                raise PublishError("ckan-bad-token", target=self._target.name) from None

    def finish(self) -> None:
        """Do nothing: a CKAN keeps its own catalogue."""

    # --- finding ------------------------------------------------------------------------------

    def _package(self, release: Release, known: Published | None) -> Any:
        """Return the dataset as it is there; None if it was never made, or was purged."""
        if known is None:
            return None
        if not known.remote_id:
            return self._lost(release.id)
        package = self._site.find(known.remote_id)
        if package is False:
            raise PublishError("ckan-not-allowed", target=self._target.name, url=self._target.url)
        if package and package["state"] == "deleted":
            package["name"] = known.name or release.name  # CKAN may have given it away
        return package

    def _lost(self, dataset: str) -> Any:
        """Look for a dataset whose creation was begun and never answered."""
        asked = {
            "fq": f'extras_acopio_id:"{dataset}"',
            "include_private": True,
            "include_drafts": True,
            "rows": 5,
        }
        found = self._site.call("package_search", asked)["results"]
        return next((p for p in found if extra(p, "acopio_id") == dataset), None)

    def _known_licences(self, release: Release) -> Mapping[str, str]:
        """Return CKAN's licence ids by what a licence may be called; asked for once, if at all."""
        if release.dataset.licence is None:
            return {}
        with self._lock:
            if self._licences is None:
                names: dict[str, str] = {}
                for licence in self._site.call("license_list"):
                    for said in (licence.get("title"), licence.get("url"), licence["id"]):
                        if said:
                            names[called(said)] = licence["id"]
                self._licences = names
            return self._licences

    # --- creating -----------------------------------------------------------------------------

    def _create(self, release: Release, wanted: Fields, name: str) -> Publication:
        resources = with_twins(release, self._target)
        beside = _beside(release, self._target)
        package = compose(replace(UNTOUCHED, fields=wanted), wanted, {}, {}, beside)
        uploads = any(data_file(resource, self._target) for resource in resources)
        package["state"] = "draft" if uploads else "active"
        made, found = self._creator.create(release.id, name, package)
        if found:
            return self._update(release, wanted, made, Memory())
        there = [resource["id"] for resource in made["resources"]]
        if len(there) != len(resources):
            raise self._site.nonsense("package_create")
        ours = dict(zip(there, (resource.id for resource in resources), strict=True))
        memory = remember(wanted, made, ours)
        return self._finish(release, made, memory, PublicationState.CREATED, UNTOUCHED)

    # --- updating -----------------------------------------------------------------------------

    def _update(
        self, release: Release, wanted: Fields, package: Any, memory: Memory
    ) -> Publication:
        shown = with_twins(release, self._target)
        ours = paired(package, shown, memory.resources)
        now = read(package, ours)
        memory = recall(memory, package, now, wanted)
        merged = merge(wanted, memory, now)
        waiting = self._waiting(release, package, ours, merged.removed)
        if not (merged.changed or waiting) and package["state"] == "active":
            return self._publication(
                PublicationState.UNCHANGED, package, memory.naming(ours), merged.edited
            )
        if merged.changed or package["state"] != "active":
            beside = _beside(release, self._target)
            sent = compose(merged, wanted, ours, package, beside)
            hidden = package["state"] != "active" and bool(waiting)
            sent["state"] = "draft" if hidden else "active"
            package = self._send(sent, package)
            ours = paired(package, shown, {mine: theirs for theirs, mine in ours.items()})
        after = remember(merged.ours(wanted), package, ours).keeping(memory, merged)
        return self._finish(release, package, after, PublicationState.UPDATED, merged)

    def _send(self, sent: Mapping[str, Any], package: Mapping[str, Any]) -> Any:
        """Write the whole dataset. One that comes back may find its name taken meanwhile."""
        from ckanapi.errors import ValidationError

        for name in candidates(package["name"]):
            try:
                return self._site.call("package_update", {**sent, "name": name})
            except ValidationError as error:
                if "name" not in error.error_dict or package["state"] == "active":
                    raise
        raise PublishError("ckan-name-taken", name=package["name"], target=self._target.name)

    # --- files --------------------------------------------------------------------------------

    def _waiting(
        self, release: Release, package: Any, ours: Mapping[str, str], removed: frozenset[str]
    ) -> list[tuple[ReleaseResource, ReleaseFile, str]]:
        """Return the files the target has not, with its id for their resource (empty: none yet)."""
        there = {ours.get(r["id"]): r for r in package["resources"]}
        waiting = []
        for resource in with_twins(release, self._target):
            file = data_file(resource, self._target)
            at_target = there.get(resource.id, {"id": ""})
            uploaded = at_target.get("url_type") == "upload"
            same = file and uploaded and at_target.get("acopio_sha256") == file.sha256
            if file and not same and resource.id not in removed:
                waiting.append((resource, file, at_target["id"]))
        return waiting

    def _finish(
        self,
        release: Release,
        package: Any,
        memory: Memory,
        state: PublicationState,
        merged: Merged,
    ) -> Publication:
        """Send the files that wait, then show the dataset."""
        ours = {theirs: mine for mine, theirs in memory.resources.items()}
        for resource, file, remote in self._waiting(release, package, ours, merged.removed):
            said = measures(resource, file) | {"acopio_fetched": fetched(resource)}
            self._site.upload(remote, file, {key: text for key, text in said.items() if text})
        if package["state"] != "active":
            self._site.call("package_patch", {"id": package["id"], "state": "active"})
        return self._publication(state, package, memory, merged.edited)

    def _publication(
        self, state: PublicationState, package: Any, memory: Memory, edited: tuple[str, ...]
    ) -> Publication:
        return Publication(
            state=state,
            remote_id=package["id"],
            name=package["name"],
            url=self._address(package["name"]),
            written=memory.written(),
            edited=edited,
        )

    def _address(self, name: str) -> str:
        return f"{self._target.url.rstrip('/')}/dataset/{name}"


def _editor_deleted(package: Mapping[str, Any], known: Published) -> bool:
    """Tell whether a dataset is deleted there although we left it to be seen."""
    return package["state"] == "deleted" and known.state == "active" and bool(known.remote_id)


def _beside(release: Release, target: Target) -> dict[str, dict[str, str]]:
    """Return what goes along with linked resources; with uploaded ones it goes with the file."""
    return {
        resource.id: {"acopio_fetched": fetched(resource)}
        for resource in with_twins(release, target)
        if resource.fetched and data_file(resource, target) is None
    }
