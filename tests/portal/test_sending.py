"""Parts and conditions, whatever is asked; bytes from an archive that is elsewhere."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from fsspec.implementations.memory import MemoryFileSystem
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from acopio.archive import Archive
from acopio.portal import users
from acopio.portal.web.conditional import (
    Mark,
    NotSatisfiable,
    Part,
    accepts_gzip,
    part,
    short_answer,
)
from acopio.portal.web.sending import disposition
from acopio.portal.web.serving import serving
from tests.portal.serving import OWNER, Portal, opened

MARK = Mark(etag=f'"{"0" * 64}"', modified=datetime(2026, 7, 1, 3, 4, 5, 999, tzinfo=UTC))
numbers = st.integers(0, 10**20).map(str) | st.just("")
ranges = st.builds(lambda first, last: f"bytes={first}-{last}", numbers, numbers)
anything = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\x00"), max_size=60)


@given(st.integers(0, 2**63), ranges | anything)
def test_a_part_lies_inside_or_is_refused(size: int, header: str) -> None:
    with suppress(NotSatisfiable):
        found = part(Headers({"range": header}), size, MARK)
        assert found is None or 0 <= found.start < found.end <= size


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_parts_one_after_another_are_the_whole(sizes: list[int]) -> None:
    at = 0
    for size in sizes:
        found = part(Headers({"range": f"bytes={at}-{at + size - 1}"}), sum(sizes), MARK)
        assert found == Part(at, at + size)
        at += size


@given(st.dictionaries(st.sampled_from(["if-match", "if-none-match", "if-modified-since",
       "if-unmodified-since", "if-range", "range", "accept-encoding"]), anything))  # fmt: skip
def test_whatever_is_asked_has_an_answer(headers: dict[str, str]) -> None:
    assert short_answer(Headers(headers), MARK) in (None, 304, 412)
    assert accepts_gzip(Headers(headers)) in (True, False)


@given(st.text(max_size=120))
def test_a_file_name_is_a_header_whatever_it_is(name: str) -> None:
    with suppress(UnicodeEncodeError):  # half a surrogate pair has no UTF-8, and no name has one
        said = disposition(name)
        assert said.isascii()
        assert said.isprintable()
        assert said.count('"') == 2


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[Portal]:
    """A portal whose archive is not a local folder."""
    site = opened(tmp_path)
    site.archive = Archive("memory://acopio-portal", tmp_path / "scratch")
    token = users.add(site, "sysadmin", "admin", None).token
    with serving(site, "127.0.0.1", 0) as url:
        yield Portal(url=url, site=site, tokens={"sysadmin": token})
    site.store.close()
    MemoryFileSystem.store.clear()


def test_an_archive_elsewhere_gives_the_same(remote: Portal) -> None:
    remote.result("organization_create", {"name": OWNER}, "sysadmin")
    package = remote.result("package_create", {"name": "lejos", "owner_org": OWNER}, "sysadmin")
    body = bytes(range(256)) * 3000
    made = requests.post(
        f"{remote.url}/api/3/action/resource_create",
        data={"package_id": package["id"], "name": "n"},
        files={"upload": ("n.bin", body)},
        headers={"Authorization": remote.tokens["sysadmin"]},
        timeout=20,
    ).json()["result"]
    assert requests.get(made["url"], timeout=20).content == body
    some = requests.get(made["url"], headers={"Range": "bytes=700000-700999"}, timeout=20)
    assert (some.status_code, some.content) == (206, body[700_000:701_000])
    assert requests.get(f"{remote.url}/readyz", timeout=20).status_code == 200
    MemoryFileSystem.store.clear()
    assert requests.get(made["url"], timeout=20).status_code == 404
    assert requests.get(f"{remote.url}/readyz", timeout=20).status_code == 503
