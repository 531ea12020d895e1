"""answers within their thread

Revision ID: 0056
Revises: 0051
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    with op.batch_alter_table("mail") as batch:
        batch.add_column(sa.Column("answers", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("reply_to", sa.String(254), nullable=False, server_default=""))
        batch.add_column(sa.Column("written", sa.String(20), nullable=False, server_default="auto-generated"))
    with op.batch_alter_table("crm_queue") as batch:
        batch.add_column(sa.Column("acknowledges", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("acknowledgement", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Go backwards."""
    with op.batch_alter_table("crm_queue") as batch:
        batch.drop_column("acknowledgement")
        batch.drop_column("acknowledges")
    with op.batch_alter_table("mail") as batch:
        batch.drop_column("written")
        batch.drop_column("reply_to")
        batch.drop_column("answers")
