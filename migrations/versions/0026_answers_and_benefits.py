"""answers to contradictions, baselines of objectives, alerts

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table(
        "health_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", infra.database.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_health_answer_project_id_project"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["health_claim.id"], name=op.f("fk_health_answer_claim_id_health_claim"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_health_answer_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_answer")),
        sa.UniqueConstraint("claim_id", "key", name=op.f("uq_health_answer_claim_id_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("health_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_health_answer_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_health_answer_by_id"), ["by_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("health_answer")
