"""Run a source in a process that kills itself at a given point.

    python -m tests.pipeline.killed HOME SOURCE MODULE:NAME WHEN NTH

``WHEN`` is ``before`` or ``after`` the NTH call of the function (or ``Class.method``) named.
"""

import importlib
import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any


def arm(place: str, when: str, nth: int) -> None:
    """Replace a function by one that kills this process at its nth call."""
    module, _, name = place.partition(":")
    owner: Any = importlib.import_module(module)
    *path, last = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    function, calls = getattr(owner, last), count(1)

    def armed(*args: Any, **kwargs: Any) -> Any:
        now = next(calls) == nth
        if now and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = function(*args, **kwargs)
        if now:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, last, armed)


def settings_of(home: Path) -> Any:
    """Return settings for a home of its own, running everything in one process."""
    from acopio.config.settings import Settings

    return Settings(
        home=home,
        database_url=f"sqlite:///{home}/acopio.db",
        archive_url=f"file://{home}/archive",
        executor="serial",
        allowed_private_hosts=frozenset({"127.0.0.1"}),
    )


def main(home: str, source: str, place: str, when: str, nth: str) -> None:
    """Run until killed; ends with 0 if the point was never reached."""
    from acopio.engine import open_engine
    from acopio.pipeline.run import run

    arm(place, when, int(nth))
    with open_engine(settings_of(Path(home))) as engine:
        run(engine, source)


if __name__ == "__main__":
    main(*sys.argv[1:])
