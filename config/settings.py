"""The settings: environment variables, and nothing else (contract, section 2).

They are read before every command, so this module imports nothing slow: a pydantic model would
cost a command a third of the time it may take to start.
"""

import difflib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from acopio.errors import ConfigError
from acopio.messages import LANGUAGES

T = TypeVar("T")

PREFIX = "ACOPIO_"
IGNORED = "ACOPIO_TEST_"

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*(?=://|::)")
_DATABASE = re.compile(r"(sqlite|postgresql\+psycopg)://.*/.+")
_EXECUTOR = re.compile(
    r"serial|local(:[1-9][0-9]{0,2})?|tcp://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):[0-9]{1,5}"
)
_HOST = re.compile(
    r"([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(:[0-9]{1,5})?|[0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says, checked.

    ``home`` is absolute. ``executor`` is ``serial``, ``local``, ``local:N`` or
    ``tcp://host:port``. ``allowed_private_hosts`` holds ``host`` and ``host:port`` in lower case,
    IPv6 addresses with a port in brackets. ``country`` names a folder of ``acopio/config``.
    ``worker_memory`` is in MiB.
    """

    home: Path
    database_url: str
    archive_url: str
    executor: str = "local"
    allowed_private_hosts: frozenset[str] = frozenset()
    lang: str = "es"
    country: str = "peru"
    worker_memory: int = 2048


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings ``environ`` gives, an empty variable counting as not set.

    Raises ConfigError, naming the variable, for an unknown ``ACOPIO_*`` variable (those that
    start with ``ACOPIO_TEST_`` are ignored) and for a value that cannot be used.
    """
    _refuse_unknown(environ)
    get = partial(_get, environ)
    home = get("HOME", _home, ".acopio")
    return Settings(
        home=home,
        database_url=get("DATABASE_URL", _database, f"sqlite:///{home}/acopio.db"),
        archive_url=get("ARCHIVE_URL", _archive, f"file://{home}/archive"),
        executor=get("EXECUTOR", _executor, "local"),
        allowed_private_hosts=get("ALLOWED_PRIVATE_HOSTS", _hosts, ""),
        lang=get("LANG", _lang, "es"),
        country=get("COUNTRY", _country, "peru"),
        worker_memory=get("WORKER_MEMORY", _memory, "2048"),
    )


def countries() -> list[str]:
    """Return the names of the country folders of ``acopio/config``, sorted."""
    folders = files("acopio.config").iterdir()
    return sorted(f.name for f in folders if f.joinpath("entities.toml").is_file())


def file_system_of(address: str) -> str:
    """Return the fsspec protocol of ``address``: ``file`` for ``file:///srv/archive``.

    Raises ValueError when it has none, or fsspec knows no such protocol; ImportError, saying
    what to install, when its package is not here.
    """
    scheme = _SCHEME.match(address)
    if scheme is None:
        raise ValueError(address)
    from fsspec.registry import get_filesystem_class

    get_filesystem_class(scheme.group())
    return scheme.group()


def _get(environ: Mapping[str, str], name: str, read: Callable[[str, str], T], default: str) -> T:
    return read(PREFIX + name, environ.get(PREFIX + name) or default)


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {PREFIX + name.upper() for name in Settings.__dataclass_fields__}
    for name in sorted(environ):
        if name in known or not name.startswith(PREFIX) or name.startswith(IGNORED):
            continue
        near = difflib.get_close_matches(name, known, 1, 0.7)
        if near:
            raise ConfigError("unknown-variable-near", name=name, near=near[0])
        raise ConfigError("unknown-variable", name=name, known=", ".join(sorted(known)))


def _home(name: str, value: str) -> Path:
    # A question mark would begin the options of the default database's address.
    path = Path(value).expanduser().absolute()
    if "?" in value or not (path.is_dir() or not path.exists()):
        raise ConfigError("bad-home", name=name, value=value)
    return path


def _database(name: str, value: str) -> str:
    # Never the value in the error: it may hold a password.
    if not _DATABASE.fullmatch(value):
        raise ConfigError("bad-database-url", name=name)
    return value


def _archive(name: str, value: str) -> str:
    if value.startswith("file:///"):
        return value
    try:
        file_system_of(value)
    except ImportError as error:
        raise ConfigError("missing-file-system", name=name, reason=str(error)) from error
    except ValueError:
        raise ConfigError("bad-archive-url", name=name) from None
    return value


def _executor(name: str, value: str) -> str:
    if not _EXECUTOR.fullmatch(value):
        raise ConfigError("setting-executor", name=name, value=value)
    return value


def _hosts(name: str, value: str) -> frozenset[str]:
    hosts = [part.strip().lower() for part in value.split(",") if part.strip()]
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise ConfigError("bad-private-host", name=name, value=host)
    return frozenset(hosts)


def _lang(name: str, value: str) -> str:
    if value not in LANGUAGES:
        raise ConfigError("bad-lang", name=name, value=value)
    return value


def _country(name: str, value: str) -> str:
    known = countries()
    if value not in known:
        raise ConfigError("bad-country", name=name, value=value, known=", ".join(known))
    return value


def _memory(name: str, value: str) -> int:
    # Below this the libraries alone would not fit; above it nobody means MiB.
    if not (value.isascii() and value.isdigit() and 512 <= int(value) <= 1 << 22):
        raise ConfigError("bad-worker-memory", name=name, value=value)
    return int(value)
