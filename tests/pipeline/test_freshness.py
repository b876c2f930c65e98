"""Freshness in a run: the run's day, the record's date, and since when the bytes are the same."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update

from acopio.store import schema
from tests.pipeline.world import World, package

DAILY = [{"key": "frequency", "value": "R/P1D"}]


def claimed(here: World, days_ago: int) -> None:
    """Let the one package claim to be daily, and to have changed so many days ago."""
    moment = datetime.now(UTC) - timedelta(days=days_ago)
    here.fill(1)
    here.portal.packages = [
        package(0, extras=DAILY, metadata_modified=moment.replace(tzinfo=None).isoformat())
    ]


def told(document: dict[str, Any]) -> list[str]:
    (dataset,) = document["datasets"]
    return [f["code"] for f in dataset["findings_list"] if f["code"] != "dictionary-missing"]


def test_a_record_older_than_its_frequency_is_told_and_published(here: World) -> None:
    claimed(here, days_ago=9)
    document = here.run()
    assert told(document) == ["stale"]
    assert document["counts"]["created"] == 1
    assert told(here.run()) == ["stale"]


def test_bytes_that_stay_while_the_record_s_date_moves_are_told(here: World) -> None:
    claimed(here, days_ago=0)
    assert told(here.run()) == []
    before = datetime.now(UTC) - timedelta(days=9)
    with here.engine.store.write() as connection:
        connection.execute(update(schema.resource).values(content_changed=before))
    assert told(here.run()) == ["stale-content"]
    here.put(0, b"codigo,monto\n010101,11.5\n010102,20\n")
    assert told(here.run()) == []
