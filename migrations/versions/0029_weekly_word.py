"""the week's word to executives: when, to whom, and what went out

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from infra.database import Instant

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "weekly_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=5), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_setting")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "weekly_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_weekly_choice_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_choice")),
        sa.UniqueConstraint("person_id", name=op.f("uq_weekly_choice_person_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "weekly_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_weekly_word_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_word")),
        sa.UniqueConstraint("person_id", "period", name=op.f("uq_weekly_word_person_id_period")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_weekly_word_digest"), "weekly_word", ["digest"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index(op.f("ix_weekly_word_digest"), table_name="weekly_word")
    op.drop_table("weekly_word")
    op.drop_table("weekly_choice")
    op.drop_table("weekly_setting")
