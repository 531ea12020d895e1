"""privacy

Consent, retention, and what a person may ask for.

Revision ID: 0038
Revises: 0037
"""

from __future__ import annotations

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""


def downgrade() -> None:
    """Go backwards."""
