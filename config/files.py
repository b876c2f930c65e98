"""Read source and target files into the model; write a source back (contract, section 3)."""

import difflib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from acopio import registry
from acopio.config.problems import Words, raise_all
from acopio.config.settings import Settings
from acopio.config.tables import NAME, SourceTable, TargetTable, refuse_secret, token_file
from acopio.config.toml import Document, Keys, read
from acopio.errors import Blocked, ConfigError
from acopio.model import FilePolicy, Source, Target, TargetFiles

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from acopio.http import Client

MAX_PROBLEMS = 20

Made = TypeVar("Made", Source, Target)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")

# What pydantic finds, and the message that says it. ``{ge}`` and the like are pydantic's own.
_MESSAGES = {
    "missing": "file-missing",
    "string_type": "file-text",
    "bool_type": "file-boolean",
    "int_type": "file-integer",
    "int_from_float": "file-integer",
    "float_type": "file-number",
    "finite_number": "file-number",
    "tuple_type": "file-list",
    "list_type": "file-list",
    "dict_type": "file-table",
    "model_type": "file-table",
    "literal_error": "file-choice",
    "enum": "file-choice",
    "greater_than_equal": "file-at-least",
    "less_than_equal": "file-at-most",
    "string_too_short": "file-too-short",
    "string_too_long": "file-too-long",
    "too_long": "file-too-many",
    "string_pattern_mismatch": "file-pattern",
}
# Where the value may be the secret that should not have been written.
_SILENT = {"file-variable", "file-variable-reserved", "file-url-credentials", "file-two-tokens"}


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
        if field.name not in {"name", "options"} and value is not None and value != field.default:
            lines.append(f"{field.name} = {_toml(value)}")
    if source.options:
        lines.append(f"[{source.name}.options]")
        lines += [f"{_key(key)} = {_toml(value)}" for key, value in source.options.items()]
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
        except _Refused as refused:
            problems += refused.problems
        if len(problems) >= MAX_PROBLEMS:
            break
    raise_all(sorted(problems[:MAX_PROBLEMS], key=lambda problem: problem.params["line"]))
    return made


class _Refused(Exception):  # noqa: N818  (never leaves this module)
    """What is wrong with one table."""

    def __init__(self, problems: list[ConfigError]) -> None:
        super().__init__(problems)
        self.problems = problems


def _check_table(document: Document, name: str, table: Any) -> None:
    if not isinstance(table, Mapping):
        raise _Refused([_problem("file-outside-table", document, (name,))])
    if not NAME.fullmatch(name):
        raise _Refused([_problem("file-table-name", document, (name,))])


def _check(model: type[BaseModel], document: Document, path: Keys, table: Mapping[str, Any]) -> Any:
    try:
        return model.model_validate(table)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise _Refused([_translate(document, path, model, one) for one in details]) from None


def _options(
    document: Document, name: str, group: str, kind: str, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the options as the kind's own model reads them, in JSON's types."""
    if kind not in registry.names(group):
        known = ", ".join(registry.names(group))
        problem = _problem("file-kind", document, (name, "kind"), value=kind, known=known)
        raise _Refused([problem])
    model = getattr(registry.load(group, kind), "Options", None)
    if model is None:
        if not options:
            return {}
        raise _Refused([_problem("file-no-options", document, (name, "options"), kind=kind)])
    checked = _check(model, document, (name, "options"), options)
    plain: dict[str, Any] = checked.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return plain


def _client(settings: Settings) -> "Client":
    from acopio.http import Client

    return Client(allowed_private_hosts=settings.allowed_private_hosts)


def _check_address(document: Document, name: str, url: str, client: "Client") -> None:
    try:
        client.check_address(url)
    except Blocked as error:
        why = Words([error])
        raise _Refused([_problem("file-address", document, (name, "url"), why=why)]) from None


def _translate(
    document: Document, path: Keys, model: type[BaseModel], detail: "ErrorDetails"
) -> ConfigError:
    """Return what pydantic found as a sentence of ours, with its line."""
    context = dict(detail.get("ctx", {}))
    at = context.pop("at", None)
    # Numbers in a location are places in a list, which is named as a whole.
    inner = (at,) if at else tuple(str(part) for part in detail["loc"] if isinstance(part, str))
    where = path + inner
    if detail["type"] == "extra_forbidden":
        return _unknown(document, where, model)
    key = detail["type"] if detail["type"].startswith("file-") else _MESSAGES.get(detail["type"])
    if key is None:
        return _problem("file-other", document, where, reason=detail["msg"], **context)
    if "expected" in context:
        context["expected"] = context["expected"].replace(" or ", ", ").replace("'", "")
    context = {k: f"{v:g}" if isinstance(v, float) else v for k, v in context.items()}
    shown = {} if key in _SILENT else _shown(detail["input"], at)
    return _problem(key, document, where, **shown, **context)


def _unknown(document: Document, where: Keys, model: type[BaseModel]) -> ConfigError:
    key = where[-1]
    try:
        refuse_secret(key)
    except PydanticCustomError:
        return _problem("file-secret", document, where, secret=key)
    known = [field.alias or name for name, field in model.model_fields.items()]
    near = difflib.get_close_matches(key, known, 1, 0.6)
    if near:
        return _problem("file-unknown-key-near", document, where, near=near[0])
    return _problem("file-unknown-key", document, where, known=", ".join(known))


def _shown(value: Any, at: str | None) -> dict[str, str]:
    """Return the value for the sentence, cut short; an address may hold a password: never."""
    if at is not None and isinstance(value, Mapping | BaseModel):
        value = dict(value).get(at, "")
    text = str(value)
    if isinstance(value, Mapping) or ("@" in text and ":" in text):
        return {"value": "…"}
    return {"value": text if len(text) <= 80 else text[:79] + "…"}


def _problem(key: str, document: Document, where: Keys, **params: Any) -> ConfigError:
    params |= {"line": document.line(where), "at": ".".join(where[1:] or where)}
    return ConfigError(key, file=document.name, **params)


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
