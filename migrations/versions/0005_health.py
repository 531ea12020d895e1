"""health

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table(
        "health_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("claimed_at", infra.database.Instant(), nullable=False),
        sa.Column("claimed_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("computed", sa.String(length=10), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("lapsed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_health_claim_by_id_person")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_health_claim_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_claim")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("health_claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_health_claim_by_id"), ["by_id"], unique=False)
        batch_op.create_index("ix_health_claim_project_id_id", ["project_id", "id"], unique=False)

    op.create_table(
        "health_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("computed", sa.String(length=10), nullable=False),
        sa.Column("claimed", sa.String(length=10), nullable=True),
        sa.Column("states", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_health_day_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_day")),
        sa.UniqueConstraint("project_id", "day", name=op.f("uq_health_day_project_id_day")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "health_tolerance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("slip_amber", sa.Integer(), nullable=False),
        sa.Column("slip_red", sa.Integer(), nullable=False),
        sa.Column("cost_amber", sa.Integer(), nullable=False),
        sa.Column("cost_red", sa.Integer(), nullable=False),
        sa.Column("exposure_amber", sa.Integer(), nullable=False),
        sa.Column("exposure_red", sa.Integer(), nullable=False),
        sa.Column("critical_amber", sa.Integer(), nullable=False),
        sa.Column("critical_red", sa.Integer(), nullable=False),
        sa.Column("load_amber", sa.Integer(), nullable=False),
        sa.Column("load_red", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_health_tolerance_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_tolerance")),
        sa.UniqueConstraint("project_id", name=op.f("uq_health_tolerance_project_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "project_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("at", infra.database.Instant(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("milestones", sa.JSON(), nullable=False),
        sa.Column("before_at", infra.database.Instant(), nullable=True),
        sa.Column("before_entry", sa.Integer(), nullable=False),
        sa.Column("before_milestones", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_project_visit_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_visit_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_visit")),
        sa.UniqueConstraint("person_id", "project_id", name=op.f("uq_project_visit_person_id_project_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("project_visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_visit_project_id"), ["project_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("project_visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_visit_project_id"))

    op.drop_table("project_visit")
    op.drop_table("health_tolerance")
    op.drop_table("health_day")
    with op.batch_alter_table("health_claim", schema=None) as batch_op:
        batch_op.drop_index("ix_health_claim_project_id_id")
        batch_op.drop_index(batch_op.f("ix_health_claim_by_id"))

    op.drop_table("health_claim")
