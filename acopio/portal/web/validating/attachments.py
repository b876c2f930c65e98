"""What a report comes with: its rows, the clean copy, frictionless's report, acopio's own.

Nothing is kept here, so there is no address to fetch them from later. On the page they are links
that hold the bytes themselves (RFC 2397), which a browser saves without asking us again; what
would make the page too heavy comes in a ZIP, made in the same visit and sent as it is read.
"""

import base64
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from acopio.examine import rules_version
from acopio.model import FileKind
from acopio.portal.web.validating.examining import Checked
from acopio.reporting.lines import finding_lines
from acopio.reporting.page import page
from acopio.reporting.rows import ENCODING, write_rows
from acopio.validation import document, joint_report

# All that a page holds as links, in bytes before they are coded.
MOST_INLINE = 1_500_000
_CHUNK = 256 * 1024
_JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file beside a report: its bytes, or where they are. ``kind``: a key ``validar-KIND``."""

    kind: str
    name: str
    media_type: str
    size: int
    body: bytes | Path

    def inline(self) -> str:
        """Return an address that holds the bytes themselves."""
        body = self.body if isinstance(self.body, bytes) else self.body.read_bytes()
        return f"data:{self.media_type.replace(' ', '')};base64,{base64.b64encode(body).decode()}"


def attachments(checked: Checked) -> list[Attachment]:
    """Return all that comes with a report, what most people want first, in their language."""
    return [*_rows(checked), *_clean(checked), *_reports(checked)]


def inlined(given: list[Attachment]) -> list[tuple[Attachment, str]]:
    """Return what a page can hold, each with its address; what is beyond is only in the ZIP."""
    left, found = MOST_INLINE, []
    for one in given:
        if one.size <= left:
            left -= one.size
            found.append((one, one.inline()))
    return found


def zipped(given: list[Attachment]) -> IO[bytes]:
    """Return a ZIP in a file without a name, at its beginning: it is gone once closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for one in given:
            if isinstance(one.body, bytes):
                packed.writestr(one.name, one.body)
            else:
                packed.write(one.body, one.name)
    file.seek(0)
    return file


def sent(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file's bytes, and close it, however it ends."""
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _rows(checked: Checked) -> Iterator[Attachment]:
    if checked.validated.findings:
        text = io.StringIO(newline="")
        write_rows([checked.validated], text)
        body = text.getvalue().encode(ENCODING, "replace")
        yield _made("rows", "acopio-rows.csv", "text/csv; charset=utf-8", body)


def _reports(checked: Checked) -> Iterator[Attachment]:
    results, rules = [checked.validated], rules_version()
    html = page(results, rules, checked.when).encode("utf-8", "replace")
    yield _made("html", "acopio-report.html", "text/html; charset=utf-8", html)
    if checked.validated.table is not None:
        report = joint_report(results)
        yield _made("frictionless", "frictionless.json", _JSON, _dump(report))
    lines = "".join(line + "\n" for line in finding_lines(results, rules, checked.offsets))
    if lines:
        body = lines.encode("utf-8", "replace")
        yield _made("findings", "acopio-findings.jsonl", "application/jsonl", body)
    yield _made("document", "acopio.json", _JSON, _dump(document(results)))


def _clean(checked: Checked) -> Iterator[Attachment]:
    for one in checked.copy.files if checked.copy else ():
        kind = "clean" if one.kind is FileKind.DATA else str(one.kind)
        yield Attachment(
            kind=kind, name=one.name, media_type=one.media_type, size=one.size, body=one.path
        )


def _made(kind: str, name: str, media_type: str, body: bytes) -> Attachment:
    return Attachment(kind=kind, name=name, media_type=media_type, size=len(body), body=body)


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str).encode("utf-8", "replace")
