"""What only a folder can show: one step a dataset, packages others can read, one catalogue."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from frictionless import Package

from acopio.errors import PublishError
from acopio.messages import sentence
from acopio.model import FileKind, Licence, PublicationState, TargetFiles
from tests.publishers.conformance import Bench, Killed, begun, killed_after, known, titled
from tests.publishers.places import FolderPlace


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "datos"


@pytest.fixture
def place(root: Path, tmp_path: Path) -> FolderPlace:
    return FolderPlace.at(f"file://{root}", tmp_path)


@pytest.fixture
def bench(place: FolderPlace) -> Bench:
    return Bench(place)


def package(root: Path, name: str) -> Any:
    return json.loads((root / name / "datapackage.json").read_text("utf-8"))


def bodies(root: Path) -> set[bytes]:
    return {path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_frictionless_reads_the_package(bench: Bench, root: Path) -> None:
    schema = {"fields": [{"name": "ubigeo", "type": "string"}, {"name": "monto", "type": "number"}]}
    data = bench.file(b"ubigeo,monto\r\n010101,12.50\r\n")
    log = replace(bench.file(b"{}", "gasto.log.json"), kind=FileKind.LOG, format="json")
    linked = bench.resource(name="Guía", format="pdf", url="http://datos.example/guia.pdf")
    release = bench.release(bench.resource(data, log, schema=schema), linked)
    done = bench.publisher.publish(release, None)
    read = Package(str(root / done.name / "datapackage.json"))
    table = read.get_table_resource("gasto-por-meta")
    assert [row.to_dict() for row in table.read_rows()] == [{"ubigeo": "010101", "monto": 12.5}]
    assert table.validate().valid
    assert [r.name for r in read.resources] == ["gasto-por-meta", "guia"]


def test_the_package_says_whose_data_it_is(bench: Bench, root: Path) -> None:
    release = bench.simple()
    found = package(root, bench.publisher.publish(release, None).name)
    (resource,) = found["resources"]
    assert found["acopio_id"] == release.id
    assert found["licenses"] == [
        {"name": "odc-by", "path": "http://www.opendefinition.org/licenses/odc-by"}
    ]
    assert found["contributors"][0]["title"] == "Gobierno Regional de la Sierra"
    assert resource["hash"] == "sha256:" + hashlib.sha256(b"a,b\r\n1,2\r\n").hexdigest()
    assert resource["bytes"] == 10
    assert resource["sources"] == [{"title": "Gasto por meta", "path": release.resources[0].url}]


def test_no_licence_is_made_up(bench: Bench, root: Path) -> None:
    def publish(licence: Licence | None) -> Any:
        release = bench.simple()
        release = replace(release, dataset=replace(release.dataset, licence=licence))
        return package(root, bench.publisher.publish(release, None).name)

    assert publish(None)["licence_note"] == "licencia no declarada"
    assert "licenses" not in publish(None)
    assert publish(Licence(title="Términos"))["licenses"] == [
        {"name": "other", "title": "Términos"}
    ]


def test_files_of_one_name_are_told_apart(bench: Bench, root: Path) -> None:
    one, two = bench.file(b"1"), bench.file(b"2", "GASTO.csv")
    release = bench.release(bench.resource(one), bench.resource(two))
    done = bench.publisher.publish(release, None)
    found = package(root, done.name)["resources"]
    assert [r["path"] for r in found] == ["gasto.csv", "GASTO-2.csv"]
    assert [r["name"] for r in found] == ["gasto-por-meta", "gasto-por-meta-2"]
    assert (root / done.name / "GASTO-2.csv").read_bytes() == b"2"


def test_readers_see_one_version_whole_or_the_other(bench: Bench, root: Path) -> None:
    one, two = bench.resource(bench.file(b"0", "a.csv")), bench.resource(bench.file(b"0", "b.csv"))
    release = bench.release(one, two)
    first = bench.publisher.publish(release, None)
    done, torn, seen = Event(), [], []

    def read() -> None:
        while not done.is_set():
            version = (root / first.name).resolve()  # as a web server that opened it would
            try:
                found = json.loads((version / "datapackage.json").read_bytes())
                bodies = {(version / r["path"]).read_bytes() for r in found["resources"]}
            except FileNotFoundError:
                continue  # the version was replaced in the meantime
            seen.append(bodies)
            torn.extend([bodies] if len(bodies) > 1 else [])

    reader = Thread(target=read)
    reader.start()
    try:
        for number in range(1, 60):
            data = str(number).encode()
            resources = (
                replace(one, files=(bench.file(data, "a.csv"),)),
                replace(two, files=(bench.file(data, "b.csv"),)),
            )
            bench.publisher.publish(replace(release, resources=resources), known(release, first))
            assert (root / first.name / "b.csv").read_bytes() == data
    finally:
        done.set()
        reader.join()
    assert seen
    assert not torn


def test_an_old_version_and_what_a_killed_process_left_go(bench: Bench, root: Path) -> None:
    release = bench.simple(b"primera")
    first = bench.publisher.publish(release, None)
    resource = release.resources[0]
    two = (bench.file(b"segunda"), replace(bench.file(b"x", "x.bin"), kind=FileKind.ORIGINAL))
    update = replace(release, resources=(replace(resource, files=two),))
    with pytest.raises(Killed):
        killed_after(bench, 1).publish(update, known(release, first))
    assert (root / first.name / "gasto.csv").read_bytes() == b"primera"
    bench.publisher.publish(update, known(release, first))
    assert b"primera" not in bodies(root)
    assert len(list((root / ".acopio" / "versions" / first.name).iterdir())) == 1


def test_what_is_withdrawn_leaves_no_bytes(bench: Bench, root: Path) -> None:
    release = bench.simple(b"nombre,dni\r\n")
    first = bench.publisher.publish(release, None)
    bench.publisher.withdraw(known(release, first))
    assert b"nombre,dni\r\n" not in bodies(root)
    other = bench.publisher.publish(bench.simple(name=release.name), None)
    assert other.name == f"{first.name}-2"  # the name stays the withdrawn one's


def test_a_file_that_was_lost_or_cut_is_put_back(bench: Bench, root: Path) -> None:
    release = bench.simple()
    first = bench.publisher.publish(release, None)
    (root / first.name / "gasto.csv").write_bytes(b"a")
    again = bench.publisher.publish(release, known(release, first))
    assert again.state is PublicationState.UPDATED
    assert (root / first.name / "gasto.csv").read_bytes() == b"a,b\r\n1,2\r\n"


def test_a_target_of_links_holds_no_files(place: FolderPlace, bench: Bench, root: Path) -> None:
    links = place.publisher(place.context, replace(place.target, files=TargetFiles.LINK))
    release = bench.simple()
    (resource,) = package(root, links.publish(release, None).name)["resources"]
    assert resource["path"] == release.resources[0].url
    assert "hash" not in resource


# --- the catalogue ------------------------------------------------------------------------------


def test_the_catalogue_lists_what_readers_see(bench: Bench, root: Path) -> None:
    releases = [bench.simple() for _ in range(3)]
    done = [bench.publisher.publish(release, None) for release in releases]
    bench.publisher.withdraw(known(releases[1], done[1]))
    bench.publisher.finish()
    found = json.loads((root / "data.json").read_text("utf-8"))
    assert found["conformsTo"] == "https://project-open-data.cio.gov/v1.1/schema"
    assert {d["identifier"] for d in found["dataset"]} == {releases[0].id, releases[2].id}
    dataset = next(d for d in found["dataset"] if d["identifier"] == releases[0].id)
    assert dataset["acopio_id"] == releases[0].id
    assert dataset["license"] == "http://www.opendefinition.org/licenses/odc-by"
    assert dataset["contactPoint"]["hasEmail"] == "mailto:datos@region.example"
    assert dataset["distribution"][0]["downloadURL"] == f"{done[0].name}/gasto.csv"


def test_the_catalogue_has_web_addresses_where_the_folder_has(
    place: FolderPlace, bench: Bench, root: Path
) -> None:
    options = {"public_url": "https://abiertos.example/datos/"}
    publisher = place.publisher(place.context, replace(place.target, options=options))
    release = bench.release(bench.resource(bench.file(b"1", "año 1.csv")))
    done = publisher.publish(release, None)
    publisher.finish()
    (dataset,) = json.loads((root / "data.json").read_text("utf-8"))["dataset"]
    address = f"https://abiertos.example/datos/{done.name}/a%C3%B1o%201.csv"
    assert dataset["distribution"][0]["downloadURL"] == address
    assert done.url == f"https://abiertos.example/datos/{done.name}"


def test_the_catalogue_is_not_rewritten_when_nothing_changed(bench: Bench, root: Path) -> None:
    release = bench.simple()
    first = bench.publisher.publish(release, None)
    bench.publisher.finish()
    before = (root / "data.json").stat()
    bench.publisher.publish(release, known(release, first))
    bench.publisher.finish()
    assert (root / "data.json").stat() == before


def test_the_catalogue_is_not_rewritten_for_what_was_withdrawn_before(
    bench: Bench, root: Path
) -> None:
    release = bench.simple()
    first = bench.publisher.publish(release, None)
    bench.publisher.withdraw(known(release, first))
    bench.publisher.finish()
    before = (root / "data.json").stat()
    bench.publisher.withdraw(known(release, first, "withdrawn"))
    bench.publisher.finish()
    assert (root / "data.json").stat() == before


def test_a_change_is_remembered_when_the_process_ends_before_finishing(
    bench: Bench, place: FolderPlace, root: Path
) -> None:
    release = bench.simple()
    first = bench.publisher.publish(release, None)
    bench.publisher.finish()
    bench.publisher.publish(titled(release, "Nuevo"), known(release, first))
    place.publisher(place.context, place.target).finish()  # another process, another run
    (dataset,) = json.loads((root / "data.json").read_text("utf-8"))["dataset"]
    assert dataset["title"] == "Nuevo"


def test_a_catalogue_cut_short_is_written_anew(
    bench: Bench, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.publisher.publish(bench.simple(), None)
    bench.publisher.finish()
    before = (root / "data.json").read_bytes()
    bench.publisher.publish(bench.simple(), None)

    def dies(*_args: object) -> Iterator[bytes]:
        yield b'{"dataset": ['
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("acopio.publishers.folder.catalogue", dies)
        with pytest.raises(Killed):
            bench.publisher.finish()
    assert (root / "data.json").read_bytes() == before
    bench.publisher.finish()
    assert len(json.loads((root / "data.json").read_bytes())["dataset"]) == 2


def test_an_empty_catalogue_is_one_too(bench: Bench, root: Path) -> None:
    release = bench.simple()
    bench.publisher.withdraw(known(release, bench.publisher.publish(release, None)))
    bench.publisher.finish()
    assert json.loads((root / "data.json").read_text("utf-8"))["dataset"] == []


# --- what is not ours ---------------------------------------------------------------------------


def test_somebody_elses_folder_is_never_touched(
    bench: Bench, place: FolderPlace, root: Path
) -> None:
    release = bench.simple()
    place.occupy(release.name)
    done = bench.publisher.publish(release, None)
    bench.publisher.withdraw(begun(release, release.name))
    assert (root / release.name / "leame.txt").read_bytes() == b"de otra persona"
    assert place.shown(done.name) is not None


def test_an_unwritable_folder_is_told_with_its_reason(bench: Bench, place: FolderPlace) -> None:
    publisher = place.publisher(place.context, place.broken())
    with pytest.raises(PublishError) as caught:
        publisher.check()
    assert caught.value.key == "folder-unwritable"
    assert "carpeta" in sentence(caught.value)
