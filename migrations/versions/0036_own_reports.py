"""own reports

Reports that people build, when they are sent, to whom, and what went out.

Revision ID: 0036
Revises: 0035
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table(
        "crm_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("shared", sa.String(length=10), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", infra.database.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_crm_report_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_report")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_crm_report_owner_id", "crm_report", ["owner_id"])
    op.create_table(
        "crm_report_rhythm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("every", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=5), nullable=False),
        sa.Column("form", sa.String(length=4), nullable=False),
        sa.Column("since", infra.database.Instant(), nullable=False),
        _of_report("rhythm"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_report_rhythm")),
        sa.UniqueConstraint("report_id", name=op.f("uq_crm_report_rhythm_report_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "crm_report_reader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_crm_report_reader_person_id_person")),
        _of_report("reader"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_report_reader")),
        sa.UniqueConstraint("report_id", "person_id", name=op.f("uq_crm_report_reader_report_id_person_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_crm_report_reader_person_id", "crm_report_reader", ["person_id"])
    op.create_table(
        "crm_report_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.String(length=10), nullable=False),
        sa.Column("sent_at", infra.database.Instant(), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        _of_report("mail"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_report_mail")),
        sa.UniqueConstraint("report_id", "person_id", "turn", name=op.f("uq_crm_report_mail_report_id_person_id_turn")),
        sqlite_autoincrement=True,
    )


def _of_report(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_crm_report_{table}_report_id_crm_report")
    return sa.ForeignKeyConstraint(["report_id"], ["crm_report.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    """Go backwards."""
    for table in ("crm_report_mail", "crm_report_reader", "crm_report_rhythm", "crm_report"):
        op.drop_table(table)
