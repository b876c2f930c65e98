"""What the project's own modules say, read from their source."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).parent.parent
FOLDERS = ("harvester", "validators", "publishers", "config")


@cache
def modules() -> Mapping[str, Path]:
    """Return every module of the package by its import name."""
    found = {}
    for top, prefix in [("acopio", ""), *((folder, "acopio.") for folder in FOLDERS)]:
        # Links inside acopio/ are not followed here: each file is found once.
        for path in (ROOT / top).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if not {"migrations", "__pycache__"} & set(parts) and not _linked(path):
                name = prefix + ".".join(parts)
                found[name.removesuffix(".__init__")] = path
    return MappingProxyType(found)


def _linked(path: Path) -> bool:
    return any(parent.is_symlink() for parent in path.parents)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def imports(path: Path) -> frozenset[str]:
    """Return what of ours a file imports when it runs, at its top or in a function."""
    known = modules()
    found: set[str] = set()
    for node in _at_run_time(tree(path)):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            module = node.module or ""
            found |= {
                full if (full := f"{module}.{alias.name}") in known else module
                for alias in node.names
            }
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return frozenset(name for name in found if name.split(".")[0] == "acopio")


def calls(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (function, first argument) of each call whose first argument is a literal text."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else ""
            name = function.id if isinstance(function, ast.Name) else name
            if isinstance(node.args[0].value, str):
                yield name, node.args[0].value


def _at_run_time(top: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree, leaving out what only type checkers read."""
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting.extend(node.orelse)
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))
