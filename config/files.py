"""Read source and target files into the model; write a source back (contract, section 3)."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from acopio import registry
from acopio.config.problems import Words, raise_all
from acopio.config.refusals import Refused, problem, translated
from acopio.config.rules import row_rules
from acopio.config.settings import Settings
from acopio.config.tables import NAME, ReadingTable, SourceTable, TargetTable, token_file
from acopio.config.toml import Document, Keys, read
from acopio.errors import Blocked, ConfigError
from acopio.model import FilePolicy, Reading, Source, Target, TargetFiles

if TYPE_CHECKING:
    from acopio.http import Client

MAX_PROBLEMS = 20

Made = TypeVar("Made", Source, Target)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def read_sources(path: Path, settings: Settings) -> list[Source]:
    """Return the sources of a file, in its order, checked in every respect but one.

    A host that does not resolve is fine: it may be down today. Raises ConfigError telling every
    problem (at most 20) with its line.
    """
    client = _client(settings)

    def make(document: Document, name: str, table: Mapping[str, Any]) -> Source:
        checked = _check(SourceTable, document, (name,), table)
        options = _options(document, name, "harvesters", checked.kind, checked.options)
        _check_address(document, name, checked.url, client)
        given = {**dict(checked), "files": FilePolicy(checked.files), "options": options}
        given["reading"] = _reading(document, name, checked.reading)
        given["rules"] = row_rules(document, (name, "rules"), checked.rules)
        return Source(name=name, **given)

    return _read(path, make)


def read_targets(path: Path, settings: Settings) -> list[Target]:
    """Return the targets of a file, in its order; ``token_file`` becomes absolute.

    A relative ``token_file`` is one beside the file that names it. Raises as ``read_sources``.
    """
    client = _client(settings)

    def make(document: Document, name: str, table: Mapping[str, Any]) -> Target:
        checked = _check(TargetTable, document, (name,), table)
        options = _options(document, name, "publishers", checked.kind, checked.options)
        if checked.url.startswith(("http://", "https://")):
            _check_address(document, name, checked.url, client)
        given = {**dict(checked), "files": TargetFiles(checked.files), "options": options}
        given["token_file"] = token_file(checked.token_file, path.parent)
        return Target(name=name, **given)

    return _read(path, make)


def to_toml(source: Source) -> str:
    """Return the source's table, without what is left at its default.

    ``read_sources`` reads it back equal.
    """
    lines = [f"[{source.name}]"]
    for field in fields(Source):
        value = getattr(source, field.name)
        given = value is not None and value != field.default
        if given and field.name not in {"name", "reading", "rules", "options"}:
            lines.append(f"{field.name} = {_toml(value)}")
    pinned = {key: value for key, value in asdict(source.reading).items() if value}
    for title, table in (("reading", pinned), ("options", source.options)):
        if table:
            lines.append(f"[{source.name}.{title}]")
            lines += [f"{_key(key)} = {_toml(value)}" for key, value in table.items()]
    for rule in source.rules:
        lines.append(f"[[{source.name}.rules]]")
        given_of = {key: value for key, value in asdict(rule).items() if value}
        lines += [f"{_key(key)} = {_toml(value)}" for key, value in given_of.items()]
    return "\n".join(lines) + "\n"


def _read(path: Path, make: Callable[[Document, str, Mapping[str, Any]], Made]) -> list[Made]:
    document = read(path)
    if not document.data:
        raise ConfigError("file-empty", file=document.name)
    made: list[Made] = []
    problems: list[ConfigError] = []
    for name, table in document.data.items():
        try:
            _check_table(document, name, table)
            made.append(make(document, name, table))
        except Refused as refused:
            problems += refused.problems
        if len(problems) >= MAX_PROBLEMS:
            break
    raise_all(sorted(problems[:MAX_PROBLEMS], key=lambda one: one.params["line"]))
    return made


def _check_table(document: Document, name: str, table: Any) -> None:
    if not isinstance(table, Mapping):
        raise Refused([problem("file-outside-table", document, (name,))])
    if not NAME.fullmatch(name):
        raise Refused([problem("file-table-name", document, (name,))])


def _check(model: type[BaseModel], document: Document, path: Keys, table: Mapping[str, Any]) -> Any:
    try:
        return model.model_validate(table)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise Refused([translated(document, path, model, one) for one in details]) from None


def _options(
    document: Document, name: str, group: str, kind: str, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the options as the kind's own model reads them, in JSON's types."""
    if kind not in registry.names(group):
        known = ", ".join(registry.names(group))
        where = (name, "kind")
        raise Refused([problem("file-kind", document, where, value=kind, known=known)])
    model = getattr(registry.load(group, kind), "Options", None)
    if model is None:
        if not options:
            return {}
        raise Refused([problem("file-no-options", document, (name, "options"), kind=kind)])
    checked = _check(model, document, (name, "options"), options)
    plain: dict[str, Any] = checked.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return plain


def _reading(document: Document, name: str, table: Mapping[str, Any]) -> Reading:
    checked = _check(ReadingTable, document, (name, "reading"), table)
    return Reading(**checked.model_dump(exclude_unset=True))


def _client(settings: Settings) -> "Client":
    from acopio.http import Client

    return Client(allowed_private_hosts=settings.allowed_private_hosts)


def _check_address(document: Document, name: str, url: str, client: "Client") -> None:
    try:
        client.check_address(url)
    except Blocked as error:
        why = Words([error])
        raise Refused([problem("file-address", document, (name, "url"), why=why)]) from None


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _toml(key)


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(key)} = {_toml(inner)}" for key, inner in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, Enum):
        value = value.value
    # A JSON string, number or boolean is a TOML one, save for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
