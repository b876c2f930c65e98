"""Which files of a snapshot are examined."""

from collections.abc import Iterator

from acopio.model import File, Resource, Role, Snapshot


def data_files(snapshot: Snapshot) -> Iterator[tuple[File, Resource]]:
    """Yield the files of data resources with their resource, in the snapshot's order."""
    resources = {resource.id: resource for resource in snapshot.dataset.resources}
    for file in snapshot.files:
        resource = resources.get(file.resource)
        if resource is not None and resource.role is Role.DATA:
            yield file, resource
