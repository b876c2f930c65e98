from pathlib import Path

import pytest

from acopio import registry
from acopio.model import Incomplete
from tests.harvester import conformance
from tests.harvester.kinds import KINDS

PAGED = [name for name, kind in KINDS.items() if kind.repeat is not None]


def test_every_registered_kind_declares_how_it_is_tested() -> None:
    assert sorted(KINDS) == registry.names("harvesters")


@pytest.mark.parametrize("name", PAGED)
def test_a_pager_that_repeats_itself_is_incomplete(name: str, tmp_path: Path) -> None:
    kind = KINDS[name]
    assert kind.repeat is not None
    portal = kind.repeat(kind.serve([kind.good(n) for n in range(150)]))
    listed = conformance.read(name, portal, conformance.context(tmp_path))

    assert isinstance(listed[-1], Incomplete)
    assert len({each.id for each in conformance.datasets(listed)}) == len(listed) - 1
