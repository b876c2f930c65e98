"""What only a CKAN can show: editors, tokens, organizations, uploads. On the real one."""

import tracemalloc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest

from acopio.errors import PublishError
from acopio.messages import sentence
from acopio.model import (
    Dataset,
    FileKind,
    Licence,
    Organization,
    PublicationState,
    Published,
    TargetFiles,
)
from acopio.ports import ActionApi
from tests.publishers.conformance import Bench, begun, known, titled
from tests.publishers.places import CkanPlace


@pytest.fixture
def place(ckan_url: str, ckan_token: str, tmp_path: Path) -> CkanPlace:
    return CkanPlace.at(ckan_url, ckan_token, tmp_path)


@pytest.fixture
def bench(place: CkanPlace) -> Bench:
    return Bench(place)


@pytest.fixture
def editor(ckan_url: str, ckan_editor_token: str, tmp_path: Path) -> Bench:
    """Publishes as a user who is no sysadmin."""
    return Bench(CkanPlace.at(ckan_url, ckan_editor_token, tmp_path))


def patch(place: CkanPlace, name: str, **changes: Any) -> None:
    with place.api as api:
        api.call_action("package_patch", {"id": name, **changes})


def extras(package: Mapping[str, Any]) -> dict[str, str]:
    return {extra["key"]: extra["value"] for extra in package["extras"]}


# --- editors ------------------------------------------------------------------------------------


def test_a_field_an_editor_changed_is_theirs(bench: Bench, place: CkanPlace) -> None:
    release = bench.simple()
    first = bench.publisher.publish(release, None)
    patch(place, first.name, title="El título del portal", notes="Otra nota")
    assert bench.publisher.edited(known(release, first)) == {"title", "notes"}

    dataset = replace(release.dataset, title="Lo que dice la fuente", frequency="mensual")
    changed = replace(release, dataset=dataset)
    second = bench.publisher.publish(changed, known(release, first))
    assert second.state is PublicationState.UPDATED
    assert set(second.edited) == {"title", "notes"}
    package = place.package(first.name)
    assert (package["title"], package["notes"]) == ("El título del portal", "Otra nota")
    assert extras(package)["frequency"] == "mensual"

    third = bench.publisher.publish(changed, known(release, second))
    assert third.state is PublicationState.UNCHANGED
    assert set(third.edited) == {"title", "notes"}


def test_a_field_the_editor_puts_back_is_ours_again(bench: Bench, place: CkanPlace) -> None:
    release = bench.simple()
    first = bench.publisher.publish(release, None)
    patch(place, first.name, title="Del editor")
    second = bench.publisher.publish(titled(release, "B"), known(release, first))
    patch(place, first.name, title=release.dataset.title)
    third = bench.publisher.publish(titled(release, "C"), known(release, second))
    assert not third.edited
    assert place.package(first.name)["title"] == "C"


def test_what_editors_added_by_hand_stays(bench: Bench, place: CkanPlace) -> None:
    release = bench.simple()
    first = bench.publisher.publish(release, None)
    with place.api as api:
        package = api.call_action("package_show", {"id": first.name})
        package["extras"].append({"key": "revisado_por", "value": "la oficina"})
        package["resources"].append({"url": "http://otro.example/guia.pdf", "name": "Guía"})
        api.call_action("package_update", package)
    second = bench.publisher.publish(titled(release, "Nuevo"), known(release, first))
    package = place.package(first.name)
    assert (second.state, second.edited) == (PublicationState.UPDATED, ())
    assert package["title"] == "Nuevo"
    assert extras(package)["revisado_por"] == "la oficina"
    assert [resource["name"] for resource in package["resources"]] == ["Gasto por meta", "Guía"]


def test_a_resource_an_editor_removed_is_not_brought_back(bench: Bench, place: CkanPlace) -> None:
    kept = bench.resource(name="Queda")
    gone = bench.resource(bench.file(b"x\r\n"), name="Fuera")
    release = bench.release(kept, gone)
    first = bench.publisher.publish(release, None)
    with place.api as api:
        api.call_action("resource_delete", {"id": first.written["resources"][gone.id]})
    second = bench.publisher.publish(titled(release, "Nuevo"), known(release, first))
    assert second.edited == (f"resources.{gone.id}",)
    third = bench.publisher.publish(titled(release, "Nuevo"), known(release, second))
    assert third.state is PublicationState.UNCHANGED
    assert third.edited == (f"resources.{gone.id}",)
    assert [r["name"] for r in place.package(first.name)["resources"]] == ["Queda"]


def test_a_resource_made_anew_by_an_editor_is_known_by_its_name(
    bench: Bench, place: CkanPlace
) -> None:
    release = bench.release(bench.resource(name="RENIPRESS_31-08-2026.csv", description="Agosto"))
    first = bench.publisher.publish(release, None)
    with place.api as api:
        package = api.call_action("package_show", {"id": first.name})
        anew = {"url": "http://otro.example/x.csv", "name": "RENIPRESS_30-09-2026.csv"}
        package["resources"] = [anew]
        api.call_action("package_update", package)
    second = bench.publisher.publish(titled(release, "Nuevo"), known(release, first))
    (resource,) = place.package(first.name)["resources"]
    assert resource["id"] == second.written["resources"][release.resources[0].id]
    assert f"resources.{release.resources[0].id}.url" in second.edited


def test_a_dataset_an_editor_deleted_stays_deleted(bench: Bench, place: CkanPlace) -> None:
    release = bench.simple()
    first = bench.publisher.publish(release, None)
    with place.api as api:
        api.call_action("package_delete", {"id": first.remote_id})
    assert bench.publisher.edited(known(release, first)) == {"state"}

    second = bench.publisher.publish(titled(release, "Nuevo"), known(release, first))
    assert (second.state, second.edited) == (PublicationState.UNCHANGED, ("state",))
    assert (second.remote_id, second.name) == (first.remote_id, first.name)
    assert second.written == first.written
    assert place.shown(first.name) is None

    patch(place, first.remote_id, state="active")  # and the editor thinks better of it
    third = bench.publisher.publish(titled(release, "Nuevo"), known(release, second))
    assert (third.state, third.edited) == (PublicationState.UPDATED, ())
    assert place.package(first.name)["title"] == "Nuevo"


# --- ids, names, answers that were lost ---------------------------------------------------------


def test_a_sysadmin_gives_datasets_our_ids_in_one_call(bench: Bench) -> None:
    client = bench.place.context.http
    bench.publisher.publish(bench.release(bench.resource()), None)
    before = client.requests
    release = bench.release(bench.resource(), bench.resource())
    done = bench.publisher.publish(release, None)
    assert client.requests - before == 1
    assert done.remote_id == release.id


def test_a_purged_dataset_is_made_anew_under_its_name(bench: Bench, place: CkanPlace) -> None:
    release = bench.simple()
    first = bench.publisher.publish(release, None)
    with place.api as api:
        api.call_action("dataset_purge", {"id": first.remote_id})
    second = bench.publisher.publish(release, known(release, first))
    assert (second.state, second.name) == (PublicationState.CREATED, first.name)
    assert place.shown(first.name) is not None


def test_a_revived_dataset_whose_name_was_taken_gets_a_number(
    bench: Bench, place: CkanPlace
) -> None:
    release = bench.simple()
    first = bench.publisher.publish(release, None)
    bench.publisher.withdraw(known(release, first))
    place.occupy(first.name)
    back = bench.publisher.publish(release, known(release, first, "withdrawn"))
    assert (back.remote_id, back.name) == (first.remote_id, f"{first.name}-2")


def test_an_update_whose_answer_was_lost_is_no_edit(bench: Bench) -> None:
    release = bench.simple()
    first = bench.publisher.publish(release, None)
    bench.publisher.publish(titled(release, "B"), known(release, first))  # and nobody remembers
    third = bench.publisher.publish(titled(release, "C"), known(release, first))
    assert third.edited == ()
    shown = bench.place.shown(first.name)
    assert shown is not None
    assert shown.title == "C"


def test_a_lost_update_does_not_take_an_editors_field(bench: Bench, place: CkanPlace) -> None:
    release = bench.simple()
    first = bench.publisher.publish(release, None)
    patch(place, first.name, notes="Del editor")
    second = bench.publisher.publish(titled(release, "B"), known(release, first))
    bench.publisher.publish(titled(release, "C"), known(release, second))  # and nobody remembers
    fourth = bench.publisher.publish(titled(release, "D"), known(release, second))
    assert fourth.edited == ("notes",)
    package = place.package(first.name)
    assert (package["title"], package["notes"]) == ("D", "Del editor")


# --- tokens and organizations -------------------------------------------------------------------


def test_an_editor_publishes_where_it_may(editor: Bench, place: CkanPlace) -> None:
    with place.api as api:
        users = [{"name": "editor", "capacity": "editor"}]
        api.call_action("organization_create", {"name": f"org-{editor.mark}", "users": users})
    editor.publisher.check()
    release = editor.simple()
    first = editor.publisher.publish(release, None)
    assert first.remote_id != release.id  # only a sysadmin may choose
    assert editor.place.shown(first.name) is not None
    lost = editor.publisher.publish(titled(release, "B"), begun(release))
    assert lost.remote_id == first.remote_id
    editor.publisher.withdraw(known(release, lost))
    assert editor.place.shown(first.name) is None
    back = editor.publisher.publish(release, known(release, lost, "withdrawn"))
    assert (back.remote_id, back.name) == (first.remote_id, first.name)


def test_a_missing_organization_is_named_to_whom_may_not_make_it(editor: Bench) -> None:
    with pytest.raises(PublishError) as caught:
        editor.publisher.publish(editor.simple(), None)
    assert caught.value.key == "ckan-organization-missing"
    assert f"org-{editor.mark}" in sentence(caught.value)


def test_a_dataset_without_organization_is_refused_before_anything_is_asked(bench: Bench) -> None:
    release = bench.simple(organization=Organization())
    with pytest.raises(PublishError, match="ckan-no-organization"):
        bench.publisher.publish(release, None)
    assert bench.place.context.http.requests == 0


def test_a_wrong_token_is_told_and_never_shown(ckan_url: str, tmp_path: Path) -> None:
    secret = "una-credencial-que-nadie-conoce"  # noqa: S105
    bench = Bench(CkanPlace.at(ckan_url, secret, tmp_path))
    with pytest.raises(PublishError) as checked:
        bench.publisher.check()
    with pytest.raises(PublishError) as published:
        bench.publisher.publish(bench.simple(), None)
    assert checked.value.key == "ckan-bad-token"
    assert published.value.key in {"ckan-organization-missing", "ckan-not-allowed"}
    for error in (checked.value, published.value):
        assert secret not in str(error) + sentence(error)


# --- what CKAN is given -------------------------------------------------------------------------


def test_no_licence_is_made_up(bench: Bench, place: CkanPlace) -> None:
    def publish(licence: Licence | None) -> Any:
        dataset = Dataset(id="1", title="Un conjunto", licence=licence)
        return place.package(bench.publisher.publish(bench.release(dataset=dataset), None).name)

    url = "https://www.opendefinition.org/licenses/odc-by"
    assert publish(Licence(id="ODC-BY"))["license_id"] == "odc-by"
    assert publish(Licence(url=url.replace("https", "http")))["license_id"] == "odc-by"
    own = publish(Licence(title="Términos del ministerio", url="http://m.example/terminos"))
    assert not own["license_id"]
    assert extras(own)["licence"] == "Términos del ministerio"
    assert extras(own)["licence_url"] == "http://m.example/terminos"
    none = publish(None)
    assert not none["license_id"]
    assert extras(none)["licence"] == "licencia no declarada"


def test_a_source_cannot_pass_for_us(bench: Bench, place: CkanPlace) -> None:
    dataset = Dataset(
        id="1", title="t", extras={"acopio_id": "falso", "x_date": "2024-01-01T00:00-05:00"}
    )
    release = bench.release(dataset=dataset)
    found = extras(place.package(bench.publisher.publish(release, None).name))
    assert found["acopio_id"] == release.id
    assert found["source_acopio_id"] == "falso"
    assert found["x_date"] == "2024-01-01T05:00:00"


def test_a_linked_resource_says_what_is_known_of_its_bytes(bench: Bench, place: CkanPlace) -> None:
    resource = bench.resource(sha256="a" * 64, size=10**11, state="kept_last_good")
    done = bench.publisher.publish(bench.release(resource), None)
    (there,) = place.package(done.name)["resources"]
    assert there["url"] == resource.url
    assert (there["acopio_sha256"], there["size"]) == ("a" * 64, 10**11)
    assert there["acopio_state"] == "kept_last_good"


def test_a_target_of_links_uploads_nothing_and_changes_its_mind(
    bench: Bench, place: CkanPlace
) -> None:
    linked = replace(place.target, files=TargetFiles.LINK)
    links = place.publisher(place.context, linked)
    release = bench.simple()
    first = links.publish(release, None)
    (there,) = place.package(first.name)["resources"]
    assert there["url"] == release.resources[0].url
    second = bench.publisher.publish(release, known(release, first))
    shown = place.shown(first.name)
    assert shown is not None
    assert shown.files == {"gasto.csv": b"a,b\r\n1,2\r\n"}
    links.publish(release, known(release, second))
    (there,) = place.package(first.name)["resources"]
    assert (there["url"], there["url_type"] or "") == (release.resources[0].url, "")


def test_a_twin_is_a_resource_of_its_own_if_the_target_asks(bench: Bench, place: CkanPlace) -> None:
    twin = replace(bench.file(b"PAR1", "gasto.parquet"), kind=FileKind.PARQUET, format="parquet")
    release = bench.release(bench.resource(bench.file(b"a\r\n"), twin))
    with_twins = replace(place.target, options={"parquet": True})
    first = place.publisher(place.context, with_twins).publish(release, None)
    shown = place.shown(first.name)
    assert shown is not None
    assert shown.files == {"gasto.csv": b"a\r\n", "gasto.parquet": b"PAR1"}
    bench.publisher.publish(release, known(release, first))
    shown = place.shown(first.name)
    assert shown is not None
    assert set(shown.files) == {"gasto.csv"}


def test_a_file_is_sent_once(bench: Bench) -> None:
    release = bench.simple(uuid4().bytes * 1000)
    first = bench.publisher.publish(release, None)
    before = bench.place.context.http.requests
    bench.publisher.publish(titled(release, "Nuevo"), known(release, first))
    assert bench.place.context.http.requests - before == 2  # read, write


def test_a_large_file_is_streamed(bench: Bench, tmp_path: Path) -> None:
    import hashlib

    large = tmp_path / "large.csv"
    with large.open("wb") as body:
        for number in range(100):
            body.write(f"{number:015d}\n".encode() * 65_536)
    with large.open("rb") as body:
        sha256 = hashlib.file_digest(body, "sha256").hexdigest()
    size = large.stat().st_size
    bench.place.context.archive.add(large, sha256)
    file = replace(bench.file(b""), sha256=sha256, size=size)
    tracemalloc.start()
    try:
        done = bench.publisher.publish(bench.release(bench.resource(file)), None)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size > 100_000_000
    assert peak < 8_000_000
    assert done.state is PublicationState.CREATED


class InProcess:
    """The Action API without an address: what the built-in portal lends."""

    def __init__(self, api: Any) -> None:
        self._api = api

    def call_action(
        self,
        action: str,
        data_dict: Mapping[str, Any] | None = None,
        *,
        files: Mapping[str, Any] | None = None,
    ) -> Any:
        return self._api.call_action(action, data_dict, files=files)


def test_in_process_files_are_handed_over(place: CkanPlace) -> None:
    api: ActionApi = InProcess(place.api)
    inside = Bench(replace(place, context=replace(place.context, connect=lambda _target: api)))
    done = inside.publisher.publish(inside.simple(), None)
    shown = place.shown(done.name)
    assert shown is not None
    assert shown.files == {"gasto.csv": b"a,b\r\n1,2\r\n"}


# --- what is no CKAN, or a broken one -----------------------------------------------------------


@contextmanager
def answering(status: int, body: bytes, kind: str) -> Iterator[str]:
    """Serve one answer to everything, on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


HTML = b"<!DOCTYPE html><title>Bienvenidos</title>"
REFUSAL = (
    b'{"success": false, "error": {"__type": "Validation Error", "tags": [{}, {"name": ["mal"]}]}}'
)

DEEP_REFUSAL = (
    b'{"error": {"__type": "Validation Error", "a": ' + b"[" * 900 + b"1" + b"]" * 900 + b"}}"
)


@pytest.mark.parametrize(
    ("status", "body", "kind", "key"),
    [
        (200, HTML, "text/html", "ckan-not-ckan"),
        (404, HTML, "text/html", "ckan-not-ckan"),
        (200, b'"una frase"', "application/json", "ckan-broken"),
        (400, b'{"error": "otra plataforma"}', "application/json", "ckan-not-ckan"),
        (413, HTML, "text/html", "ckan-too-large"),
        (500, b"", "text/plain", "ckan-broken"),
        (502, HTML, "text/html", "ckan-broken"),
        (409, REFUSAL, "application/json", "ckan-refused"),
        (409, DEEP_REFUSAL, "application/json", "ckan-refused"),
    ],
)
def test_each_failure_has_its_sentence(
    tmp_path: Path, status: int, body: bytes, kind: str, key: str
) -> None:
    with answering(status, body, kind) as url:
        bench = Bench(CkanPlace.at(url, "secreto", tmp_path))
        with pytest.raises(PublishError) as caught:
            bench.publisher.publish(bench.simple(), Published(dataset="x", name="y", remote_id="z"))
    assert caught.value.key == key
    assert "nacional" in sentence(caught.value) or url in sentence(caught.value)
    assert "{" not in sentence(caught.value)


def wrapped(result: bytes) -> bytes:
    return b'{"success": true, "result": ' + result + b"}"


PACKAGE = b'{"id": "z", "name": "y", "state": "active", "resources": [%s]}'


@pytest.mark.parametrize(
    "body",
    [
        b'{"success": true}',
        wrapped(b"null"),
        wrapped(b'"hola"'),
        wrapped(b"[1, 2]"),
        wrapped(b"{}"),
        wrapped(b'{"id": 7, "name": null, "state": [], "resources": {}}'),
        wrapped(b'{"id": "z", "name": "y", "state": "active"}'),
        wrapped(b'{"results": null}'),
        wrapped(b'{"ckan_version": {}}'),
        wrapped(PACKAGE % b'{"name": "sin id"}'),
        wrapped(PACKAGE % b'{"id": "r", "url": ["no es texto"]}'),
        wrapped(PACKAGE % b'{"id": "r"}, 3'),
        wrapped(b"[" * 5_000 + b"]" * 5_000),
    ],
)
def test_what_no_ckan_answers_is_a_failure_like_any_other(tmp_path: Path, body: bytes) -> None:
    with answering(200, body, "application/json") as url:
        bench = Bench(CkanPlace.at(url, "secreto", tmp_path))
        release = bench.simple()
        there = Published(dataset=release.id, name="y", remote_id="z")
        attempts = (
            bench.publisher.check,
            lambda: bench.publisher.publish(release, None),
            lambda: bench.publisher.publish(release, begun(release)),
            lambda: bench.publisher.publish(release, there),
            lambda: bench.publisher.withdraw(there),
            lambda: bench.publisher.edited(there),
        )
        for attempt in attempts:
            with pytest.raises(PublishError) as caught:
                attempt()
            assert caught.value.key in {"ckan-nonsense", "ckan-not-ckan", "ckan-broken"}
            assert "{" not in sentence(caught.value)
