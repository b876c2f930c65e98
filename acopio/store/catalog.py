"""The built-in portal's tables, ``catalog_*``: written only by its actions, CKAN-shaped.

A dataset's fields stand together in ``body``; what is looked up, counted or must be unique has a
column or a row of its own. Every change takes the next number of ``catalog_sequence`` in its own
transaction, by which the search index knows what it has not seen.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from acopio.store.schema import Moment
from acopio.store.schema import metadata as metadata  # the portal's tables are among all others

# One row, locked while a change takes its number: numbers appear in the order they were given.
sequence = Table(
    "catalog_sequence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", BigInteger, nullable=False),
)

package = Table(
    "catalog_package",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("title", Text, nullable=False),
    # active, draft, deleted
    Column("state", String(20), nullable=False),
    Column("private", Boolean, nullable=False),
    Column("owner_org", String(100), nullable=False),
    Column("creator", String(100), nullable=False),
    Column("created", Moment, nullable=False),
    Column("modified", Moment, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    # Everything else, as canonical JSON: fields, extras, tags, resources.
    Column("body", Text, nullable=False),
    Index("catalog_package_sequence", "sequence"),
    Index("catalog_package_owner", "owner_org"),
    # Deleted ones are found by name too; the index below has none of them.
    Index("catalog_package_any_name", "name"),
    Index("catalog_package_modified", "modified"),
    # A deleted dataset gives its name away, as in CKAN.
    Index(
        "catalog_package_name",
        "name",
        unique=True,
        sqlite_where=text("state <> 'deleted'"),
        postgresql_where=text("state <> 'deleted'"),
    ),
)

# Which dataset a resource is in; what it is stands in the dataset's body.
resource = Table(
    "catalog_resource",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("package", ForeignKey("catalog_package.id", ondelete="CASCADE"), nullable=False),
    Index("catalog_resource_package", "package"),
)

tag = Table(
    "catalog_tag",
    metadata,
    Column("package", ForeignKey("catalog_package.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(100), primary_key=True),
    Index("catalog_tag_name", "name"),
)

# The bytes a resource has or had. ``retired``: when others took their place; they stay citable.
file = Table(
    "catalog_file",
    metadata,
    Column("resource", ForeignKey("catalog_resource.id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("added", Moment, nullable=False),
    Column("retired", Moment),
    Index("catalog_file_sha256", "sha256"),
)

# Bytes readers were shown of a dataset that was withdrawn: they are gone, not unknown.
withdrawn = Table(
    "catalog_withdrawn",
    metadata,
    Column("sha256", String(64), primary_key=True),
)

# What the dataset was, each time readers were shown something else.
version = Table(
    "catalog_version",
    metadata,
    Column("package", ForeignKey("catalog_package.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("made", Moment, nullable=False),
    # The id of the user who made it.
    Column("maker", String(100), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("body", Text, nullable=False),
)

# Organizations and groups.
group = Table(
    "catalog_group",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("is_organization", Boolean, nullable=False),
    # active, deleted
    Column("state", String(20), nullable=False),
    Column("created", Moment, nullable=False),
    # description, image_url, type, extras: as canonical JSON.
    Column("body", Text, nullable=False),
)

# Datasets in groups, and users in organizations: who may do what there.
member = Table(
    "catalog_member",
    metadata,
    Column("group", ForeignKey("catalog_group.id", ondelete="CASCADE"), primary_key=True),
    # package, user, group
    Column("kind", String(20), primary_key=True),
    Column("object", String(100), primary_key=True),
    # public, private (datasets); member, editor, admin (users)
    Column("capacity", String(20), nullable=False),
    Index("catalog_member_object", "kind", "object"),
)

user = Table(
    "catalog_user",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    # admin, officer, publisher
    Column("role", String(20), nullable=False),
    # The SHA-256 of its token: 256 random bits need no slow hash.
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("created", Moment, nullable=False),
)
