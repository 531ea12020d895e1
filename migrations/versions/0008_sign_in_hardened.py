"""sign in hardened

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table(
        "sign_in_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forced", sa.String(length=20), nullable=False),
        sa.Column("forced_since", infra.database.Instant(), nullable=True),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=False),
        sa.Column("session_days", sa.Integer(), nullable=False),
        sa.Column("password_length", sa.Integer(), nullable=False),
        sa.Column("starters", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_policy")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "known_browser",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("first_seen_at", infra.database.Instant(), nullable=False),
        sa.Column("last_seen_at", infra.database.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_known_browser_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_browser")),
        sa.UniqueConstraint("person_id", "token_hash", name=op.f("uq_known_browser_person_id_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("used_at", infra.database.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_recovery_code_person_id"), "recovery_code", ["person_id"])
    op.create_table(
        "second_factor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("secret_text", sa.Text(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", infra.database.Instant(), nullable=False),
        sa.Column("confirmed_at", infra.database.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_second_factor_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor")),
        sa.UniqueConstraint("person_id", name=op.f("uq_second_factor_person_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sign_in_session") as batch_op:
        batch_op.add_column(sa.Column("half", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("proved_at", infra.database.Instant(), nullable=True))


def downgrade() -> None:
    """Go back; sign-ins that wait for a code end, for the older schema would take them for whole ones."""
    session = sa.table("sign_in_session", sa.column("half", sa.Boolean()))
    op.execute(sa.delete(session).where(session.c.half))
    with op.batch_alter_table("sign_in_session") as batch_op:
        batch_op.drop_column("proved_at")
        batch_op.drop_column("half")
    op.drop_table("second_factor")
    op.drop_table("recovery_code")
    op.drop_table("known_browser")
    op.drop_table("sign_in_policy")
