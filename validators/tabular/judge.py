"""Have frictionless judge one table, with everything about the file decided beforehand."""

import csv
import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from acopio.validators.columns import WIDEST, field_limit
from acopio.validators.tabular.inference import beginning, inferred

if TYPE_CHECKING:
    from frictionless import Schema

_STANDARD_PROFILES = ("https://datapackage.org/profiles/", "https://frictionlessdata.io/schemas/")
# What frictionless lets out, of a schema or a cell, for what it does not expect.
LET_OUT = (
    re.error,
    RecursionError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


class SchemaProblem(Exception):  # noqa: N818
    """A schema that is not a Table Schema; the text is frictionless's note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """frictionless's verdict: its report's descriptor, the schema used, how long it took."""

    report: Mapping[str, Any]
    schema: Mapping[str, Any]
    seconds: float


def infer(path: Path, name: str, encoding: str, dialect: Mapping[str, Any]) -> dict[str, Any]:
    """Return the Table Schema frictionless infers from the file's first hundred rows.

    Raises FrictionlessException when they cannot be read.
    """
    try:
        with field_limit():
            return inferred(beginning(path, encoding, dialect, None if is_tsv(name) else ""))
    except (csv.Error, LookupError, OSError, UnicodeError):
        return _inferred_by_frictionless(path, name, encoding, dialect)


def _inferred_by_frictionless(
    path: Path, name: str, encoding: str, dialect: Mapping[str, Any]
) -> dict[str, Any]:
    """Have frictionless open a file that cannot be read: it says in its own words why not."""
    with plain(path) as place, field_limit():
        with opened(place, name, encoding, dialect, None) as table:
            descriptor: dict[str, Any] = table.schema.to_descriptor()
        return descriptor


def judge(
    path: Path,
    name: str,
    encoding: str,
    dialect: Mapping[str, Any],
    schema: Mapping[str, Any],
) -> Judgement:
    """Return frictionless's report on the file at ``path``, as if it were called ``name``.

    Stops at a thousand errors, as frictionless does. Raises SchemaProblem, and whatever a defect
    of frictionless's own lets out: the caller turns that into a finding.
    """
    started = time.monotonic()
    valid = checked(schema)
    with plain(path) as place, field_limit():
        report = opened(place, name, encoding, dialect, valid).validate().to_descriptor()
    called(report, name)
    return Judgement(report=report, schema=schema, seconds=round(time.monotonic() - started, 3))


def called(report: Mapping[str, Any], name: str) -> None:
    """Put the file's own name where frictionless has that of the archive's."""
    for task in report["tasks"]:
        task["place"] = name


def checked(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``schema`` if it is a Table Schema of bearable size; raise SchemaProblem.

    A profile of its own would make frictionless fetch an address by another door than ours.
    """
    from frictionless import FrictionlessException

    profile = str(schema.get("$schema") or schema.get("profile") or "")
    if profile and not profile.startswith(_STANDARD_PROFILES) and profile != "tabular-data-schema":
        raise SchemaProblem(f'profile "{profile[:200]}" is not a standard one')
    fields = schema.get("fields")
    if not isinstance(fields, list) or len(fields) > WIDEST:
        raise SchemaProblem(f'"fields" must be a list of at most {WIDEST} fields')
    try:
        _made(json.dumps(schema))
    except FrictionlessException as error:
        reasons = error.reasons or [error.error]
        raise SchemaProblem("; ".join(reason.note for reason in reasons[:3])) from None
    except LET_OUT as error:
        raise SchemaProblem(str(error)[:200] or type(error).__name__) from None
    return dict(schema)


@lru_cache(maxsize=4)
def _made(schema: str) -> "Schema":
    """Return a schema given as JSON. It is asked for more than once a file, and files are alike.

    Raises FrictionlessException and others of ``LET_OUT``.
    """
    from frictionless import Schema

    made = Schema.from_descriptor(json.loads(schema))
    made.to_descriptor(validate=True)
    # Patterns and bounds are first looked at here, otherwise in the middle of a file.
    for field in made.fields:
        field.create_cell_reader()
    return made


def within_the_table(
    schema: Mapping[str, Any], name: str
) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Return ``schema`` without foreign keys to other tables than ``name``, and those tables.

    A file is judged alone; with such a key frictionless judges nothing at all. The schema is one
    that ``checked`` let pass.
    """
    keys = schema.get("foreignKeys") or ()
    own = ("", resource_name(name))
    others = [key for key in keys if key["reference"].get("resource", "") not in own]
    if not others:
        return schema, ()
    kept = [key for key in keys if key not in others]
    tables = tuple(dict.fromkeys(str(key["reference"]["resource"]) for key in others))
    return {**schema, "foreignKeys": kept}, tables


@contextmanager
def plain(path: Path) -> Iterator[Path]:
    """Give a path whose last part frictionless takes for a file, whatever the file is called.

    It reads ``http:x.csv`` as an address, and refuses others as unsafe.
    """
    if _PLAIN.fullmatch(path.name):
        yield path
        return
    with TemporaryDirectory(prefix="acopio-") as folder:
        link = Path(folder) / "table.csv"
        link.symlink_to(path.resolve())
        yield link


def opened(
    path: Path,
    name: str,
    encoding: str,
    dialect: Mapping[str, Any],
    schema: Mapping[str, Any] | None,
    detector: Any = None,
) -> Any:
    """Return the file as a frictionless table, not yet open, about which nothing is guessed.

    ``detector`` is one of ``parser``'s; by default the one that has every row judged.
    """
    from frictionless import Dialect
    from frictionless.resources import TableResource

    from acopio.validators.tabular.parser import Decided, Sparse, SparseDialect

    made = SparseDialect if isinstance(detector, Sparse) else Dialect
    resource = TableResource(
        name=resource_name(name),
        path=path.name,
        basepath=str(path.parent),
        scheme="file",
        format="tsv" if is_tsv(name) else "csv",
        encoding=encoding,
        dialect=made.from_descriptor(dict(dialect)),
        detector=detector or Decided(),
    )
    if schema is not None:
        resource.schema = _made(json.dumps(schema))
    return resource


def is_tsv(name: str) -> bool:
    """Tell whether frictionless takes a file of this name for tab-separated: it reads line ends."""
    return name.lower().endswith(".tsv")


def resource_name(name: str) -> str:
    """Return the name frictionless derives from a file's name, and requires of a resource."""
    from frictionless.helpers import slugify

    stem = PurePosixPath(name).stem
    return str(slugify(stem, regex_pattern=r"[^-a-z0-9._/]")) or "name"
