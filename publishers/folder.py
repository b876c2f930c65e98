"""Publish to a folder: a Data Package a dataset, and one ``data.json`` over all.

The target's URL is an fsspec address. ``public_url`` among its options is where the folder is on
the web, for the addresses in ``data.json``; without it they are relative.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, StringConstraints

from acopio.errors import PublishError
from acopio.model import (
    Publication,
    PublicationState,
    Published,
    Release,
    ReleaseFile,
    Target,
    TargetFiles,
)
from acopio.ports import Context
from acopio.publishers.folders.datajson import catalogue
from acopio.publishers.folders.datapackage import descriptor, encoded, file_names
from acopio.publishers.folders.local import LocalFolder
from acopio.publishers.folders.remote import RemoteFolder
from acopio.publishers.names import candidates

CATALOGUE = "data.json"


class FolderOptions(BaseModel):
    """``public_url``: where the folder is on the web."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    public_url: Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$", max_length=500)] = ""


class FolderPublisher:
    """Writes datasets under one folder. What people change there by hand is written over."""

    Options: ClassVar[type[BaseModel]] = FolderOptions
    version: ClassVar[str] = "1"

    def __init__(self, context: Context, target: Target) -> None:
        self._archive = context.archive
        self._target = target
        self._folder = _folder(target.url)

    def publish(self, release: Release, known: Published | None) -> Publication:
        """Make the dataset's folder hold the release; write nothing if it does."""
        if self._target.files is TargetFiles.LINK:
            release = _linked(release)
        with self._spoken():
            name = self._name(release, known)
            described = descriptor(release, name)
            new, old = encoded(described), self._folder.read(name)
            if new == old and self._whole(name, described):
                return self._publication(PublicationState.UNCHANGED, release.id, name)
            self._folder.mark_changed()
            self._folder.replace(name, self._files(release), new)
        there = old is not None or bool(known and known.remote_id)
        state = PublicationState.UPDATED if there else PublicationState.CREATED
        return self._publication(state, release.id, name)

    def withdraw(self, known: Published) -> Publication:
        """Erase the dataset's folder; its name stays its own, for when it comes back."""
        with self._spoken():
            name = next(candidates(known.name))
            if self._folder.claim(name, known.dataset) == known.dataset:
                if self._folder.read(name) is not None:
                    self._folder.mark_changed()
                self._folder.remove(name)
        return self._publication(PublicationState.WITHDRAWN, known.dataset, known.name)

    def edited(self, known: Published) -> frozenset[str]:
        """Return nothing: a folder has no editors."""
        return frozenset()

    def check(self) -> None:
        """Write and remove a file."""
        with self._spoken():
            self._folder.probe()

    def finish(self) -> None:
        """Write ``data.json`` anew if any dataset changed since it was last written."""
        with self._spoken():
            if self._folder.begin_catalogue():
                base = str(self._target.options.get("public_url", ""))
                self._folder.end_catalogue(CATALOGUE, catalogue(self._packages(), base))

    def _packages(self) -> Iterator[Mapping[str, Any]]:
        for name in self._folder.names():
            described = self._folder.read(name)
            if described:
                yield json.loads(described)

    def _name(self, release: Release, known: Published | None) -> str:
        """Return the name that is this dataset's, for ever; if it has none, the first free one."""
        for name in candidates((known and known.name) or release.name):
            if self._folder.claim(name, release.id) == release.id:
                return name
        taken = {"name": release.name, "target": self._target.name}
        raise PublishError("folder-name-taken", **taken)

    def _files(self, release: Release) -> Iterator[tuple[str, Path, ReleaseFile]]:
        names = file_names(release)
        for resource in release.resources:
            for file in resource.files:
                yield names[resource.id, file.kind], self._archive.path(file.sha256), file

    def _whole(self, name: str, described: Mapping[str, Any]) -> bool:
        """Tell whether the files are there in their sizes: people and disks lose some."""
        files = [f for r in described["resources"] for f in [r, *r.get("files", ())] if "hash" in f]
        return all(self._folder.size(name, file["path"]) == file["bytes"] for file in files)

    def _publication(self, state: PublicationState, dataset: str, name: str) -> Publication:
        base = str(self._target.options.get("public_url", "") or self._target.url)
        url = f"{base.rstrip('/')}/{name}"
        return Publication(state=state, remote_id=dataset, name=name, url=url)

    @contextmanager
    def _spoken(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or type(error).__name__
            where = {"target": self._target.name, "url": self._target.url}
            raise PublishError("folder-unwritable", reason=reason, **where) from error


def _linked(release: Release) -> Release:
    from dataclasses import replace

    resources = tuple(replace(resource, files=()) for resource in release.resources)
    return replace(release, resources=resources)


def _folder(url: str) -> LocalFolder | RemoteFolder:
    from fsspec.core import url_to_fs
    from fsspec.implementations.local import LocalFileSystem

    filesystem, root = url_to_fs(url)
    if isinstance(filesystem, LocalFileSystem):
        return LocalFolder(Path(root))
    return RemoteFolder(filesystem, root)
