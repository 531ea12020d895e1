"""evidence kept

What a day's evidence was read with, and who wrote a record by hand: the page of adoption read all of each person's.

Revision ID: 0041
Revises: 0040
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

TABLES = ("crm_account", "crm_contact", "crm_opportunity", "crm_lead", "crm_activity")


def upgrade() -> None:
    """Go forwards."""
    written = sa.text("deleted_at IS NULL AND created_by IS NOT NULL")
    op.add_column("readiness_day", sa.Column("asked", sa.JSON(none_as_null=True), nullable=True))
    for table in TABLES:
        op.create_index(
            f"ix_{table}_created_by",
            table,
            ["created_by", "owner_id", "origin"],
            sqlite_where=written,
            postgresql_where=written,
        )


def downgrade() -> None:
    """Go backwards."""
    for table in reversed(TABLES):
        op.drop_index(f"ix_{table}_created_by", table)
    with op.batch_alter_table("readiness_day") as batch:
        batch.drop_column("asked")
