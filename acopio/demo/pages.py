"""Sample sites of links: pages with the files they link to, and a folder a web server lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote

from acopio.demo.server import Answer, Body, Request, not_found, send_file


@dataclass(kw_only=True)
class LinksSite:
    """Pages of HTML, by path, and the files they link to.

    Pages are sent in ``encoding``, which their media type names only if ``declared``.
    """

    pages: Mapping[str, str] = field(default_factory=dict[str, str])
    files: Mapping[str, Body] = field(default_factory=dict[str, Body])
    encoding: str = "utf-8"
    declared: bool = True
    path: str = ""

    def answer(self, request: Request) -> Answer:
        """Answer one request; a page is the same whatever its query."""
        if request.path in self.files:
            return send_file(request, self.files[request.path])
        if request.path not in self.pages:
            return not_found()
        charset = f"; charset={self.encoding}" if self.declared else ""
        return Answer(
            body=self.pages[request.path].encode(self.encoding, "replace"),
            headers={"Content-Type": f"text/html{charset}"},
        )


@dataclass(kw_only=True)
class FolderSite:
    """Files by path, each folder listed as Apache does it: sorted, with links to sort otherwise."""

    files: Mapping[str, Body] = field(default_factory=dict[str, Body])
    path: str = ""

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        if request.path in self.files:
            return send_file(request, self.files[request.path])
        inside = [path for path in self.files if path.startswith(request.path)]
        if not request.path.endswith("/") or not (inside or request.path == "/"):
            return not_found()
        return Answer(
            body=self._listing(request.path, inside).encode(),
            headers={"Content-Type": "text/html;charset=UTF-8"},
        )

    def _listing(self, folder: str, inside: list[str]) -> str:
        names = sorted({_step(path.removeprefix(folder)) for path in inside})
        sorting = " ".join(
            f'<a href="?C={letter};O={"D" if letter == "N" else "A"}">{word}</a>'
            for letter, word in (("N", "Name"), ("M", "Last modified"), ("S", "Size"))
        )
        title = f"Index of {escape(self.path + folder).rstrip('/') or '/'}"
        rows = "".join(self._row(folder, name) for name in names)
        return (
            '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n'
            f"<html>\n <head>\n  <title>{title}</title>\n </head>\n <body>\n<h1>{title}</h1>\n"
            f'<pre>      {sorting}<hr>      <a href="../">Parent Directory</a>      -   \n'
            f"{rows}<hr></pre>\n</body></html>\n"
        )

    def _row(self, folder: str, name: str) -> str:
        body = self.files.get(folder + name)
        when = body.modified.strftime("%Y-%m-%d %H:%M") if body else "2026-10-01 12:00"
        size = _short(len(body.content)) if body else "-"
        return f'      <a href="{quote(name)}">{escape(name)}</a>  {when}  {size:>4}  \n'


def _step(path: str) -> str:
    """Return the first step of a path below a folder: a file, or a sub-folder with its slash."""
    name, slash, _ = path.partition("/")
    return name + slash


def _short(size: int) -> str:
    """Return a size as Apache's listings have it: ``812``, ``1.2K``, ``34M``."""
    if size < 1024:
        return str(size)
    number, unit = (size / 1024, "K") if size < 2**20 else (size / 2**20, "M")
    return f"{number:.1f}{unit}" if number < 10 else f"{number:.0f}{unit}"
