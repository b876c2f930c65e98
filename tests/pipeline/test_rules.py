"""A change of a source's own rules judges what it is meant for anew, and the run says by which."""

import pytest

from acopio.examine import Examination, examine
from acopio.model import Report, RowRule
from acopio.pipeline import judge
from acopio.store import jobs
from tests.pipeline.world import World

TABLE = b"codigo,pim,devengado\nx,100,80\ny,100,180\n"


def rule(where: str, resources: str = "") -> RowRule:
    return RowRule(name="gasto", where=where, es="mal", resources=resources)


def test_a_change_of_rules_judges_anew_and_marks_the_run(here: World) -> None:
    here.fill(1)
    here.put(0, TABLE)
    here.change(recheck_days=30)
    assert here.run()["counts"]["created"] == 1
    assert here.run()["counts"]["unchanged"] == 1
    here.change(rules=(rule("devengado > pim"),))
    run = here.run()
    assert run["datasets"][0]["findings"]["error"] == 1
    here.change(rules=(rule("devengado > 1000"),))
    assert here.run()["datasets"][0]["findings"]["error"] == 0
    versions = [job.rules for job in jobs.recent(here.engine.store)]
    assert versions[2] == versions[3]
    assert len(set(versions)) == 3
    assert all("+" in version for version in versions)


def test_files_a_rule_is_not_meant_for_are_not_judged_anew(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def noted(job: Examination) -> Report:
        asked.append(job.name)
        return examine(job)

    monkeypatch.setattr(judge, "examine", noted)
    here.fill(1)
    here.put(0, TABLE)
    assert here.run()["counts"]["created"] == 1
    asked.clear()
    here.change(rules=(rule("devengado > pim", "otra cosa*"),))
    here.run()
    assert asked == []
    here.change(rules=(rule("devengado > pim"),))
    here.run()
    assert len(asked) == 1
