"""imports that go on

An import says when its last batch was safe, so that one whose process was killed is taken up again.

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.add_column("crm_import", sa.Column("beat_at", infra.database.Instant(), nullable=True))


def downgrade() -> None:
    """Go backwards."""
    with op.batch_alter_table("crm_import") as table:
        table.drop_column("beat_at")
