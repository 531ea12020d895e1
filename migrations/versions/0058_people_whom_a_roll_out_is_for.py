"""people whom a roll-out is for

Revision ID: 0058
Revises: 0057
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table(
        "project_named",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_project_named_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_named_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_named")),
        sa.UniqueConstraint("project_id", "person_id", name=op.f("uq_project_named_project_id_person_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_project_named_person_id"), "project_named", ["person_id"])


def downgrade() -> None:
    """Go backwards."""
    op.drop_table("project_named")
