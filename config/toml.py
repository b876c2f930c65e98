"""Read a TOML file that people wrote, remembering on which line each key stands."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acopio.errors import ConfigError

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_BYTES = 1 << 20

Keys = tuple[str, ...]
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A parsed TOML file: its ``data``, and the line (from 1) of each table and key."""

    name: str
    data: Mapping[str, Any]
    lines: Mapping[Keys, int]

    def line(self, path: Keys) -> int:
        """Return the line of ``path``, or of the innermost table around it that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(path: Path) -> Document:
    """Parse the file at ``path``: TOML 1.0 in UTF-8, of 1 MiB at most.

    Raises ConfigError naming the file, and the line where it can be known.
    """
    raw = _bytes(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError("file-not-utf8", file=path.name, line=line) from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(path.name, text, str(error)) from None
    except (RecursionError, ValueError):
        # Brackets without end, or a number of thousands of digits.
        raise ConfigError("file-too-deep", file=path.name) from None
    return Document(name=path.name, data=data, lines=dict(_lines(text)))


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError("file-unreadable", file=str(path), reason=error.strerror) from None
    if len(raw) > MAX_BYTES:
        raise ConfigError("file-too-large", file=path.name, limit=MAX_BYTES >> 20)
    return raw


def _syntax(name: str, text: str, message: str) -> ConfigError:
    found = _AT_LINE.search(message)
    line = int(found.group(1)) if found else text.rstrip().count("\n") + 1
    detail = message.rpartition(" (at ")[0]
    if detail.endswith("twice") or detail == "Cannot overwrite a value":
        return ConfigError("file-twice", file=name, line=line)
    return ConfigError("file-syntax", file=name, line=line, detail=detail)


def _lines(text: str) -> Iterator[tuple[Keys, int]]:
    """Yield every table and key with its line; tables of an array are numbered from 1.

    The tree is walked without recursion, in the order of the text.
    """
    import tree_sitter_toml
    from tree_sitter import Language, Parser

    tree = Parser(Language(tree_sitter_toml.language())).parse(text.encode())
    counted: Counter[Keys] = Counter()
    waiting: list[tuple[Node, Keys]] = [(tree.root_node, ())]
    while waiting:
        node, inside = waiting.pop()
        path = inside
        if node.type in {"table", "table_array_element", "pair"}:
            key = next(child for child in node.children if child.type.endswith("_key"))
            path = inside + _keys(key)
            if node.type == "table_array_element":
                counted[path] += 1
                path += (str(counted[path]),)
            yield path, node.start_point[0] + 1
        waiting.extend((child, path) for child in reversed(node.children) if child.is_named)


def _keys(node: "Node") -> Keys:
    if node.type == "dotted_key":
        return tuple(key for child in node.children if child.is_named for key in _keys(child))
    raw = (node.text or b"").decode()
    return (next(iter(tomllib.loads(f"{raw}=0"))),)
