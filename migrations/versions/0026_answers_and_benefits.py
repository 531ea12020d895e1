"""answers to contradictions, baselines of objectives, alerts

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


_INDEXES = {
    "objective_aim": ("project_id",),
    "objective_baseline": ("project_id", "objective_id", "frozen_by_id"),
    "objective_outcome": ("project_id", "by_id"),
}


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


    op.create_table(
        "objective_aim",
        *_of_an_objective("objective_aim"),
        sa.Column("kpi", sa.String(length=40), nullable=False),
        sa.Column("change", sa.Double(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.UniqueConstraint("objective_id", name=op.f("uq_objective_aim_objective_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "objective_baseline",
        *_of_an_objective("objective_baseline"),
        sa.Column("kpi", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("stated", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("frozen_by_id", sa.Integer(), nullable=True),
        sa.Column("frozen_at", infra.database.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["frozen_by_id"], ["person.id"], name=op.f("fk_objective_baseline_frozen_by_id_person")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "objective_outcome",
        *_of_an_objective("objective_outcome"),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", infra.database.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_objective_outcome_by_id_person")),
        sa.UniqueConstraint("objective_id", name=op.f("uq_objective_outcome_objective_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "readiness_alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("alarm", sa.String(length=30), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("begun_at", infra.database.Instant(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("over_at", infra.database.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_readiness_alert_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_alert")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("readiness_alert", schema=None) as batch_op:
        batch_op.create_index("ix_readiness_alert_project_id_over_at", ["project_id", "over_at"], unique=False)
    for table, columns in _INDEXES.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)


def _of_an_objective(table: str) -> list[Any]:
    """The columns and keys of a table whose rows belong to an objective of a project."""
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f(f"fk_{table}_project_id_project"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["objective_id"], ["foreseen.id"], name=op.f(f"fk_{table}_objective_id_foreseen"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def downgrade() -> None:
    """Go back."""
    for table in ("readiness_alert", "objective_outcome", "objective_baseline", "objective_aim"):
        op.drop_table(table)
    op.drop_table("health_answer")
