"""Bring a database's tables up to date, one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from typing import Any

from sqlalchemy import make_url, text

from acopio.errors import ConfigError
from acopio.store import HEAD, Store

# Any number will do, as long as it is always this one.
_ADVISORY_LOCK = 0x0AC0_B10


def migrate(store: Store, url: str, version: str | None) -> None:
    """Run the migrations after ``version`` (None: all of them), under a lock.

    Raises ConfigError when the database's version is not one of ours: it was made by a newer
    acopio, and an older one must not write to it.
    """
    from alembic import command

    with as_file(files("acopio.store").joinpath("migrations")) as folder, _locked(store, url):
        config = _config(str(folder))
        _refuse_unknown(config, version)
        with store.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, HEAD)


def _config(folder: str) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _refuse_unknown(config: Any, version: str | None) -> None:
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    try:
        if version is not None:
            ScriptDirectory.from_config(config).get_revision(version)
    except CommandError:
        raise ConfigError("database-too-new", version=version, known=HEAD) from None


@contextmanager
def _locked(store: Store, url: str) -> Iterator[None]:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        from filelock import FileLock

        with FileLock(f"{parsed.database}.lock", timeout=300):
            yield
        return
    with store.engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_LOCK})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_LOCK})
