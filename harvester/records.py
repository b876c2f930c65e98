"""Records that come as JSON objects with an id of their own: told apart, weighed, refused."""

import hashlib

from acopio.harvester import values
from acopio.messages import said
from acopio.model import BadRecord

RECORD_BYTES = 2 * 2**20
_RAW = 64 * 2**10


def key(record: object, own: str | None) -> str:
    """Return what tells a record from others: its id, or what it says where it has none."""
    return own or "#" + hashlib.sha256(values.dump(record).encode("utf-8", "replace")).hexdigest()


def refusal(record: object, own: str | None, *, measure: bool) -> BadRecord | None:
    """Return why a record cannot be used, None where it can.

    It needs an id and, where it is to be measured, must be at most 2 MiB as JSON.
    """
    if own is None:
        return bad(None, record, said("record-without-id"))
    if measure and not 0 < len(values.dump(record)) <= RECORD_BYTES:
        return bad(own, record, said("record-too-large", {"megabytes": RECORD_BYTES // 2**20}))
    return None


def bad(own: str | None, record: object, reason: str) -> BadRecord:
    """Return a record as one that cannot be used, with the beginning of what it says."""
    return BadRecord(id=own, raw=values.raw(record, _RAW) or "…", reason=reason)
