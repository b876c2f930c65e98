"""Errors reach whoever waits for a worker as they were raised."""

import pickle
from collections.abc import Iterator
from contextlib import closing

import pytest

from acopio.errors import AcopioError, PublishError, RetryLater
from acopio.executor import LocalExecutor


def kinds(kind: type[AcopioError]) -> Iterator[type[AcopioError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from kinds(below)


@pytest.mark.parametrize("kind", sorted(kinds(AcopioError), key=str), ids=str)
def test_an_error_is_made_again_elsewhere(kind: type[AcopioError]) -> None:
    values = {"seconds": 3.0, "file": "gasto.csv"}
    again = pickle.loads(pickle.dumps(kind("some-key", **values)))  # noqa: S301 - our own bytes
    assert type(again) is kind
    assert (again.key, again.params) == ("some-key", values)
    if isinstance(again, RetryLater):
        assert again.seconds == 3.0


def refuse() -> None:
    raise PublishError("clean-unreadable", file="gasto", reason="x")


def test_what_a_worker_raises_is_raised_where_it_is_waited_for() -> None:
    with closing(LocalExecutor(1)) as executor:
        with pytest.raises(PublishError) as raised:
            executor.call(refuse, seconds=60)
        assert raised.value.params == {"file": "gasto", "reason": "x"}
        assert executor.call(int, "7", seconds=60) == 7
