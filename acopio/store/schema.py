"""The tables. ``harvest_*``: what sources said, what we judged, what each target holds.

JSON is kept as canonical text (``acopio.canonical``). Bodies that many rows share (a dataset as
its source described it, a report) stand once, in ``harvest_payload``, under their hash.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; SQLite has no time zones, so they are put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn the moment to UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment its time zone."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


source = Table(
    "harvest_source",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("definition", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("changed", Moment, nullable=False),
)

target = Table(
    "harvest_target",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("definition", Text, nullable=False),
    Column("changed", Moment, nullable=False),
)

lease = Table(
    "harvest_lease",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("holder", String(200), nullable=False),
    Column("expires", Moment, nullable=False),
)

cooldown = Table(
    "harvest_cooldown",
    metadata,
    Column("host", String(300), primary_key=True),
    Column("until", Moment, nullable=False),
)

payload = Table(
    "harvest_payload",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("body", Text, nullable=False),
)

job = Table(
    "harvest_job",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("source", String(100), nullable=False),
    Column("status", String(20), nullable=False),
    Column("listing", String(20)),
    Column("dry_run", Boolean, nullable=False),
    # The plan made from its listing: proposed, held, approved, rejected or applied; and its digest.
    Column("plan", String(20)),
    Column("digest", String(64)),
    Column("reason", Text),
    Column("counts", Text),
    Column("requests", Integer, nullable=False, default=0),
    Column("bytes", BigInteger, nullable=False, default=0),
    Column("seconds", Float, nullable=False, default=0.0),
    # The version of the rules that judged; empty for runs of before it was kept.
    Column("rules", String(100), nullable=False, default="", server_default=""),
    Column("cancel", Boolean, nullable=False, default=False),
    Column("started", Moment, nullable=False),
    Column("finished", Moment),
    Index("harvest_job_source", "source", "started"),
)

job_error = Table(
    "harvest_job_error",
    metadata,
    Column("job", ForeignKey("harvest_job.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("code", String(40), nullable=False),
    Column("message", Text, nullable=False),
    Column("record", Text),
    Column("payload", String(64)),
)

dataset = Table(
    "harvest_dataset",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("source", String(100), nullable=False),
    Column("remote_id", Text, nullable=False),
    Column("name", String(100), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("payload", String(64), nullable=False),
    # What was settled when it was last published whole; empty: look at it again.
    Column("stamp", String(64), nullable=False, default=""),
    # new, active, withheld, withdrawn, removed
    Column("state", String(20), nullable=False),
    Column("outcome", String(20)),
    Column("reason", Text),
    # What was found when it was last looked at; it holds as long as nothing changes.
    Column("findings", String(64)),
    Column("errors", Integer, nullable=False, default=0),
    Column("warnings", Integer, nullable=False, default=0),
    Column("infos", Integer, nullable=False, default=0),
    Column("since", Moment, nullable=False),
    Column("checked", Moment),
    Column("missing_since", Moment),
    # An officer said: keep it although it is no longer listed.
    Column("kept", Boolean, nullable=False, default=False),
    # What an officer ruled: {"action", "reason", "until"}; empty: the gate decides.
    Column("ruling", Text),
    UniqueConstraint("source", "remote_id", name="harvest_dataset_identity"),
)

record = Table(
    "harvest_record",
    metadata,
    Column("job", ForeignKey("harvest_job.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("remote_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("payload", String(64), nullable=False),
    Column("dataset", String(36)),
    # create, update, check, unchanged, conflict, withdraw, wait (missing, in its grace), fail
    Column("action", String(20), nullable=False),
    Column("outcome", String(20)),
    Column("reason", Text),
    Column("findings", String(64)),
    Column("errors", Integer, nullable=False, default=0),
    Column("warnings", Integer, nullable=False, default=0),
    Column("infos", Integer, nullable=False, default=0),
    Column("publications", Text),
    UniqueConstraint("job", "remote_id", name="harvest_record_identity"),
    Index("harvest_record_action", "job", "action", "outcome"),
    Index("harvest_record_dataset", "dataset"),
)

resource = Table(
    "harvest_resource",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("dataset", ForeignKey("harvest_dataset.id", ondelete="CASCADE"), nullable=False),
    Column("remote_id", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("name", Text, nullable=False),
    # The body last fetched, and what a conditional request for it needs.
    Column("sha256", String(64)),
    Column("size", BigInteger),
    Column("media_type", Text),
    Column("file_name", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("fetched", Moment),
    Column("content_changed", Moment),
    # The resource as last published well (a ReleaseResource), and what it was made from.
    Column("good", Text),
    Column("good_key", String(64)),
    Index("harvest_resource_dataset", "dataset"),
)

report = Table(
    "harvest_report",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("body", Text, nullable=False),
    Column("made", Moment, nullable=False),
)

publication = Table(
    "harvest_publication",
    metadata,
    Column("dataset", ForeignKey("harvest_dataset.id", ondelete="CASCADE"), primary_key=True),
    Column("target", String(100), primary_key=True),
    Column("remote_id", Text, nullable=False, default=""),
    Column("name", Text, nullable=False, default=""),
    Column("url", Text, nullable=False, default=""),
    # begun (sent, no answer yet), active, withdrawn
    Column("state", String(20), nullable=False),
    Column("fingerprint", String(64), nullable=False, default=""),
    Column("written", Text, nullable=False, default="{}"),
    Column("edited", Text, nullable=False, default="[]"),
    Index("harvest_publication_target", "target"),
)

ledger = Table(
    "harvest_ledger",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("previous", String(64), nullable=False),
    Column("time", String(40), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("subject", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)

# One row, locked while an entry is appended.
ledger_head = Table(
    "harvest_ledger_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
