"""The files ``acopio validate`` is given: found, or fetched, before any is judged."""

import hashlib
import stat
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from acopio.errors import ConfigError

if TYPE_CHECKING:
    from acopio.http import Client
    from acopio.http.download import Fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """How a file was fetched: ``url`` is where redirects led, ``moment`` when it had come, in UTC.

    ``headers`` are those of the answer that are evidence (see ``http.download.Fetched``).
    """

    url: str
    moment: datetime
    status: int
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One file to validate: ``given`` as on the command line, ``path`` where it can be read.

    ``fetch`` is None for what was on this machine already.
    """

    given: str
    path: Path
    name: str
    media_type: str = ""
    fetch: Fetch | None = None


class Subjects:
    """The files to validate, at hand while the block runs; what was fetched goes afterwards."""

    def __init__(self, given: Sequence[str], client: "Client | None") -> None:
        """``client`` fetches addresses; it may be None when there are none."""
        self._given = given
        self._client = client
        self._stack = ExitStack()

    def __enter__(self) -> list[Subject]:
        """Return all subjects, in order, or raise before anything is validated.

        Raises ConfigError for a path that is not a readable file, SourceError for an address.
        """
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="acopio-")))
            local = {given: _local(given) for given in self._given if not is_address(given)}
            found = [local.get(given) or self._fetched(given, folder) for given in self._given]
            self._stack = stack.pop_all()
        return found

    def __exit__(self, *_: object) -> None:
        """Delete what was fetched."""
        self._stack.close()

    def _fetched(self, url: str, folder: Path) -> Subject:
        if self._client is None:
            raise ConfigError("validate-no-client", url=url)
        own = folder / hashlib.sha256(url.encode()).hexdigest()
        own.mkdir(exist_ok=True)
        fetched = self._client.fetch(url, own)
        if fetched is None:
            raise ConfigError("validate-no-client", url=url)
        return fetched_subject(url, fetched, fetched.name or "archivo")


def fetched_subject(given: str, fetched: "Fetched", name: str) -> Subject:
    """Return what came from the address ``given`` just now, as a file called ``name``."""
    return Subject(
        given=given,
        path=fetched.path,
        name=name,
        media_type=fetched.media_type,
        fetch=Fetch(
            url=fetched.url,
            moment=datetime.now(UTC),
            status=fetched.status,
            headers=fetched.headers,
        ),
    )


def is_address(given: str) -> bool:
    """Tell an http(s) address from a path."""
    return given.lower().startswith(("http://", "https://"))


def _local(given: str) -> Subject:
    path = Path(given)
    try:
        if path.is_dir():
            raise ConfigError("validate-is-a-folder", path=given.rstrip("/") or given)
        check_regular(path)
        with path.open("rb") as file:
            file.read(1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError("validate-not-a-file", path=given, reason=reason) from None
    return Subject(given=given, path=path, name=path.name)


def check_regular(path: Path) -> None:
    """Refuse what is not a file with an end: a pipe or a device would be waited for without end."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise ConfigError("validate-not-regular", path=str(path))


def check_apart(outputs: Sequence[Path], inputs: Iterable[Path]) -> None:
    """Raise ConfigError if an output is one of ``inputs``, by whatever name or link, or another."""
    read = list(inputs)
    for number, output in enumerate(outputs):
        if _same_as_any(output, read):
            raise ConfigError("report-over-input", path=str(output))
        others = outputs[:number]
        if output.absolute() in [one.absolute() for one in others] or _same_as_any(output, others):
            raise ConfigError("reports-over-one-another", path=str(output))


def _same_as_any(output: Path, others: Iterable[Path]) -> bool:
    try:
        return output.exists() and any(
            other.exists() and output.samefile(other) for other in others
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError("report-not-written", path=str(output), reason=reason) from None
