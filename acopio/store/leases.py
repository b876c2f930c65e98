"""Leases: who may run a source now, and hosts left in peace for a while.

A lease names its holder as ``machine:pid:token`` and expires unless it is renewed. On the holder's
own machine a dead process is seen at once, so that a killed run need not be waited for.
"""

import os
import socket
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from secrets import token_hex
from threading import Lock
from time import monotonic

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from acopio.store import Store, schema

LEASE_SECONDS = 60
# How late a cool-down that another process began may be seen.
SEEN_SECONDS = 1.0

lease = schema.lease
cooldown = schema.cooldown


def holder() -> str:
    """Return this process's name in leases; ``os.getpid`` is read anew, so a child has its own."""
    return f"{_machine()}:{os.getpid()}:{_token(os.getpid())}"


def acquire(store: Store, name: str, by: str, seconds: float = LEASE_SECONDS) -> bool:
    """Take the lease if it is free, expired, or its holder is dead; tell whether it is ours now."""
    now = datetime.now(UTC)
    free = or_(lease.c.holder == by, lease.c.expires < now)
    values = {"holder": by, "expires": now + timedelta(seconds=seconds)}
    try:
        with store.write() as connection:
            row = connection.execute(select(lease.c.holder).where(lease.c.name == name)).first()
            if row is None:
                connection.execute(insert(lease).values(name=name, **values))
                return True
            if _is_dead(row.holder):
                free = lease.c.holder == row.holder
            taken = update(lease).where(lease.c.name == name, free).values(**values)
            return connection.execute(taken).rowcount == 1
    except IntegrityError:  # another process inserted it between our look and our insert
        return False


def renew(store: Store, name: str, by: str, seconds: float = LEASE_SECONDS) -> bool:
    """Push the expiry on; False when the lease is no longer ours."""
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    with store.write() as connection:
        mine = update(lease).where(lease.c.name == name, lease.c.holder == by)
        return connection.execute(mine.values(expires=until)).rowcount == 1


def release(store: Store, name: str, by: str) -> None:
    """Give the lease back, if it is ours."""
    with store.write() as connection:
        connection.execute(delete(lease).where(lease.c.name == name, lease.c.holder == by))


def seconds_left(store: Store, name: str) -> float:
    """Return how long the lease still holds, at least 0."""
    with store.read() as connection:
        until = connection.execute(select(lease.c.expires).where(lease.c.name == name)).scalar()
    return max(0.0, (until - datetime.now(UTC)).total_seconds()) if until else 0.0


@cache
def _machine() -> str:
    """Name where a pid means one process: this host, this boot of it, this PID namespace."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    started = boot.read_text("ascii")[:8] if boot.exists() else ""
    space = Path("/proc/self/ns/pid")
    inside = space.readlink().name.strip("pid:[]") if space.exists() else ""
    return f"{socket.gethostname()}/{started}/{inside}"


@cache
def _token(_pid: int) -> str:
    """Return what tells this process from a later one that got its number."""
    return token_hex(4)


def _is_dead(other: str) -> bool:
    machine, pid, *_ = [*other.rsplit(":", 2), "", ""]
    if machine != _machine() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


class StoredCoolDowns:
    """Which hosts are left in peace, and until when; outlives the process.

    Asked twice a request, so what other processes wrote is read once a second.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, datetime] = {}
        self._read = float("-inf")
        self._lock = Lock()

    def until(self, host: str) -> datetime | None:
        """Return when the host may be asked again, None for now."""
        with self._lock:
            if monotonic() - self._read > SEEN_SECONDS:
                self._known = self._stored()
                self._read = monotonic()
            until = self._known.get(host)
        return until if until and until > datetime.now(UTC) else None

    def _stored(self) -> dict[str, datetime]:
        to_come = select(cooldown).where(cooldown.c.until > datetime.now(UTC))
        with self._store.read() as connection:
            return {row.host: row.until for row in connection.execute(to_come)}

    def start(self, host: str, until: datetime) -> None:
        """Leave the host in peace until then."""
        with self._store.write() as connection:
            connection.execute(delete(cooldown).where(cooldown.c.host == host))
            connection.execute(insert(cooldown).values(host=host, until=until))
        with self._lock:
            self._read = float("-inf")
