"""days of benefits, and of people who are named

Revision ID: 0064
Revises: 0058
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0064"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table(
        "objective_day",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", infra.database.Instant(), nullable=False),
        sa.Column("kpi", sa.String(length=40), nullable=False),
        sa.Column("baseline", sa.Double(), nullable=True),
        sa.Column("target", sa.Double(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("reach", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["objective_id"], ["foreseen.id"], name=op.f("fk_objective_day_objective_id_foreseen"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_objective_day_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objective_day")),
        sa.UniqueConstraint(
            "project_id", "day", "objective_id", name=op.f("uq_objective_day_project_id_day_objective_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_objective_day_objective_id"), "objective_day", ["objective_id"])
    op.create_table(
        "audience_day",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("top", sa.Double(), nullable=False),
        sa.Column("bottom", sa.Double(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("taken_at", infra.database.Instant(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_audience_day_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience_day")),
        sa.UniqueConstraint(
            "project_id", "day", "key", "team_id", name=op.f("uq_audience_day_project_id_day_key_team_id")
        ),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Go backwards."""
    op.drop_table("audience_day")
    op.drop_table("objective_day")
