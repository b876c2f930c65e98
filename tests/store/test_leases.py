"""Who may run a source: one at a time, never for ever."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from acopio.store import Store, leases


def test_only_one_of_many_gets_the_lease(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        took = list(pool.map(lambda n: leases.acquire(store, "source:a", f"m:{n}"), range(8)))
    assert sum(took) == 1


def test_a_released_lease_is_free(store: Store) -> None:
    assert leases.acquire(store, "a", "one")
    assert not leases.acquire(store, "a", "two")
    leases.release(store, "a", "one")
    assert leases.acquire(store, "a", "two")


def test_releasing_anothers_lease_does_nothing(store: Store) -> None:
    leases.acquire(store, "a", "one")
    leases.release(store, "a", "two")
    assert not leases.acquire(store, "a", "two")


def test_an_expired_lease_is_taken_over_and_the_old_holder_sees_it(store: Store) -> None:
    assert leases.acquire(store, "a", "one", seconds=-1)
    assert leases.acquire(store, "a", "two")
    assert not leases.renew(store, "a", "one")
    assert leases.renew(store, "a", "two")
    assert 0 < leases.seconds_left(store, "a") <= leases.LEASE_SECONDS


def test_a_lease_blocks_two_minutes_at_most() -> None:
    assert leases.LEASE_SECONDS <= 120


def test_the_lease_of_a_killed_process_on_this_machine_is_free_at_once(
    store: Store, store_url: str
) -> None:
    code = (
        "import sys, time; from acopio.store import open_store, leases;"
        "s = open_store(sys.argv[1]); print(leases.acquire(s, 'a', leases.holder()), flush=True);"
        "time.sleep(60)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, store_url], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline().strip() == "True"
    assert not leases.acquire(store, "a", leases.holder())
    os.kill(other.pid, signal.SIGKILL)
    other.communicate()
    assert leases.acquire(store, "a", leases.holder())


def test_a_holder_on_another_machine_is_never_called_dead(store: Store) -> None:
    assert leases.acquire(store, "a", "elsewhere/12345678:999999")
    assert not leases.acquire(store, "a", leases.holder())


def test_a_cool_down_outlives_the_process_and_ends(store: Store) -> None:
    until = datetime.now(UTC) + timedelta(minutes=15)
    leases.StoredCoolDowns(store).start("portal:80", until)
    again = leases.StoredCoolDowns(store)
    assert again.until("portal:80") == until
    assert again.until("other:80") is None
    again.start("portal:80", datetime.now(UTC) - timedelta(seconds=1))
    assert again.until("portal:80") is None


def test_a_cool_down_begun_elsewhere_is_seen_within_a_second(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = datetime.now(UTC) + timedelta(minutes=15)
    mine, theirs = leases.StoredCoolDowns(store), leases.StoredCoolDowns(store)
    assert mine.until("portal:80") is None
    theirs.start("portal:80", until)
    assert theirs.until("portal:80") == until
    monkeypatch.setattr(leases, "monotonic", lambda: time.monotonic() + leases.SEEN_SECONDS)
    assert mine.until("portal:80") == until


def test_holders_of_two_moments_of_one_process_are_the_same() -> None:
    first = leases.holder()
    time.sleep(0.01)
    assert leases.holder() == first
