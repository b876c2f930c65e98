"""Reports: what was found in a file, kept by what was asked, so that no file is judged twice."""

import zlib
from base64 import b64decode, b64encode
from datetime import UTC, datetime

from sqlalchemy import select

from acopio.canonical import from_json, to_json
from acopio.model import Report
from acopio.store import Store, schema
from acopio.store.payloads import insert_new

report = schema.report


def find(store: Store, key: str) -> Report | None:
    """Return a kept report, None if the file was never judged under these rules."""
    with store.read() as connection:
        body = connection.execute(select(report.c.body).where(report.c.key == key)).scalar()
    return from_json(Report, zlib.decompress(b64decode(body)).decode("utf-8")) if body else None


def keep(store: Store, key: str, found: Report) -> None:
    """Keep a report. A thousand errors repeat themselves: it is kept compressed."""
    packed = b64encode(zlib.compress(to_json(found).encode("utf-8", "surrogatepass")))
    row = {"key": key, "body": packed.decode("ascii"), "made": datetime.now(UTC)}
    with store.write() as connection:
        connection.execute(insert_new(connection, report).values(**row))
