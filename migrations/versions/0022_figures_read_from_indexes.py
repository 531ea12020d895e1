"""figures are read from indexes alone

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

LIVE = sa.text("deleted_at IS NULL")
TALLY = "ix_crm_activity_tally_day"


def upgrade() -> None:
    """Go forwards."""
    op.drop_index(TALLY, "crm_activity_tally")
    op.create_index(TALLY, "crm_activity_tally", ["day", "kind", "origin", "team_id", "owner_id", "count", "in_time"])
    _swap("crm_contact", ["created_at"], ["created_at", "id", "origin"])
    _swap("crm_lead", ["created_at"], ["created_at", "id", "converted_at"])


def downgrade() -> None:
    """Go backwards."""
    _swap("crm_lead", ["created_at", "id", "converted_at"], ["created_at"])
    _swap("crm_contact", ["created_at", "id", "origin"], ["created_at"])
    op.drop_index(TALLY, "crm_activity_tally")
    op.create_index(TALLY, "crm_activity_tally", ["day", "kind", "team_id", "owner_id", "count", "in_time"])


def _swap(table: str, old: list[str], new: list[str]) -> None:
    """One index over live rows for another."""
    op.drop_index(f"ix_{table}_{'_'.join(old)}", table)
    op.create_index(f"ix_{table}_{'_'.join(new)}", table, new, sqlite_where=LIVE, postgresql_where=LIVE)
