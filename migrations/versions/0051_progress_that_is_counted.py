"""progress that is counted

Revision ID: 0051
Revises: 0050
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    with op.batch_alter_table("task") as batch:
        batch.add_column(sa.Column("counted", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Go backwards."""
    with op.batch_alter_table("task") as batch:
        batch.drop_column("counted")
