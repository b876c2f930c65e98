"""How fast rows are answered: a table of 20 columns, and the same questions to CKAN's DataStore.

First ours over 1,000,000 rows. Then, where the real CKAN runs (``make services``), both over the
same 50,000 rows, in turn: the ratio is ours over CKAN's, 1.0 is as fast. Ours is measured in the
process with its JSON made, CKAN over HTTP: its answer to a question for nothing is printed too.
Usage: rows.py [ROWS] [ROWS-IN-CKAN]
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from uuid import uuid4

import duckdb
import orjson
import pyarrow.parquet as pq
import pytest
import requests
from ckanapi import RemoteCKAN

sys.path.insert(0, str(Path(__file__).parent.parent))

from acopio.cli.output import say
from acopio.portal.rows import Rows, exact
from acopio.publishers.cleaning.twin import GROUP_ROWS
from tests.services import variable

ROUNDS = 5
WORDS = (
    "hospital", "tránsito", "región", "municipalidad", "ejecución", "presupuesto", "salud", "Lima",
    "educación", "Cusco", "Ñaña", "agua", "vías",
)  # fmt: skip
Asked = dict[str, Any]


def questions(count: int) -> dict[str, Asked]:
    """Return what is asked of a table of ``count`` rows."""
    return {
        "nothing (limit 0)": {"limit": 0, "include_total": False},
        "first page": {},
        "deep offset": {"offset": count * 9 // 10},
        "deep, by _id": {"filters": {"_id": {"gt": count * 9 // 10}}},
        "filter, few rows": {"filters": {"n0": 5}},
        "filter, half the rows": {"filters": {"b": True}},
        "sort by amount": {"sort": "d0 desc"},
        "sort by text": {"sort": "t0"},
        "q, a common word": {"q": "transito"},
        "q, a number": {"q": "2020"},
        "distinct": {"distinct": True, "fields": "n0", "sort": "n0"},
        "32,000 rows": {"limit": 32_000},
        "32,000 rows, csv": {"limit": 32_000, "records_format": "csv"},
    }


def write(path: Path, count: int) -> None:
    """Write a table of ``count`` rows as the twin of a clean file is written."""
    words = ", ".join(f"'{word}'" for word in WORDS)
    word = f"([{words}])[1 + floor(random() * {len(WORDS)})::int]"
    text = f"{word} || ' ' || {word} || ' ' || {word} || ' ' || floor(random() * 100000)::int"
    columns = [f"{text} AS t{n}" for n in range(8)]
    columns += [f"floor(random() * 10000)::bigint AS n{n}" for n in range(6)]
    columns += [f"(random() * 10000000)::decimal(18, 2) AS d{n}" for n in range(3)]
    columns += ["random() AS f", "date '1970-01-01' + floor(random() * 20000)::int AS c"]
    columns += ["random() > 0.5 AS b"]
    with duckdb.connect() as connection:
        connection.execute("SELECT setseed(0.5)").fetchall()
        made = connection.sql(f"SELECT {', '.join(columns)} FROM range({count})")  # noqa: S608
        pq.write_table(made.to_arrow_table(), path, row_group_size=GROUP_ROWS, compression="zstd")


def seconds(call: Callable[[], object]) -> float:
    """Return how long ``call`` takes."""
    started = perf_counter()
    call()
    return perf_counter() - started


def measured(*calls: Callable[[], object]) -> list[float]:
    """Return the median of each call's seconds; they take turns, and the first is not counted."""
    rounds = [[seconds(call) for call in calls] for _ in range(ROUNDS + 1)][1:]
    return [median(each) for each in zip(*rounds, strict=True)]


def main(count: int, in_ckan: int) -> None:
    """Print what both tables' answers take."""
    rows = Rows()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.parquet"
        write(path, count)
        say(f"{count:,} rows, {path.stat().st_size / 1e6:.0f} MB of Parquet")
        for name, asked in questions(count).items():
            [ours] = measured(answered(rows, path, asked))
            say(f"  {name:24} {ours * 1000:8.1f} ms")
        for form in ("csv", "json"):
            spent = seconds(partial(dumped, rows, path, form))
            say(f"  {'dump, ' + form:24} {spent * 1000:8.1f} ms")
        try:
            url, token = variable("ACOPIO_TEST_CKAN_URL"), variable("ACOPIO_TEST_CKAN_TOKEN")
        except pytest.skip.Exception as skipped:
            say(f"no comparison: {skipped}")
            return
        write(path, in_ckan)
        with loaded(url, token, rows, path) as resource:
            compare(url, resource, rows, path, in_ckan)


def compare(url: str, resource: str, rows: Rows, path: Path, count: int) -> None:
    """Print both portals' milliseconds and their ratio."""
    say(f"{count:,} rows, here and in CKAN's DataStore")
    for name, asked in questions(count).items():
        ours, theirs = measured(answered(rows, path, asked), sent(url, resource, asked))
        say(
            f"  {name:24} {ours * 1000:8.1f} ms {theirs * 1000:8.1f} ms   ratio {ours / theirs:.2f}"
        )


def dumped(rows: Rows, path: Path, form: str) -> int:
    """Return the bytes of a whole dump."""
    return sum(map(len, rows.dump(path, form, {})))


def answered(rows: Rows, path: Path, asked: Asked) -> Callable[[], object]:
    """Return a call for our answer as JSON."""
    return lambda: orjson.dumps(rows.search(path, asked), default=exact)


def sent(url: str, resource: str, asked: Asked) -> Callable[[], object]:
    """Return a call for CKAN's answer."""
    body = {"resource_id": resource, **asked}

    def call() -> bytes:
        answer = requests.post(f"{url}/api/3/action/datastore_search", json=body, timeout=120)
        answer.raise_for_status()
        return answer.content

    return call


@contextmanager
def loaded(url: str, token: str, rows: Rows, path: Path) -> Iterator[str]:
    """Load the table into CKAN, under an organization of its own; yield the resource's id."""
    name = f"banco-{uuid4().hex[:8]}"
    fields = rows.search(path, {"limit": 0})["fields"][1:]
    with RemoteCKAN(url, apikey=token) as api:
        owner = api.call_action("organization_create", {"name": name})["id"]
        package = api.call_action("package_create", {"name": name, "owner_org": owner})["id"]
        made = {"resource": {"package_id": package, "name": "t"}, "fields": fields}
        resource: str = api.call_action("datastore_create", made)["resource_id"]
        try:
            for records in batches(rows, path):
                insert = {"resource_id": resource, "method": "insert", "force": True}
                api.call_action("datastore_upsert", {**insert, "records": records})
            api.call_action(
                "datastore_upsert", {**insert, "records": [], "calculate_record_count": True}
            )
            yield resource
        finally:
            api.call_action("datastore_delete", {"resource_id": resource, "force": True})
            api.call_action("dataset_purge", {"id": package})
            api.call_action("organization_purge", {"id": owner})


def batches(rows: Rows, path: Path) -> Iterator[list[dict[str, Any]]]:
    """Yield the table's records as CKAN takes them, some thousands at a time."""
    asked: Asked = {"limit": 5000, "include_next_page": True, "include_total": False}
    while (found := rows.search(path, asked))["records"]:
        asked["filters"] = found["next_page"]
        for record in found["records"]:
            del record["_id"]
        yield orjson.loads(orjson.dumps(found["records"], default=exact))


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    main(*(given + [1_000_000, 50_000][len(given) :]))
