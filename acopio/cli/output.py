"""What commands print: one JSON document or tables on standard output, all else on standard error.

Texts of sources are strangers' texts: control characters, which a terminal would obey, are shown
instead.
"""

import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click

Document = Mapping[str, Any]
Shown = TypeVar("Shown", bound=Document)

# Wide enough never to cut a row where there is no terminal whose width would be the limit.
_UNLIMITED = 10_000

json_option = click.option("--json", "as_json", is_flag=True, help="JSON.")


def emit(document: Shown, as_json: bool, show: Callable[[Shown], None]) -> None:
    """Print ``document`` as one JSON document, or as ``show`` shows it to people."""
    if as_json:
        print_json(document)
    else:
        show(document)


def print_json(document: Document) -> None:
    """Print one JSON document (RFC 8259: UTF-8, no NaN) on standard output, and a line feed."""
    dump = json.JSONEncoder(ensure_ascii=False, indent=2, allow_nan=False, default=str).encode
    try:
        words = dump(document)
    except ValueError:
        words = dump(_finite(document))
    # Half a surrogate pair, as wild JSON brings them, has no UTF-8.
    click.echo(words.encode("utf-8", "replace"))


def print_parts(parts: Iterable[str]) -> None:
    """Print one JSON document that comes in parts, and a line feed."""
    for part in parts:
        click.echo(part.encode("utf-8", "replace"), nl=False)
    click.echo()


def say(line: str) -> None:
    """Print a line for people on standard output."""
    click.echo(plain(line))


def note(line: str) -> None:
    """Print a line on standard error: progress, advice, what went wrong."""
    click.echo(plain(line), err=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their headings on standard output."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(*columns, box=SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        # Text, so that brackets in a title are not taken for rich's markup.
        grid.add_row(*(Text(plain("" if cell is None else str(cell))) for cell in row))
    width = None if sys.stdout.isatty() else _UNLIMITED
    Console(width=width, highlight=False, emoji=False).print(grid)


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error while the block runs; only on a terminal.

    Gives a function to call with how many more are done. ``total`` None: nobody knows how many.
    """
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(escape(plain(label)), total=total)
        yield lambda done: bar.advance(task, done)


@contextmanager
def live_progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """Show a bar whose label, done and total are set anew each time; only on a terminal."""
    if not sys.stderr.isatty():
        yield lambda label, done, total: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")

        def update(label: str, done: int, total: int | None) -> None:
            bar.update(task, description=escape(plain(label)), completed=done, total=total)

        yield update


def plain(line: str) -> str:
    """Return ``line`` with control characters, line feeds and tabs aside, made visible."""
    return "".join(c if c.isprintable() or c in "\n\t" else _visible(c) for c in line)


def _visible(character: str) -> str:
    return character if character == "\u00a0" else character.encode("unicode_escape").decode()


def _finite(value: Any) -> Any:
    """Return ``value`` with null for what JSON has no number for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value
