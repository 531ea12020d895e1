"""how far a scope may move

Revision ID: 0060
Revises: 0056
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    with op.batch_alter_table("health_tolerance") as batch:
        batch.add_column(sa.Column("scope_amber", sa.Integer(), nullable=False, server_default="10"))
        batch.add_column(sa.Column("scope_red", sa.Integer(), nullable=False, server_default="25"))


def downgrade() -> None:
    """Go backwards."""
    with op.batch_alter_table("health_tolerance") as batch:
        batch.drop_column("scope_red")
        batch.drop_column("scope_amber")
