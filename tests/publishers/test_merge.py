"""Which resource is which, whose field is whose; and texts no CKAN chokes on."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.model import ReleaseResource
from acopio.publishers.ckansite.calls import details
from acopio.publishers.ckansite.merge import Memory, merge, paired
from acopio.publishers.ckansite.record import editors_in, mark
from acopio.publishers.ckansite.texts import TERM_BYTES, email, extras, storable, tags, term


def resource(id_: str, url: str = "", name: str = "") -> ReleaseResource:
    return ReleaseResource(id=id_, source_id=id_, url=url, name=name)


def there(*resources: tuple[str, str, str]) -> dict[str, Any]:
    return {"resources": [{"id": i, "url": u, "name": n} for i, u, n in resources]}


def test_resources_match_by_id_then_address_then_name_without_date() -> None:
    package = there(("r1", "x", "x"), ("r2", "http://a/b.csv", "z"), ("r3", "q", "PADRON_2026-08"))
    ours = [
        resource("o1"),
        resource("o2", "http://a/b.csv"),
        resource("o3", "w", "padron 30-09-2026.csv"),
    ]
    known = {"o1": "r1", "o2": "lost", "o3": "lost too"}
    assert paired(package, ours, known) == {"r1": "o1", "r2": "o2", "r3": "o3"}


def test_an_ambiguous_name_matches_nothing() -> None:
    package = there(("r1", "a", "padron"), ("r2", "b", "Padron (1).csv"))
    assert paired(package, [resource("o", "c", "padron")], {"o": "lost"}) == {}


def test_a_resource_never_written_takes_no_editors_resource() -> None:
    package = there(("r1", "a", "padron"))
    assert paired(package, [resource("o", "a", "padron")], {"another": "gone"}) == {}


FIELDS = st.dictionaries(
    st.sampled_from(["title", "notes", "extras.a", "extras.b"]),
    st.sampled_from(["", "1", "2", "3"]),
)


@given(wanted=FIELDS, left=FIELDS, now=FIELDS)
def test_each_field_is_as_wanted_or_as_an_editor_left_it(
    wanted: dict[str, str], left: dict[str, str], now: dict[str, str]
) -> None:
    merged = merge(wanted, Memory(fields=left), now)
    for key, value in wanted.items():
        if key in merged.edited:
            assert merged.fields.get(key, "") == now.get(key, "") != left.get(key, "")
        else:
            assert merged.fields.get(key, "") == value
    for key in now.keys() - wanted.keys() - left.keys():
        assert merged.fields[key] == now[key]
    again = merge(wanted, Memory(fields=left), merged.fields)
    assert again.fields == merged.fields


def test_a_mark_survives_what_ckan_does_to_fields() -> None:
    sent = {"title": " Gasto  público ", "owner_org": "mef", "resources.1.format": "EXCEL"}
    back = {"title": "Gasto público", "owner_org": "uuid", "resources.1.format": "XLS", "url": ""}
    assert mark(sent, ()) == mark(back, ())
    assert mark(sent, ()) != mark({**sent, "title": "Otro"}, ())
    assert editors_in(mark(sent, ["notes", "extras.con espacio"])) == {
        "notes",
        "extras.con espacio",
    }


@given(text=st.text(st.characters(), max_size=60))
def test_texts_can_be_stored(text: str) -> None:
    stored = storable(text)
    stored.encode()
    assert "\x00" not in stored
    assert storable(stored) == stored


def test_long_terms_are_cut_between_characters() -> None:
    cut = term("ñ" * 40_000)
    assert cut.endswith("…")
    assert len(cut.encode()) <= TERM_BYTES + 3
    assert set(cut) == {"ñ", "…"}


@given(words=st.lists(st.text(max_size=120), max_size=8).map(tuple))
def test_tags_are_what_ckan_takes(words: tuple[str, ...]) -> None:
    for tag in tags(words):
        assert 2 <= len(tag) <= 100
        assert re.fullmatch(r"[\w \-.]+", tag)


@given(given_=st.dictionaries(st.text(max_size=12), st.text(max_size=12), max_size=6))
def test_no_extra_is_lost(given_: dict[str, str]) -> None:
    found = extras(given_)
    assert len(found) == len(given_)
    assert all(key.strip() for key in found)
    assert not found.keys() & {"title", "id", "acopio_id", "groups"}


@pytest.mark.parametrize(
    ("address", "kept"),
    [("a@b.example", "a@b.example"), ("no es correo", ""), ("a@b", ""), ("mailto:a@b.pe", "")],
)
def test_only_addresses_are_addresses(address: str, kept: str) -> None:
    assert email(address) == kept


def test_a_refusal_is_one_bounded_line() -> None:
    error = {
        "tags": [{}, {"name": ["muy corta"]}],
        "name": ["ya existe"],
        "__type": "Validation Error",
    }
    assert details(error) == "tags.name: muy corta; name: ya existe"
    assert len(details({"x": "y" * 10_000})) <= 600
