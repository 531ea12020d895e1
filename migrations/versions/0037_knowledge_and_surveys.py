"""knowledge and surveys

Articles that answer, and questions that are asked.

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""


def downgrade() -> None:
    """Go backwards."""
