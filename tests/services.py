"""What ``docker/services`` started: where it is, or why a test cannot run.

The variables come from the environment, else from the file ``env`` that ``docker/services`` wrote.
Without either a test is skipped, but fails when ``ACOPIO_TEST_REQUIRE_ALL=1``, so that a machine
meant to run every test cannot leave some out unnoticed.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest


@cache
def _written() -> dict[str, str]:
    state = os.environ.get("ACOPIO_TEST_STATE") or Path.home() / ".cache" / "acopio-services"
    try:
        lines = (Path(state) / "env").read_text("utf-8").splitlines()
    except OSError:
        return {}
    assignments = (shlex.split(line)[-1].partition("=") for line in lines if line.strip())
    return {name: value for name, _, value in assignments}


def variable(name: str) -> str:
    """Return the test variable ``name``; skip the test, or fail it, where there is none."""
    value = os.environ.get(name) or _written().get(name)
    if value:
        return value
    reason = f"{name} is not set; `make services` starts what it stands for"
    if os.environ.get("ACOPIO_TEST_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def postgres_schema() -> Iterator[str]:
    """Give the address of an empty PostgreSQL schema of its own."""
    from sqlalchemy import create_engine, text

    server = variable("ACOPIO_TEST_POSTGRES_URL")
    name = f"t{uuid4().hex[:12]}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    yield f"{server}?options=-csearch_path%3D{name}"
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


@contextmanager
def own_process(
    line: str, environment: Mapping[str, str], folder: Path | None = None
) -> Iterator[str]:
    """Run a command that serves (``acopio portal``) on a free port; give the address it says."""
    words = [sys.executable, "-m", *shlex.split(line), "--port", "0"]
    with subprocess.Popen(
        words, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            found = re.search(r"http://[0-9.]+:[0-9]+", process.stdout.readline())
            assert found
            yield found[0]
        finally:
            process.terminate()
    assert process.returncode == 0
