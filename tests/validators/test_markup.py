"""JSON and XML: where they stop being that, and what their schema says of them."""

import json
import socket
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acopio.messages import about
from acopio.tables.json_events import DEPTH
from acopio.validators.wellformed import LONGEST, Beyond, json_flaw, xml_flaw
from tests.validators.samples import Write, codes, examined, only

BOMB = "<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:element name='r'><xs:complexType><xs:sequence>
<xs:element name="n" type="xs:integer" maxOccurs="unbounded"/>
</xs:sequence></xs:complexType></xs:element></xs:schema>"""

INCLUDE = '<xs:include schemaLocation="http://127.0.0.1:9/otro.xsd"/>'


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a validator asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize(
    ("content", "problem", "row", "place"),
    [
        (b'{"a": 1', "cut", 1, "byte 7"),
        (b'{"a":\n\n NaN}', "syntax", 3, "byte 8"),
        (b'[\n"a",\n]', "syntax", 3, "byte 7"),
        ('[\n"región"]'.encode("cp1252"), "not-utf8", 2, "byte 8"),
        (b'{"a": 1}\n{"a": 2}\n', "several-values", 2, "byte 9"),
        (b'\xef\xbb\xbf{"a": 1}}', "several-values", 1, "byte 11"),
        (b'[{"n": ' + b"9" * 5000 + b"}]", "number-too-long", 1, "byte 5007"),
        (b'[{"n": 1e999}]', "number-too-long", 1, "byte 12"),
        (b'{"a\\ud800": "\\udfff"}', "lone-surrogate", 1, "byte 19"),
        (b'[{"n": ' + b"9" * 60_000 + b"}]", "number-too-long", 1, "byte 60007"),
        (b'{"a":\n' + b"9" * 3_000_000 + b"}", "number-too-long", 2, "byte 2162688"),
    ],
    ids=[
        "cut",
        "NaN",
        "comma",
        "cp1252",
        "lines",
        "brace",
        "digits",
        "exponent",
        "half",
        "60",
        "3",
    ],
)
def test_a_broken_json_says_where(
    write: Write, content: bytes, problem: str, row: int, place: str
) -> None:
    found = only(examined(write("f.json", content), declared="json"), "json-invalid")
    assert (found.params["problem"], found.row, found.params["place"]) == (problem, row, place)
    assert "{" not in about(found)


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (b'{"a": [1, null, "x"]}', "json"),
        (b'\xef\xbb\xbf[{"a": 1.5e3}]\n', "json"),
        (b'{"a": 1}\n{"a": 2}\n', "jsonl"),
        (b"<r><a>1</a></r>", "xml"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><r>ñ</r>'.encode("latin-1"), "xml"),
        ('<?xml version="1.0" encoding="windows-1252"?><r>ñ</r>'.encode("cp1252"), "xml"),
        (b"<!DOCTYPE r [<!ENTITY amp2 '&amp;'>]><r>&amp2;</r>", "xml"),
    ],
)
def test_what_is_well_formed_is_left_alone(write: Write, content: bytes, declared: str) -> None:
    found = codes(examined(write("f", content), declared=declared))
    assert not {"json-invalid", "xml-invalid", "not-examined", "examination-failed"} & set(found)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers(1 - 2**63, 2**63 - 1) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    ),
    cut=st.integers(0, 400),
)
def test_json_is_what_python_takes_for_json(write: Write, value: Any, cut: int) -> None:
    text = json.dumps([value], ensure_ascii=False).encode("utf-8", "replace")
    assert json_flaw(write("whole.json", text)) is None
    part = text[:cut]
    try:
        json.loads(part)
        right = True
    except ValueError:
        right = False
    assert (json_flaw(write("part.json", part)) is None) == right


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=st.integers(0, 8000), at=st.integers(0, 8000))
def test_the_line_is_right_beyond_the_first_block(write: Write, lines: int, at: int) -> None:
    rows = [b'{"region": "LIMA"}'] * (lines + 1)
    at = min(at, lines)
    rows[at] = b'{"region": LIMA}'
    flaw = json_flaw(write("f.json", b"[" + b",\n".join(rows) + b"]"))
    assert flaw is not None
    assert flaw.line == at + 1


@pytest.mark.parametrize(
    ("content", "problem", "row"),
    [
        (b"<r>\n<a></r>", "tag-mismatch", 2),
        (b"<r><a>", "cut", 1),
        (b"<r/>\n<r/>", "several-values", 2),
        (b"<r>&nada;</r>", "undefined-entity", 1),
        (b"<r a='1' a='2'/>", "duplicate-attribute", 1),
        ("<r>ñ</r>".encode("cp1252"), "syntax", 1),
        (b"<?xml version='1.0' encoding='inventada'?><r/>", "unknown-encoding", 1),
    ],
)
def test_a_broken_xml_says_where(write: Write, content: bytes, problem: str, row: int) -> None:
    found = only(examined(write("f.xml", content), declared="xml"), "xml-invalid")
    assert (found.params["problem"], found.row) == (problem, row)
    assert "{" not in about(found)


@pytest.mark.parametrize(
    ("content", "limit"),
    [
        (b"[" * (DEPTH + 1), "depth"),
        (b"[" * 200_000, "depth"),
        (b'[1, "' + b"x" * (LONGEST + (1 << 20)), "value"),
        (b"<a>" * (DEPTH + 1), "depth"),
        (b"<a " + b"x" * (LONGEST + (1 << 20)), "value"),
        (f"<!DOCTYPE r [{BOMB}]><r>&b;</r>".encode(), "entities"),
        (b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><r>&x;</r>", "entities"),
        (b"<!DOCTYPE r [<!ENTITY x '" + b"x" * 2000 + b"'>]><r>&x;</r>", "entities"),
    ],
    ids=["array", "deeper", "string", "tags", "tag", "laughs", "outside", "long"],
)
def test_beyond_a_limit_nothing_is_read(write: Write, content: bytes, limit: str) -> None:
    path = write("f", content)
    with pytest.raises(Beyond) as met:
        xml_flaw(path) if content.startswith(b"<") else json_flaw(path)
    assert met.value.limit == limit
    report = examined(path, declared="xml" if content.startswith(b"<") else "json")
    assert limit in [f.params["limit"] for f in report.findings if f.code == "examination-failed"]


SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "array",
    "items": {
        "required": ["codigo"],
        "properties": {"codigo": {"type": "string", "pattern": "^[0-9]{6}$"}, "n": {"minimum": 0}},
    },
}


def test_a_declared_json_schema_is_kept_to(write: Write) -> None:
    content = '[{"codigo": "150101"}, {"codigo": 5}, {}, {"codigo": "x", "n": -1}, {}]'
    report = examined(write("f.json", content), declared="json", schema=SCHEMA)
    found = [f for f in report.findings if f.code == "json-invalid"]
    told = {(f.params["problem"], f.field, f.params["count"], f.params["place"]) for f in found}
    assert told == {
        ("schema-type", "codigo", 1, "1/codigo"),
        ("schema-required", "codigo", 2, "2"),
        ("schema-pattern", "codigo", 1, "3/codigo"),
        ("schema", "n", 1, "3/n"),
    }


RECORD = {"type": "object", "properties": {"codigo": {"type": "string"}}, "required": ["codigo"]}


def test_each_line_of_json_lines_is_judged_by_a_json_schema(write: Write) -> None:
    content = b'\xef\xbb\xbf{"codigo": "a"}\n\n{"codigo": 5}\r\n{}\n{"codigo": 6}'
    report = examined(write("f.jsonl", content), declared="jsonl", schema=RECORD)
    found = [one for one in report.findings if one.code == "json-invalid"]
    told = [
        (one.params["problem"], one.row, one.params["place"], one.params["count"]) for one in found
    ]
    assert told == [("schema-type", 3, "3: codigo", 2), ("schema-required", 4, "4: /", 1)]


def test_lines_that_keep_to_their_schema_are_left_alone(write: Write) -> None:
    content = '{"codigo": "a"}\n{"codigo": "b"}\n'
    report = examined(write("f.jsonl", content), declared="jsonl", schema=RECORD)
    assert not {"json-invalid", "not-examined"} & set(codes(report))


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "http://127.0.0.1:9/esquema.json"},
        {"properties": {"a": {"$ref": "file:///etc/hostname"}}},
        {"properties": 5},
        {"$ref": "#"},
        {"xsd": "<xs:schema"},
        {"xsd": "/etc/hostname"},
        {"xsd": "http://127.0.0.1:9/esquema.xsd"},
        {"xsd": XSD.replace("<xs:element name='r'", INCLUDE + "<xs:element name='r'")},
    ],
)
def test_a_schema_that_is_broken_or_reaches_out_is_not_used(
    write: Write, schema: dict[str, Any]
) -> None:
    content, declared = ("<r/>", "xml") if "xsd" in schema else ('{"a": 1}', "json")
    report = examined(write("f", content), declared=declared, schema=schema)
    assert "schema-error" in codes(report)


def test_a_declared_xsd_is_kept_to(write: Write) -> None:
    def told(content: str) -> list[tuple[str | None, int]]:
        report = examined(write("f.xml", content), declared="xml", schema={"xsd": XSD})
        found = [f for f in report.findings if f.code == "xml-invalid"]
        return [(f.field, f.params["count"]) for f in found]

    assert told("<r><n>1</n><n>2</n></r>") == []
    assert told("<r><n>1</n><n>x</n><n>y</n></r>") == [("n", 2)]
    assert told("<q/>") == [("q", 1)]


def test_a_large_json_is_not_held_for_its_schema(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acopio.validators.declared_schema.LARGEST", 10)
    report = examined(write("f.json", '[{"codigo": 5}]'), declared="json", schema=SCHEMA)
    assert only(report, "not-examined").params["why"] == "size-schema"
