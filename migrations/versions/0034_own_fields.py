"""own fields

Fields of one's own, and what they ask.

Revision ID: 0034
Revises: 0033
"""

from __future__ import annotations

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""


def downgrade() -> None:
    """Go backwards."""
