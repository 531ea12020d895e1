"""adoption

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who sees people by name in the figures of use."""
    op.create_table(
        "adoption_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visible", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption_policy")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_table("adoption_policy")
