"""``acopio validate --schema`` with a JSON Schema or an XSD: each for files of its kind alone."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from acopio.cli import main

HEAD = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>"
XSD = (
    HEAD + "<xs:element name='año'><xs:complexType><xs:sequence>"
    "<xs:element name='n' type='xs:integer' maxOccurs='9'/>"
    "</xs:sequence></xs:complexType></xs:element></xs:schema>"
)
JSON_SCHEMA = {"type": "array", "items": {"properties": {"codigo": {"type": "string"}}}}
TABLE_SCHEMA = {"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer"}]}
ELSEWHERE = "http://127.0.0.1:9/otro"


@pytest.fixture(autouse=True)
def _desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACOPIO_LANG", "en")
    monkeypatch.setenv("ACOPIO_EXECUTOR", "serial")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["validate", *arguments, "--json"])


def written(name: str, content: str | bytes) -> str:
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name


def codes(result: Result) -> dict[str, list[str]]:
    files = json.loads(result.stdout)["files"]
    return {file["path"]: [found["code"] for found in file["findings"]] for file in files}


@pytest.fixture
def inputs() -> list[str]:
    """One file of each kind, none with anything wrong but by its schema."""
    return [
        written("a.csv", "a,b\n1,2\n"),
        written("good.xml", "<año><n>1</n></año>"),
        written("bad.xml", "<año><n>x</n></año>"),
        written("good.json", '[{"codigo": "010101"}]'),
        written("bad.json", '[{"codigo": 5}]'),
        written("lines.jsonl", '{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n'),
    ]


@pytest.mark.parametrize(
    ("schema", "content", "wrong", "judged"),
    [
        ("s.xsd", XSD, {"bad.xml": ["xml-invalid"]}, {"good.xml", "bad.xml"}),
        (
            "s.json",
            JSON_SCHEMA,
            {"bad.json": ["json-invalid"], "lines.jsonl": ["json-invalid"]},
            {"good.json", "bad.json", "lines.jsonl"},
        ),
        ("s.json", TABLE_SCHEMA, {}, {"a.csv", "lines.jsonl"}),
    ],
)
def test_a_schema_judges_files_of_its_kind_and_it_is_said_which_not(
    inputs: list[str], schema: str, content: Any, wrong: dict[str, list[str]], judged: set[str]
) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    result = run(*inputs, "--schema", written(schema, text))
    assert {path: some for path, some in codes(result).items() if some} == wrong
    (line,) = result.stderr.splitlines()
    assert {name for name in inputs if f'"{name}"' in line} == set(inputs) - judged
    assert result.exit_code == (1 if wrong else 0)


@pytest.mark.parametrize(
    ("name", "content", "schema"),
    [
        ("a.xml", "<año><n>1</n></año>", XSD),
        ("a.json", '[{"codigo": "1"}]', JSON_SCHEMA),
        ("a.csv", "a,b\n1,2\n", TABLE_SCHEMA),
        ("a.csv.gz", gzip.compress(b"a,b\n1,2\n", mtime=0), TABLE_SCHEMA),
        ("a.xml.gz", gzip.compress("<año><n>1</n></año>".encode(), mtime=0), XSD),
    ],
)
def test_where_all_are_judged_nothing_is_said(name: str, content: str | bytes, schema: Any) -> None:
    text = schema if isinstance(schema, str) else json.dumps(schema)
    result = run(written(name, content), "--schema", written("s", text))
    assert result.stderr == ""


def test_a_map_is_judged_by_its_json_schema_and_as_a_table() -> None:
    point = {"type": "Point", "coordinates": [-77.0, -12.0]}
    feature = {"type": "Feature", "properties": {"a": 1, "b": 2}, "geometry": point}
    mapped = written(
        "m.geojson", json.dumps({"type": "FeatureCollection", "features": [feature] * 2})
    )
    result = run(mapped, "--schema", written("s.json", '{"type": "object", "required": ["año"]}'))
    assert "json-invalid" in codes(result)[mapped]
    assert "schema-error" not in codes(result)[mapped]
    assert json.loads(result.stdout)["files"][0]["rows"] == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_an_xsd_is_read_in_its_own_encoding(encoding: str) -> None:
    said = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f"<?xml version='1.0' encoding='{said}'?>\n{XSD}"
    schema = written("s.xsd", text.encode(encoding))
    good, bad = written("g.xml", "<año><n>1</n></año>"), written("b.xml", "<año/>")
    assert codes(run(good, bad, "--schema", schema)) == {good: [], bad: ["xml-invalid"]}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "nada",
        "{}",
        "<xs:schema",
        "<r/>",
        HEAD,
        HEAD + "<xs:element name='a' type='no'/></xs:schema>",
        HEAD + "<xs:include schemaLocation='otro.xsd'/></xs:schema>",
        f"<!DOCTYPE a [<!ENTITY b SYSTEM '{ELSEWHERE}'>]>" + XSD,
        "<?xml version='1.0' encoding='hex'?><r/>",
        "<?xml version='1.0' encoding='klingon'?><r/>",
        b"\xff\xfe<",
        b"\x80<",
        "<a>" * 20_000,
    ],
)
def test_an_xsd_that_is_none_exits_2(inputs: list[str], content: str | bytes) -> None:
    for files in (inputs, inputs[:1]):
        result = run(*files, "--schema", written("s.xsd", content))
        assert (result.exit_code, result.stdout) == (2, "")
        assert "s.xsd" in result.stderr
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": 5},
        {"type": "object", "required": 5},
        {"type": "objeto", "properties": {}},
        {"properties": {"a": {"pattern": "("}}},
        {"$ref": ELSEWHERE},
        {"properties": {"a": {"items": {"$ref": ELSEWHERE}}}},
        {"properties": {"a": {"$ref": "file:///etc/hostname"}}},
        {"properties": {"a": {"$ref": "#/$defs/none"}}},
        {"$ref": "#"},
        {"$schema": "http://json-schema.org/draft-04/schema#", "required": []},
        {"$schema": "http://json-schema.org/draft-03/schema#", "type": "objeto"},
        {"$id": 5, "items": {"$ref": "#/b"}},
    ],
)
def test_a_json_schema_that_is_none_exits_2(inputs: list[str], schema: dict[str, Any]) -> None:
    result = run(inputs[0], "--schema", written("s.json", json.dumps(schema)))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "s.json" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "schema",
    [
        {"$defs": {"n": {"type": "integer"}}, "items": {"$ref": "#/$defs/n"}},
        {"$id": "http://x.example/a/", "items": {"$ref": "b"}, "$defs": {"b": {"$id": "b"}}},
        {"$ref": "http://json-schema.org/draft-07/schema#"},
        {"$schema": "http://x.example/own", "type": "array"},
        {"items": {"$ref": "#"}},
    ],
)
def test_references_within_a_schema_are_followed(schema: dict[str, Any]) -> None:
    result = run(written("a.json", "[]"), "--schema", written("s.json", json.dumps(schema)))
    assert "could not" not in result.stderr
    assert result.exit_code < 2
