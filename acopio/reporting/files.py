"""The reports that are written to files beside what is shown: one for each kind of reader."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from acopio.errors import ConfigError
from acopio.executor import Executor
from acopio.reporting.lines import finding_lines
from acopio.reporting.page import page
from acopio.reporting.places import byte_offsets
from acopio.reporting.rows import ENCODING, write_rows
from acopio.validation import Validated, joint_report

Writer = Callable[[Sequence[Validated], Executor, TextIO], None]


def write_report(name: str, path: Path, results: Sequence[Validated], executor: Executor) -> None:
    """Write the report called ``name`` (a key of ``WRITERS``) to ``path``.

    Raises ConfigError where that cannot be written.
    """
    encoding = ENCODING if name == "rows" else "utf-8"
    try:
        with path.open("w", encoding=encoding, errors="replace", newline="") as file:
            WRITERS[name](results, executor, file)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError("report-not-written", path=str(path), reason=reason) from None


def _frictionless(results: Sequence[Validated], _: Executor, file: TextIO) -> None:
    json.dump(joint_report(results), file, ensure_ascii=False, indent=2, default=str)


def _findings(results: Sequence[Validated], executor: Executor, file: TextIO) -> None:
    lines = finding_lines(results, results[0].rules, byte_offsets(results, executor))
    file.writelines(line + "\n" for line in lines)


def _rows(results: Sequence[Validated], _: Executor, file: TextIO) -> None:
    write_rows(results, file)


def _page(results: Sequence[Validated], _: Executor, file: TextIO) -> None:
    file.write(page(results, results[0].rules, datetime.now(UTC).astimezone()))


# By the option's name: ``--report-out`` is ``report_out``.
WRITERS: Mapping[str, Writer] = {
    "report_out": _frictionless,
    "findings": _findings,
    "rows": _rows,
    "html": _page,
}
