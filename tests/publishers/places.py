"""The places the conformance checks publish to: folders, and the real CKAN."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import fsspec
import requests
from ckanapi import RemoteCKAN
from ckanapi.errors import NotAuthorized, NotFound, ValidationError

from acopio.archive import Archive
from acopio.config.settings import Settings, load_settings
from acopio.model import Target
from acopio.portal import files
from acopio.portal.actions import ACTIONS
from acopio.portal.caller import PIPELINE, STRANGER, Caller
from acopio.portal.connection import PortalConnection
from acopio.portal.problems import Problem
from acopio.portal.site import Call, Site
from acopio.ports import ActionApi, Context, Publisher
from acopio.publishers.ckan import CkanPublisher
from acopio.publishers.folder import FolderPublisher
from acopio.store import open_store
from acopio.store.sources import BUILT_IN
from tests.publishers.conformance import Shown, context


@dataclass
class PortalPlace:
    """The built-in portal, written to in process; readers are strangers."""

    target: Target
    context: Context
    site: Site

    @classmethod
    def at(cls, folder: Path) -> "PortalPlace":
        archive = Archive(f"file://{folder}/archive", folder / "scratch")
        settings = load_settings({"ACOPIO_HOME": str(folder)})
        site = Site(settings, open_store(settings.database_url), archive)
        # Twins are resources of their own here; the checks count files.
        target = replace(BUILT_IN, options={"parquet": False})
        opened = {target.name: PortalConnection(site, BUILT_IN)}

        def connect(asked: Target) -> ActionApi:
            return opened.get(asked.name) or _without_tables(settings, archive, folder)

        return cls(target, context(archive, connect), site)

    def ask(self, action: str, asked: Mapping[str, Any], caller: Caller = STRANGER) -> Any:
        call = Call(site=self.site, caller=caller, base="http://portal.example")
        return ACTIONS[action].function(call, asked)

    def publisher(self, context: Context, target: Target) -> Publisher:
        return CkanPublisher(context, target)

    def package(self, name: str) -> Any:
        try:
            return self.ask("package_show", {"id": name})
        except Problem:
            return None

    def shown(self, name: str) -> Shown | None:
        package = self.package(name)
        if package is None:
            return None
        extras = {extra["key"]: extra["value"] for extra in package["extras"]}
        bytes_of = {}
        with self.site.store.read() as connection:
            for resource in package["resources"]:
                stored = files.current(connection, resource["id"])
                if resource["url_type"] == "upload" and stored:
                    with self.site.archive.open(stored.sha256) as body:
                        bytes_of[resource["url"].rsplit("/", 1)[-1]] = body.read()
        return Shown(extras["acopio_id"], package["title"], bytes_of)

    def trace(self, name: str) -> Any:
        package = self.package(name)
        return package["metadata_modified"], [r["metadata_modified"] for r in package["resources"]]

    def occupy(self, name: str) -> None:
        organization = f"otra-{uuid4().hex[:8]}"
        self.ask("organization_create", {"name": organization}, PIPELINE)
        self.ask("package_create", {"name": name, "owner_org": organization}, PIPELINE)

    def broken(self) -> Target:
        return replace(self.target, name="roto")


def _without_tables(settings: Settings, archive: Archive, folder: Path) -> PortalConnection:
    """Return a connection to a portal whose database was damaged."""
    store = open_store(f"sqlite:///{folder}/roto.db")
    with store.write() as connection:
        for table in ("catalog_sequence", "catalog_member", "catalog_group"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("ALTER TABLE catalog_package RENAME TO perdida")
    return PortalConnection(Site(settings, store, archive), BUILT_IN)


def unconnected(target: Target) -> ActionApi:
    raise AssertionError(f"{target.name} is no CKAN")


@dataclass
class FolderPlace:
    """A folder at any fsspec address."""

    target: Target
    context: Context

    @classmethod
    def at(cls, url: str, folder: Path) -> "FolderPlace":
        archive = Archive(f"file://{folder}/archive", folder / "scratch")
        target = Target(name="carpeta", kind="folder", url=url)
        return cls(target, context(archive, unconnected))

    @property
    def files(self) -> tuple[Any, str]:
        filesystem, root = fsspec.core.url_to_fs(self.target.url)
        return filesystem, root.rstrip("/")

    def publisher(self, context: Context, target: Target) -> Publisher:
        return FolderPublisher(context, target)

    def shown(self, name: str) -> Shown | None:
        filesystem, root = self.files
        try:
            package = json.loads(filesystem.cat_file(f"{root}/{name}/datapackage.json"))
        except FileNotFoundError:
            return None
        paths = [r["path"] for r in package["resources"] if "hash" in r]
        files = {path: filesystem.cat_file(f"{root}/{name}/{path}") for path in paths}
        return Shown(package["acopio_id"], package["title"], files)

    def trace(self, name: str) -> Any:
        filesystem, root = self.files
        found = filesystem.find(f"{root}/{name}", detail=True)
        return {p: (i.get("mtime"), i.get("created"), i.get("ino")) for p, i in found.items()}

    def occupy(self, name: str) -> None:
        filesystem, root = self.files
        filesystem.makedirs(f"{root}/{name}", exist_ok=True)
        filesystem.pipe_file(f"{root}/{name}/leame.txt", b"de otra persona")

    def broken(self) -> Target:
        file = Path(self.context.archive.path(self.context.archive.add_bytes(b"un archivo")))
        return replace(self.target, url=f"{file}/dentro")


@dataclass
class CkanPlace:
    """The real CKAN, as a sysadmin; readers are strangers.

    Datasets that were looked at do not outlive the place: the next ones want the same names.
    """

    target: Target
    context: Context
    token: str
    looked_at: set[str] = field(default_factory=set)

    @classmethod
    def at(cls, url: str, token: str, folder: Path) -> "CkanPlace":
        archive = Archive(f"file://{folder}/archive", folder / "scratch")
        lent = context(archive, unconnected, token)

        def connect(target: Target) -> ActionApi:
            api: ActionApi = RemoteCKAN(target.url, apikey=token, session=lent.http.session)
            return api

        target = Target(name="nacional", kind="ckan", url=url)
        return cls(target, replace(lent, connect=connect), token)

    @property
    def api(self) -> Any:
        """CKAN as its administrator sees it, by ckanapi alone."""
        return RemoteCKAN(self.target.url, apikey=self.token)

    def publisher(self, context: Context, target: Target) -> Publisher:
        return CkanPublisher(context, target)

    def clear(self) -> None:
        """Remove what was looked at, and the organizations it was put into: CKAN lists 1,000."""
        organizations = set()
        with self.api as api:
            for name in self.looked_at:
                with suppress(NotFound):
                    package = api.call_action("package_show", {"id": name})
                    organizations.add(package["organization"]["name"])
                    api.call_action("dataset_purge", {"id": name})
            for organization in organizations:
                # One with a dataset that was not looked at stays, as do those of other tests.
                with suppress(ValidationError):
                    if organization.startswith(("org-", "otra-")):
                        api.call_action("organization_purge", {"id": organization})

    def package(self, name: str) -> Any:
        self.looked_at.add(name)
        with RemoteCKAN(self.target.url) as api:
            try:
                return api.call_action("package_show", {"id": name})
            except (NotFound, NotAuthorized):
                return None

    def shown(self, name: str) -> Shown | None:
        package = self.package(name)
        if package is None:
            return None
        extras = {extra["key"]: extra["value"] for extra in package["extras"]}
        files = {}
        for resource in package["resources"]:
            if resource["url_type"] == "upload":
                answer = requests.get(resource["url"], timeout=30)
                answer.raise_for_status()
                files[resource["url"].rsplit("/", 1)[-1]] = answer.content
        return Shown(extras["acopio_id"], package["title"], files)

    def trace(self, name: str) -> Any:
        package = self.package(name)
        return package["metadata_modified"], [r["metadata_modified"] for r in package["resources"]]

    def occupy(self, name: str) -> None:
        organization = f"otra-{uuid4().hex[:8]}"
        with self.api as api:
            api.call_action("organization_create", {"name": organization})
            api.call_action("package_create", {"name": name, "owner_org": organization})

    def broken(self) -> Target:
        return replace(self.target, url="http://127.0.0.1:9")
