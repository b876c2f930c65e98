"""What every publisher promises. A new one declares where it writes; these checks do the rest.

A ``Place`` is a target with a way to see what its readers see. ``test_conformance.py`` runs every
check on every place.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import pytest

from acopio.archive import Archive
from acopio.errors import PublishError
from acopio.http import Client, Limits
from acopio.model import (
    Contact,
    Dataset,
    FileKind,
    Licence,
    Organization,
    Publication,
    PublicationState,
    Published,
    Release,
    ReleaseFile,
    ReleaseResource,
    Target,
)
from acopio.ports import ActionApi, Context, Publisher


@dataclass(frozen=True)
class Shown:
    """A dataset as readers see it: our id for it, its title, its files by name."""

    acopio_id: str
    title: str
    files: Mapping[str, bytes]


class Place(Protocol):
    """One target, ready to be written to."""

    @property
    def target(self) -> Target: ...

    @property
    def context(self) -> Context: ...

    def publisher(self, context: Context, target: Target) -> Publisher:
        """Return the publisher under test."""
        ...

    def shown(self, name: str) -> Shown | None:
        """Return the dataset as a stranger sees it, None when there is none to see."""
        ...

    def trace(self, name: str) -> Any:
        """Return what changes whenever the dataset is written to."""
        ...

    def occupy(self, name: str) -> None:
        """Put something under ``name`` that is not ours."""
        ...

    def broken(self) -> Target:
        """Return a target that cannot be written to."""
        ...


@dataclass
class Bench:
    """A place, a publisher, and releases to publish."""

    place: Place
    publisher: Publisher = field(init=False)
    mark: str = field(default_factory=lambda: uuid4().hex[:8])

    def __post_init__(self) -> None:
        self.publisher = self.place.publisher(self.place.context, self.place.target)

    def file(self, data: bytes, name: str = "gasto.csv") -> ReleaseFile:
        sha256 = self.place.context.archive.add_bytes(data)
        return ReleaseFile(
            kind=FileKind.DATA,
            name=name,
            sha256=sha256,
            size=len(data),
            media_type="text/csv",
            format="csv",
        )

    def resource(self, *files: ReleaseFile, **changes: Any) -> ReleaseResource:
        given = ReleaseResource(
            id=str(uuid4()),
            source_id="1",
            url=f"http://datos.example/{self.mark}.csv",
            name="Gasto por meta",
            format="csv",
            files=files,
        )
        return replace(given, **changes)

    def release(self, *resources: ReleaseResource, **changes: Any) -> Release:
        dataset = Dataset(
            id="7",
            title="Gasto público de la región",
            notes="Ejecución **mensual**.",
            keywords=("presupuesto", "gasto"),
            licence=Licence(id="odc-by", url="http://www.opendefinition.org/licenses/odc-by"),
            contact=Contact(name="Oficina de datos", email="datos@region.example"),
            publisher=Organization(title="Gobierno Regional de la Sierra"),
            extras={"norma": "Ley 27806"},
        )
        given = Release(
            id=str(uuid4()),
            name=f"gasto-{self.mark}-{uuid4().hex[:6]}",
            source="mef",
            dataset=dataset,
            organization=Organization(name=f"org-{self.mark}", title="Gobierno Regional"),
            resources=resources,
        )
        return replace(given, **changes)

    def simple(self, data: bytes = b"a,b\r\n1,2\r\n", **changes: Any) -> Release:
        return self.release(self.resource(self.file(data)), **changes)


def titled(release: Release, title: str) -> Release:
    return replace(release, dataset=replace(release.dataset, title=title))


def known(release: Release, publication: Publication, state: str = "active") -> Published:
    """Return what the engine remembers of a publication."""
    return Published(
        dataset=release.id,
        name=publication.name,
        remote_id=publication.remote_id,
        state=state,
        written=publication.written,
    )


def begun(release: Release, name: str = "") -> Published:
    """Return what the engine remembers of a creation that never answered."""
    return Published(dataset=release.id, name=name)


def context(archive: Archive, connect: Callable[[Target], ActionApi], token: str = "") -> Context:
    return Context(
        http=Client(
            allowed_private_hosts=frozenset({"127.0.0.1"}),
            connections=8,
            limits=Limits(retries=0),
        ),
        archive=archive,
        connect=connect,
        secret=lambda _target: token or None,
    )


class Killed(BaseException):
    """The process ends here, whatever the code around wants to do about it."""


class MortalArchive:
    """An archive that lets so many files be opened, and kills at the next."""

    def __init__(self, archive: Archive, files: int) -> None:
        self._archive = archive
        self._left = files

    def path(self, sha256: str) -> Path:
        if not self._left:
            raise Killed
        self._left -= 1
        return self._archive.path(sha256)


def killed_after(bench: Bench, files: int) -> Publisher:
    """Return a publisher that dies when it reaches for the file after ``files`` files."""
    mortal: Any = MortalArchive(bench.place.context.archive, files)
    return bench.place.publisher(replace(bench.place.context, archive=mortal), bench.place.target)


# --- the checks ---------------------------------------------------------------------------------


def publishes_what_it_is_given(bench: Bench) -> None:
    release = bench.simple(b"a\r\n\xc3\xb1\r\n")
    done = bench.publisher.publish(release, None)
    assert done.state is PublicationState.CREATED
    assert done.name == release.name
    assert done.remote_id
    assert done.name in done.url
    shown = bench.place.shown(done.name)
    assert shown is not None
    assert shown.acopio_id == release.id
    assert shown.title == release.dataset.title
    assert shown.files == {"gasto.csv": b"a\r\n\xc3\xb1\r\n"}


def writes_nothing_twice(bench: Bench) -> None:
    release = bench.simple()
    first = bench.publisher.publish(release, None)
    before = bench.place.trace(first.name)
    again = bench.publisher.publish(release, known(release, first))
    assert again.state is PublicationState.UNCHANGED
    assert (again.remote_id, again.name) == (first.remote_id, first.name)
    assert bench.place.trace(first.name) == before
    assert not again.edited


def shows_an_update(bench: Bench) -> None:
    release = bench.simple(b"a\r\n1\r\n")
    first = bench.publisher.publish(release, None)
    resource = replace(release.resources[0], files=(bench.file(b"a\r\n2\r\n"),))
    new = replace(titled(release, "Otro título"), resources=(resource,))
    second = bench.publisher.publish(new, known(release, first))
    assert second.state is PublicationState.UPDATED
    assert (second.remote_id, second.name) == (first.remote_id, first.name)
    shown = bench.place.shown(second.name)
    assert shown is not None
    assert (shown.title, shown.files) == ("Otro título", {"gasto.csv": b"a\r\n2\r\n"})


def drops_a_resource_that_is_no_longer_released(bench: Bench) -> None:
    kept = bench.resource(bench.file(b"a\r\n1\r\n"), name="Queda")
    held = bench.resource(bench.file(b"b\r\n2\r\n", "padron.csv"), name="Se va")
    release = bench.release(kept, held)
    first = bench.publisher.publish(release, None)
    bench.publisher.publish(replace(release, resources=(kept,)), known(release, first))
    shown = bench.place.shown(first.name)
    assert shown is not None
    assert set(shown.files) == {"gasto.csv"}


def withdraws_and_brings_back(bench: Bench) -> None:
    release = bench.simple()
    first = bench.publisher.publish(release, None)
    gone = bench.publisher.withdraw(known(release, first))
    assert gone.state is PublicationState.WITHDRAWN
    assert bench.place.shown(first.name) is None
    assert bench.publisher.withdraw(known(release, first)).state is PublicationState.WITHDRAWN
    back = bench.publisher.publish(release, known(release, first, "withdrawn"))
    assert (back.remote_id, back.name) == (first.remote_id, first.name)
    shown = bench.place.shown(first.name)
    assert shown is not None
    assert shown.files == {"gasto.csv": b"a,b\r\n1,2\r\n"}


def a_lost_answer_makes_no_second(bench: Bench) -> None:
    release = bench.simple()
    first = bench.publisher.publish(release, None)
    again = bench.publisher.publish(titled(release, "Nuevo"), begun(release))
    assert (again.remote_id, again.name) == (first.remote_id, first.name)
    shown = bench.place.shown(first.name)
    assert shown is not None
    assert shown.title == "Nuevo"
    assert bench.place.shown(f"{first.name}-2") is None


def withdrawing_what_never_was_is_no_error(bench: Bench) -> None:
    release = bench.simple()
    other = bench.publisher.publish(bench.simple(name=release.name), None)
    gone = bench.publisher.withdraw(begun(release, release.name))
    assert gone.state is PublicationState.WITHDRAWN
    assert bench.place.shown(other.name) is not None


def a_killed_creation_shows_nothing_half_made(bench: Bench) -> None:
    release = bench.release(
        bench.resource(bench.file(b"a\r\n1\r\n"), name="Uno"),
        bench.resource(bench.file(b"b\r\n2\r\n", "dos.csv"), name="Dos"),
    )
    with pytest.raises(Killed):
        killed_after(bench, 1).publish(release, None)
    assert bench.place.shown(release.name) is None
    done = bench.publisher.publish(release, begun(release))
    assert done.name == release.name
    shown = bench.place.shown(done.name)
    assert shown is not None
    assert shown.files == {"gasto.csv": b"a\r\n1\r\n", "dos.csv": b"b\r\n2\r\n"}


def a_killed_update_is_completed_and_no_edit(bench: Bench) -> None:
    one = bench.resource(bench.file(b"a\r\n1\r\n"), name="Uno")
    release = bench.release(one)
    first = bench.publisher.publish(release, None)
    halfway = titled(replace(release, resources=(replace(one, files=(bench.file(b"2"),)),)), "B")
    with pytest.raises(Killed):
        killed_after(bench, 0).publish(halfway, known(release, first))
    final = titled(replace(release, resources=(replace(one, files=(bench.file(b"3"),)),)), "C")
    done = bench.publisher.publish(final, known(release, first))
    assert not done.edited
    shown = bench.place.shown(first.name)
    assert shown is not None
    assert (shown.title, shown.files) == ("C", {"gasto.csv": b"3"})


def a_taken_name_gets_a_number_and_keeps_it(bench: Bench) -> None:
    release = bench.simple()
    bench.place.occupy(release.name)
    first = bench.publisher.publish(release, None)
    assert first.name == f"{release.name}-2"
    again = bench.publisher.publish(titled(release, "Nuevo"), known(release, first))
    assert (again.name, again.remote_id) == (first.name, first.remote_id)


def many_at_once_do_not_disturb_each_other(bench: Bench) -> None:
    name = f"igual-{bench.mark}"
    releases = [bench.simple(f"a\r\n{n}\r\n".encode(), name=name) for n in range(12)]
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda release: bench.publisher.publish(release, None), releases))
    assert {d.state for d in done} == {PublicationState.CREATED}
    assert {d.name for d in done} == {name, *(f"{name}-{n}" for n in range(2, 13))}
    for release, publication in zip(releases, done, strict=True):
        shown = bench.place.shown(publication.name)
        assert shown is not None
        assert shown.acopio_id == release.id


HOSTILE = [
    "../../etc/passwd",
    "CON",
    "new",
    ".",
    "",
    "ñandú/ÁÉ  ",
    "a" * 400,
    "data.json",
    ".acopio",
    "x\x00y",
    "\u202egpj.exe",
    "-",
    "💧",
]


def hostile_names_stay_inside(bench: Bench) -> None:
    for name in HOSTILE:
        file = bench.file(b"a\r\n1\r\n", name)
        release = bench.release(bench.resource(file, name=name), name=name)
        done = bench.publisher.publish(release, None)
        shown = bench.place.shown(done.name)
        assert shown is not None, name
        assert shown.acopio_id == release.id
        assert list(shown.files.values()) == [b"a\r\n1\r\n"]


def hostile_texts_do_no_harm(bench: Bench) -> None:
    nasty = "<script>alert(1)</script>\x00\x07\ud800\ufffe ' \" {x} %s " + "ñ" * 40_000
    dataset = Dataset(
        id=nasty,
        title=nasty,
        notes=nasty,
        keywords=(nasty, "a", "ab, cd;ef", "ab, cd;ef", ""),
        licence=Licence(id=nasty, title=nasty, url="javascript:alert(1)"),
        contact=Contact(name=nasty, email="mailto:nobody at nowhere"),
        publisher=Organization(title=nasty),
        landing_page="http://" + "a" * 40_000,
        frequency=nasty,
        spatial=nasty,
        extras={
            nasty[:50]: nasty,
            "x_date": "2024-05-01T10:00:00-05:00",
            "y_date": "9" * 30,
            "views_total": "muchas",
            "_version_": "x",
            "title": "otro",
            "groups": "x",
            "acopio_id": "falso",
            "": "sin clave",
            " ": "sin clave",
            "vacío": "",
        },
    )
    resource = bench.resource(
        bench.file(b"a\r\n"), description=nasty, name=nasty[:3000], media_type=nasty[:90]
    )
    release = bench.release(resource, dataset=dataset)
    done = bench.publisher.publish(release, None)
    shown = bench.place.shown(done.name)
    assert shown is not None
    assert shown.acopio_id == release.id
    assert shown.title.startswith("<script>alert(1)</script>")
    again = bench.publisher.publish(release, known(release, done))
    assert again.state is PublicationState.UNCHANGED


def a_dataset_without_resources_is_published(bench: Bench) -> None:
    release = bench.release()
    done = bench.publisher.publish(release, None)
    shown = bench.place.shown(done.name)
    assert shown is not None
    assert not shown.files
    again = bench.publisher.publish(release, known(release, done))
    assert again.state is PublicationState.UNCHANGED


def fails_with_a_publish_error_only(bench: Bench) -> None:
    broken = bench.place.publisher(bench.place.context, bench.place.broken())
    release = bench.simple()
    for attempt in (
        broken.check,
        lambda: broken.publish(release, None),
        lambda: broken.publish(release, Published(dataset=release.id, name="x", remote_id="y")),
        lambda: broken.withdraw(Published(dataset=release.id, name="x", remote_id="y")),
    ):
        with pytest.raises(PublishError):
            attempt()


def a_damaged_file_is_not_published(bench: Bench) -> None:
    release = bench.simple()
    first = bench.publisher.publish(release, None)
    file = bench.file(f"{uuid4()}".encode(), "dañado.csv")
    damage(bench.place.context.archive.path(file.sha256))
    worse = replace(release, resources=(replace(release.resources[0], files=(file,)),))
    with pytest.raises(PublishError) as caught:
        bench.publisher.publish(worse, known(release, first))
    assert (caught.value.key, caught.value.params["file"]) == ("archive-damaged", "dañado.csv")
    shown = bench.place.shown(first.name)
    assert shown is not None
    assert list(shown.files.values()) == [b"a,b\r\n1,2\r\n"]


def damage(path: Path) -> None:
    """Change one byte, as a disk does: the size stays."""
    body = bytearray(path.read_bytes())
    body[0] ^= 1
    path.write_bytes(body)


def a_good_target_passes_its_check(bench: Bench) -> None:
    bench.publisher.check()
    bench.publisher.finish()
    assert bench.publisher.edited(begun(bench.simple(), "nada")) == frozenset()


CHECKS: list[Callable[[Bench], None]] = [
    publishes_what_it_is_given,
    writes_nothing_twice,
    shows_an_update,
    drops_a_resource_that_is_no_longer_released,
    withdraws_and_brings_back,
    a_lost_answer_makes_no_second,
    withdrawing_what_never_was_is_no_error,
    a_killed_creation_shows_nothing_half_made,
    a_killed_update_is_completed_and_no_edit,
    a_taken_name_gets_a_number_and_keeps_it,
    many_at_once_do_not_disturb_each_other,
    hostile_names_stay_inside,
    hostile_texts_do_no_harm,
    a_dataset_without_resources_is_published,
    fails_with_a_publish_error_only,
    a_damaged_file_is_not_published,
    a_good_target_passes_its_check,
]
