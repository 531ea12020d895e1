"""levelling

Proposals to level plans, while they are improved and until they are taken.

Revision ID: 0047
Revises: 0046
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table(
        "levelling_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("projects", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", infra.database.Instant(), nullable=False),
        sa.Column("ended_at", infra.database.Instant(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("within_slack", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proved", sa.Boolean(), nullable=False),
        sa.Column("starts", sa.JSON(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_levelling_proposal_person_id_person")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_levelling_proposal_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_levelling_proposal")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("levelling_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_levelling_proposal_project_id"), ["project_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("levelling_proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_levelling_proposal_project_id"))

    op.drop_table("levelling_proposal")
