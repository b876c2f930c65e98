"""The values that travel from a source to a target. All frozen, none does I/O.

``Source`` -> ``Dataset(Resource*)`` -> ``Snapshot(File*)`` -> ``Report(Finding*)`` -> ``Decision``
-> ``Release`` -> ``Publication``; one ``Outcome`` a dataset and run.

Each stage's output has its own type, so nothing can be published before it was examined.
Sizes are bytes, moments are aware datetimes in UTC, days are dates. What a source declared and
could not be mapped stays, as text, in ``Dataset.extras``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as factory
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any


class FilePolicy(StrEnum):
    """What a source's files are for: fetched and examined, or left where they are."""

    FETCH = "fetch"
    SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How an officer says a source's tables in text are written; what is left out is found out.

    ``encoding`` is a codec's name; ``delimiter`` and ``decimal`` one character each;
    ``header_row`` counts the file's rows from 1, 0 when not said; ``date_order`` is ``ymd``,
    ``dmy`` or ``mdy``. ``columns`` no officer says: they are those the schema declared for a file
    names, by which a text of one column, too, is known for a table.
    """

    encoding: str = ""
    delimiter: str = ""
    header_row: int = 0
    decimal: str = ""
    date_order: str = ""
    columns: tuple[str, ...] = ()


UNPINNED = Reading()


class Severity(StrEnum):
    """How much a finding matters; the gate's table says what follows from it."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRule:
    """What an officer wants to be so in each row of a source's tables; see ``docs/rules.md``.

    Either ``where``, a DuckDB expression that is true of wrong rows, or ``check``, the descriptor
    of a check of frictionless's. ``columns`` are those that a finding shows; ``resources`` is a
    pattern of names (``gasto*``), empty for all; ``es`` and ``en`` say what is wrong.
    """

    name: str
    es: str
    en: str = ""
    where: str = ""
    check: Mapping[str, Any] = factory(default_factory=dict[str, Any])
    columns: tuple[str, ...] = ()
    resources: str = ""
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A harvest source, as its TOML table says (contract, section 3)."""

    name: str
    kind: str
    url: str
    title: str = ""
    owner: str = ""
    contact: tuple[str, ...] = ()
    schedule: str | None = None
    timezone: str = "America/Lima"
    blackout: tuple[str, ...] = ()
    targets: tuple[str, ...] = ("portal",)
    gate: str = "standard"
    pause: float = 0.7
    files: FilePolicy = FilePolicy.FETCH
    recheck_days: float = 0
    withdraw_after_days: float = 7
    withdraw_at_most: float = 0.10
    enabled: bool = True
    reading: Reading = UNPINNED
    rules: tuple[RowRule, ...] = ()
    options: Mapping[str, Any] = factory(default_factory=dict[str, Any])


class TargetFiles(StrEnum):
    """What a target receives of a resource: the clean files, or the source's own address."""

    UPLOAD = "upload"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A place to publish to. The secret itself is never here: only where to find it."""

    name: str
    kind: str
    url: str
    token_env: str | None = None
    token_file: str | None = None
    files: TargetFiles = TargetFiles.UPLOAD
    options: Mapping[str, Any] = factory(default_factory=dict[str, Any])


# --- what a source says -------------------------------------------------------------------------


class Role(StrEnum):
    """What a resource is to its dataset. Only ``data`` is judged and gated.

    A ``dictionary`` is read, so that data can be compared with it.
    """

    DATA = "data"
    DICTIONARY = "dictionary"
    DOCUMENTATION = "documentation"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A publisher or an owner. ``name`` is a slug; empty when the source gave only a title."""

    name: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A licence exactly as declared; never completed, never made up."""

    id: str = ""
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to write to about a dataset. ``email`` without ``mailto:``."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One distribution of a dataset, as its source describes it. ``id`` is stable in the dataset.

    ``format`` is lower case without a dot (``csv``); ``size`` what the source declares, or None;
    ``schema`` a Table Schema descriptor, where the source declares one.
    """

    id: str
    url: str
    name: str = ""
    description: str = ""
    format: str = ""
    media_type: str = ""
    size: int | None = None
    role: Role = Role.DATA
    modified: datetime | date | None = None
    licence: Licence | None = None
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One dataset as its source describes it. ``id`` is the source's own and stable.

    ``name`` is the slug the source uses, or empty; ``notes`` is Markdown. ``modified`` and
    ``issued`` are the source's claims, nothing else's.
    """

    id: str
    title: str
    name: str = ""
    notes: str = ""
    publisher: Organization | None = None
    licence: Licence | None = None
    themes: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    issued: datetime | date | None = None
    modified: datetime | date | None = None
    frequency: str = ""
    spatial: str = ""
    temporal: str = ""
    contact: Contact | None = None
    landing_page: str = ""
    extras: Mapping[str, str] = factory(default_factory=dict[str, str])
    resources: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRecord:
    """One record of a listing that cannot be read. The listing goes on.

    ``id`` is the source's id if that much could be read; ``raw`` the record as it came, cut at
    64 KiB; ``reason`` one sentence for the source's maintainer, best kept by ``messages.said`` or
    ``stored`` so that each reader has it in their language.
    """

    id: str | None
    raw: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incomplete:
    """A listing that could not be finished, so absence from it proves nothing.

    ``reason`` is as a ``BadRecord``'s.
    """

    reason: str


# --- what was fetched ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One fetched body. ``path`` is readable on this machine while the dataset is processed.

    ``reading`` is how an officer says it is written; ``engine`` what judges it if it is a table:
    ``auto``, ``fast`` where it can, or ``frictionless``. Where it is ``hashed_elsewhere``, who does
    that puts the hashes into the report on it; the fast engine leaves them empty.
    """

    resource: str
    sha256: str
    size: int
    url: str
    path: Path
    media_type: str = ""
    name: str = ""
    reading: Reading = UNPINNED
    engine: str = "auto"
    hashed_elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A resource whose body could not be had. ``code`` is a finding code of the access family."""

    resource: str
    code: str
    params: Mapping[str, Any] = factory(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """What the last good version of a table promised its readers: columns, types, rows.

    ``schema`` is the Table Schema it was published with. Later cuts are judged against it
    (contract, section 3).
    """

    schema: Mapping[str, Any]
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A dataset with what its addresses gave: a file each, or why there is none.

    ``pinned`` has, by ``Resource.id``, what was published of a table before.
    """

    dataset: Dataset
    files: tuple[File, ...] = ()
    missing: tuple[Missing, ...] = ()
    pinned: Mapping[str, Pinned] = factory(default_factory=dict[str, Pinned])


# --- what was found -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something wrong, or worth knowing, about a dataset or one of its resources.

    ``resource`` is a ``Resource.id``, None for the dataset itself; ``row`` counts the file's rows
    from 1, the header included, as frictionless does; ``params`` fill the sentences of the
    message catalogue; ``evidence`` is a short excerpt, masked where it could show a person.
    """

    code: str
    severity: Severity
    resource: str | None = None
    row: int | None = None
    field: str | None = None
    evidence: str = ""
    params: Mapping[str, Any] = factory(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a resource's file was found to be, and frictionless's verdict on it.

    ``dialect`` and ``schema`` are frictionless descriptors, as used; ``report`` is the descriptor
    of its report (``report.to_descriptor()``). ``title_rows`` is how many rows stand above the
    header. ``rows`` counts data rows read. ``schema_source`` says which schema judged the table:
    ``declared``, ``declared NAME VERSION``, ``pinned``, ``matched NAME VERSION`` or ``inferred``.
    ``detected`` has what was found out about how the table is written: fact -> ``value``,
    ``confidence`` (0 to 1) and ``by`` (``acopio``, ``officer``); see ``validators/detected.py``.
    ``dates`` has, for each column of dates of what happened, the first and the last of them.
    ``format`` is ``csv`` for every text, else what ``acopio.tables`` reads (``xlsx``, ``parquet``);
    the dialect then says which sheet it is. ``engine`` is ``fast`` or ``frictionless``, and
    ``engine_reason`` why frictionless read the whole (``small``, ``asked``, ``unclosed-quote``);
    ``counts`` how often each of frictionless's rules is broken in the whole file, by error type
    and field (``""`` for a row's own), where the report stops at its thousandth error; of a report
    of frictionless's alone they are what it holds.
    """

    resource: str
    encoding: str
    dialect: Mapping[str, Any]
    schema: Mapping[str, Any]
    report: Mapping[str, Any]
    rows: int
    title_rows: int = 0
    engine: str = "frictionless"
    engine_reason: str = ""
    counts: Mapping[str, Mapping[str, int]] = factory(default_factory=dict[str, Mapping[str, int]])
    seconds: float = 0.0
    schema_source: str = "inferred"
    format: str = "csv"
    compression: str = ""
    innerpath: str = ""
    detected: Mapping[str, Any] = factory(default_factory=dict[str, Any])
    dates: Mapping[str, tuple[date, date]] = factory(default_factory=dict[str, tuple[date, date]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A table, the file it was found in, and the officers' rules that its rows are to keep.

    ``format`` is what the file's publisher declares it to be.
    """

    file: File
    format: str
    table: Table
    rules: tuple[RowRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DictionaryEntry:
    """What a data dictionary says of one column, in its own words.

    ``type`` is as written (``Alfanumérico(8)``); ``values`` the allowed ones, as written;
    ``section`` the sheet, or the table the dictionary names, that the entry stands under.
    """

    name: str
    description: str = ""
    type: str = ""
    values: tuple[str, ...] = ()
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """A resource's file, found to be a data dictionary. It has at least one entry."""

    resource: str
    entries: tuple[DictionaryEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that was found in a snapshot."""

    findings: tuple[Finding, ...] = ()
    tables: tuple[Table, ...] = ()
    dictionaries: tuple[Dictionary, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A dataset whose files were examined, each on its own: what can be judged as a whole.

    ``today`` is the day where its source is; ``changed`` has, by ``Resource.id``, the moment since
    when its bytes are the same, as far as acopio has seen.
    """

    snapshot: Snapshot
    today: date
    tables: tuple[Table, ...] = ()
    dictionaries: tuple[Dictionary, ...] = ()
    changed: Mapping[str, datetime] = factory(default_factory=dict[str, datetime])


# --- what was decided ---------------------------------------------------------------------------


class Action(StrEnum):
    """What the gate does with one resource."""

    PUBLISH = "publish"
    KEEP_LAST_GOOD = "keep_last_good"
    WITHHOLD = "withhold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The gate's word on one resource; ``family`` and ``code`` of the finding that decided it."""

    resource: str
    action: Action
    family: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The verdicts on a dataset. ``withhold``: nothing of it may be published.

    ``purge`` names resources found to hold persons: every older version of them goes as well.
    """

    verdicts: tuple[Verdict, ...] = ()
    withhold: bool = False
    family: str = ""
    purge: frozenset[str] = frozenset()


# --- what is published --------------------------------------------------------------------------


class FileKind(StrEnum):
    """Which of a resource's published files this is."""

    DATA = "data"
    PARQUET = "parquet"
    ORIGINAL = "original"
    SCHEMA = "schema"
    REJECTS = "rejects"
    LOG = "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """A file in the archive, ready to be published under ``name`` (``gasto.csv``)."""

    kind: FileKind
    name: str
    sha256: str
    size: int
    media_type: str
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseResource:
    """One resource as it is published.

    ``id`` is ours, a UUID that never changes. ``files`` is empty when the resource is only linked:
    documents, dictionaries, services, sources with ``files = "skip"``, licences that forbid
    derivatives. The first file of kind ``data`` is what ``url`` is replaced by in a target that
    takes uploads. ``state`` is ``published`` or ``kept_last_good``. ``rows`` counts a clean table's
    data rows; ``pinned`` is what that table was judged against, None where it was the first.
    """

    id: str
    source_id: str
    url: str
    name: str
    description: str = ""
    format: str = ""
    media_type: str = ""
    role: Role = Role.DATA
    size: int | None = None
    modified: datetime | date | None = None
    schema: Mapping[str, Any] | None = None
    state: str = "published"
    sha256: str = ""
    fetched: datetime | None = None
    content_changed: datetime | None = None
    files: tuple[ReleaseFile, ...] = ()
    rows: int | None = None
    pinned: Pinned | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A dataset as it is published: what passed, and nothing else.

    ``id`` is our UUID for the dataset and ``name`` our slug; neither ever changes.
    ``dataset.resources`` still lists everything the source declared; publish ``resources``.
    """

    id: str
    name: str
    source: str
    dataset: Dataset
    organization: Organization
    resources: tuple[ReleaseResource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What we remember of a dataset in one target, so that an id is never guessed.

    ``remote_id`` is empty while a creation was begun and its answer never came. ``written`` is
    the publisher's own memory: the values it last wrote, which tell an editor's changes.
    """

    dataset: str
    name: str
    remote_id: str = ""
    state: str = "active"
    written: Mapping[str, Any] = factory(default_factory=dict[str, Any])


class PublicationState(StrEnum):
    """What became of a dataset in one target."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What a publisher did. ``written`` replaces ``Published.written``; ``error`` when it failed.

    ``edited`` names fields left alone because an editor at the target had changed them.
    """

    state: PublicationState
    remote_id: str = ""
    name: str = ""
    url: str = ""
    written: Mapping[str, Any] = factory(default_factory=dict[str, Any])
    edited: tuple[str, ...] = ()


class OutcomeState(StrEnum):
    """What a run did with one dataset (contract, section 5)."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    HELD = "held"
    KEPT_LAST_GOOD = "kept_last_good"
    WITHHELD = "withheld"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"
