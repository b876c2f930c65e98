"""An officer's ruling ends when it said it would, whether or not the source changed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from acopio import plan
from acopio.errors import ConfigError
from acopio.pipeline import officer
from tests.pipeline.world import World

RAGGED = b"codigo,monto\n010101,10.5,9\n010102,20\n"


def test_a_ruling_to_publish_ends_although_nothing_is_due(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.fill(1)
    here.put(0, RAGGED)
    here.change(gate="strict", recheck_days=30)
    assert here.run()["counts"]["withheld"] == 1
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    officer.decide(here.engine, "conjunto-0", "publish", "revisado", tomorrow.date())
    assert here.names() == {"conjunto-0"}
    assert here.run()["counts"]["unchanged"] == 1

    monkeypatch.setattr(plan, "utc_now", lambda: tomorrow + timedelta(days=2))

    # The gate judges again, and what was published stays as any last good version does.
    assert here.run()["counts"]["kept_last_good"] == 1
    assert here.names() == {"conjunto-0"}


@pytest.mark.parametrize(
    ("ruling", "said"),
    [
        (None, ""),
        ('{"action": "pin", "reason": "x", "until": null}', "pin"),
        ('{"action": "pin", "reason": "x", "until": "2026-11-22"}', "pin"),
        ('{"action": "pin", "reason": "x", "until": "2026-11-21"}', ""),
    ],
)
def test_a_ruling_holds_through_its_last_day(ruling: str | None, said: str) -> None:
    assert plan.in_force(ruling, date(2026, 11, 22)) == said


def test_a_ruling_that_ended_before_it_began_is_refused(here: World) -> None:
    here.fill(1)
    here.run()
    with pytest.raises(ConfigError, match="until-past"):
        officer.decide(here.engine, "conjunto-0", "withhold", "x", date(2020, 1, 1))
    assert here.names() == {"conjunto-0"}
