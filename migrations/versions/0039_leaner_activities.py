"""leaner activities

What a million activities carry.

Revision ID: 0039
Revises: 0038
"""

from __future__ import annotations

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""


def downgrade() -> None:
    """Go backwards."""
