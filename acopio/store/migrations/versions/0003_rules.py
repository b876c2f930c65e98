"""By which rules a run judged."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "harvest_job",
        sa.Column("rules", sa.String(length=100), nullable=False, server_default=""),
    )
