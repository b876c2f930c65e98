"""Survey tables, each once: the last few are kept, by path, size and moment of change."""

from pathlib import Path
from typing import Any

from acopio.validators.columns import Survey, survey_text
from acopio.validators.dialect import Layout
from acopio.validators.preflight import Profile
from acopio.validators.tabular.blocks import Unproved
from acopio.validators.tabular.fast import Expected, Proof
from acopio.validators.tabular.scan import layout_of, survey_blocks

# Smaller files are read by Python's csv sooner, in bytes.
_SMALL = 64 << 10
_KEPT = 8

_surveys: dict[tuple[Any, ...], Survey] = {}


def survey(path: Path, profile: Profile) -> Survey | None:
    """Return the counts of the table at ``path``; None when it is not a table in text."""
    return survey_lines(path, profile) if profile.layout else None


def survey_lines(path: Path, profile: Profile) -> Survey | None:
    """Return the counts of any text at ``path`` read as rows, table or not; None if it is not."""
    if profile.lines is None or profile.encoding is None:
        return None
    key = _key(path, profile.encoding.name, profile.lines)
    if key not in _surveys:
        _keep(key, _survey(path, profile.encoding.name, profile.lines))
    return _surveys[key]


def survey_and_prove(
    path: Path, profile: Profile, expected: Expected, hashed: bool
) -> tuple[Survey, Proof | Unproved | None]:
    """Return the counts of the table at ``path``, and what is not proved of it, in one reading.

    The file is ``hashed`` on the way, or not. Where nothing could be proved the reason comes
    instead; the survey was made then too. Raises Unproved for what is no table.
    """
    if profile.layout is None or profile.encoding is None:
        raise Unproved("no-table")
    encoding, layout = profile.encoding.name, profile.layout
    key = _key(path, encoding, layout)
    try:
        place = layout_of(path, encoding, layout, len(expected.fields), hashed=hashed)
        found, proof = survey_blocks(place, layout.labels, expected)
    except Unproved as reason:
        if key not in _surveys:
            _keep(key, survey_text(path, encoding, layout))
        return _surveys[key], reason
    _keep(key, found)
    return found, proof


def _survey(path: Path, encoding: str, layout: Layout) -> Survey:
    if path.stat().st_size < _SMALL:
        return survey_text(path, encoding, layout)
    try:
        found, _ = survey_blocks(layout_of(path, encoding, layout, layout.width), layout.labels)
    except Unproved:
        return survey_text(path, encoding, layout)
    return found


def _key(path: Path, encoding: str, layout: Layout) -> tuple[Any, ...]:
    stat = path.stat()
    return path, encoding, layout, stat.st_size, stat.st_mtime_ns


def _keep(key: tuple[Any, ...], found: Survey) -> None:
    _surveys[key] = found
    while len(_surveys) > _KEPT:
        _surveys.pop(next(iter(_surveys)))
