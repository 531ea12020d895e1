"""access tests and view as

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table(
        "crm_invariant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("role_key", sa.String(length=40), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("unless", sa.String(length=40), nullable=False),
        sa.Column("sentence", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("lifted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_invariant")),
        sa.UniqueConstraint("key", name=op.f("uq_crm_invariant_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "crm_permission_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("role_key", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("expected", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("added_at", infra.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_crm_permission_case_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_permission_case")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "crm_permission_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", infra.database.Instant(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=200), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("grants_digest", sa.String(length=64), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_permission_run")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_crm_permission_run_at"), "crm_permission_run", ["at"])
    with op.batch_alter_table("sign_in_session") as batch:
        batch.add_column(sa.Column("seen_as_id", sa.Integer(), nullable=True))
    with op.batch_alter_table("record_share") as batch:
        batch.add_column(sa.Column("until", infra.database.Instant(timezone=True), nullable=True))


def downgrade() -> None:
    """Go backwards."""
    op.drop_table("crm_invariant")
    with op.batch_alter_table("record_share") as batch:
        batch.drop_column("until")
    with op.batch_alter_table("sign_in_session") as batch:
        batch.drop_column("seen_as_id")
    op.drop_index(op.f("ix_crm_permission_run_at"), table_name="crm_permission_run")
    op.drop_table("crm_permission_run")
    op.drop_table("crm_permission_case")
