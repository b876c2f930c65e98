"""The built-in portal's catalogue."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "catalog_sequence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("INSERT INTO catalog_sequence (id, number) VALUES (1, 0)")
    op.create_table(
        "catalog_package",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("owner_org", sa.String(length=100), nullable=False),
        sa.Column("creator", sa.String(length=100), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("catalog_package_sequence", "catalog_package", ["sequence"])
    op.create_index("catalog_package_owner", "catalog_package", ["owner_org"])
    op.create_index("catalog_package_any_name", "catalog_package", ["name"])
    op.create_index("catalog_package_modified", "catalog_package", ["modified"])
    op.create_index(
        "catalog_package_name",
        "catalog_package",
        ["name"],
        unique=True,
        sqlite_where=sa.text("state <> 'deleted'"),
        postgresql_where=sa.text("state <> 'deleted'"),
    )
    op.create_table(
        "catalog_resource",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("package", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["package"], ["catalog_package.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("catalog_resource_package", "catalog_resource", ["package"])
    op.create_table(
        "catalog_tag",
        sa.Column("package", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["package"], ["catalog_package.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("package", "name"),
    )
    op.create_index("catalog_tag_name", "catalog_tag", ["name"])
    op.create_table(
        "catalog_file",
        sa.Column("resource", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("added", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["resource"], ["catalog_resource.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("resource", "sha256"),
    )
    op.create_index("catalog_file_sha256", "catalog_file", ["sha256"])
    op.create_table(
        "catalog_withdrawn",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "catalog_version",
        sa.Column("package", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("maker", sa.String(length=100), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["package"], ["catalog_package.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("package", "number"),
    )
    op.create_table(
        "catalog_group",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("is_organization", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "catalog_member",
        sa.Column("group", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("object", sa.String(length=100), nullable=False),
        sa.Column("capacity", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["group"], ["catalog_group.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("group", "kind", "object"),
    )
    op.create_index("catalog_member_object", "catalog_member", ["kind", "object"])
    op.create_table(
        "catalog_user",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("token_hash"),
    )
