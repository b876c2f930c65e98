"""What is wrong with a table, as our own messages with the line where it stands."""

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from acopio.config.tables import refuse_secret
from acopio.config.toml import Document, Keys
from acopio.errors import ConfigError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

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
_SILENT = {
    "file-variable",
    "file-variable-reserved",
    "file-url-credentials",
    "file-url-query",
    "file-two-tokens",
}


class Refused(Exception):  # noqa: N818  (never leaves the reading of a file)
    """All that is wrong with one table."""

    def __init__(self, problems: list[ConfigError]) -> None:
        super().__init__(problems)
        self.problems = problems


def problem(key: str, document: Document, where: Keys, **params: Any) -> ConfigError:
    """Return the message ``key`` about what stands at ``where``, the table's name first."""
    params |= {"line": document.line(where), "at": ".".join(where[1:] or where)}
    return ConfigError(key, file=document.name, **params)


def translated(
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
        return problem("file-other", document, where, reason=detail["msg"], **context)
    if "expected" in context:
        context["expected"] = context["expected"].replace(" or ", ", ").replace("'", "")
    context = {k: f"{v:g}" if isinstance(v, float) else v for k, v in context.items()}
    shown = {} if key in _SILENT else _shown(detail["input"], at)
    return problem(key, document, where, **shown, **context)


def _unknown(document: Document, where: Keys, model: type[BaseModel]) -> ConfigError:
    key = where[-1]
    try:
        refuse_secret(key)
    except PydanticCustomError:
        return problem("file-secret", document, where, secret=key)
    known = [field.alias or name for name, field in model.model_fields.items()]
    near = difflib.get_close_matches(key, known, 1, 0.6)
    if near:
        return problem("file-unknown-key-near", document, where, near=near[0])
    return problem("file-unknown-key", document, where, known=", ".join(known))


def _shown(value: Any, at: str | None) -> dict[str, str]:
    """Return the value for the sentence, cut short; an address may hold a password: never."""
    if at is not None and isinstance(value, Mapping | BaseModel):
        value = dict(value).get(at, "")
    if isinstance(value, Mapping) or (isinstance(value, int) and value.bit_length() > 64):
        return {"value": "…"}
    text = str(value)
    if ("@" in text and ":" in text) or ("?" in text and "=" in text):
        return {"value": "…"}
    return {"value": text if len(text) <= 80 else text[:79] + "…"}
