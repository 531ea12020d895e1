"""own fields

Fields of one's own, and what they ask. Each table of records gets two columns for their values.

Revision ID: 0034
Revises: 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database
import infra.sealed

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

RECORDS = ("lead", "account", "contact", "opportunity", "activity", "campaign", "product", "ticket")


def _tables(*, having: bool) -> list[str]:
    """The tables of records that have the columns already, or lack them."""
    there = sa.inspect(op.get_bind())
    names = [f"crm_{each}" for each in RECORDS if there.has_table(f"crm_{each}")]
    return [each for each in names if any(c["name"] == "more" for c in there.get_columns(each)) is having]


def upgrade() -> None:
    """Go forwards."""
    for name in _tables(having=False):
        op.add_column(name, sa.Column("more", sa.JSON(none_as_null=True), nullable=True))
        op.add_column(name, sa.Column("more_sealed", infra.sealed.SealedText(), nullable=True))
    op.create_table(
        "crm_own_field",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Boolean(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("unique", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("mark", sa.String(length=10), nullable=False),
        sa.Column("help", sa.String(length=300), nullable=False),
        sa.Column("default", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("depends_on", sa.String(length=40), nullable=False),
        sa.Column("among", sa.JSON(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("deleted_at", infra.database.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_own_field")),
        sa.UniqueConstraint("object", "key", name=op.f("uq_crm_own_field_object_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "crm_own_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("message", sa.String(length=300), nullable=False),
        sa.Column("any", sa.Boolean(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_own_check")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "crm_own_layout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object", sa.String(length=20), nullable=False),
        sa.Column("role_key", sa.String(length=40), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_own_layout")),
        sa.UniqueConstraint("object", "role_key", name=op.f("uq_crm_own_layout_object_role_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "crm_field_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=True),
        sa.Column("number", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_field_value")),
        sqlite_autoincrement=True,
    )
    for column in ("text", "number"):
        op.create_index(
            f"ix_crm_field_value_{column}",
            "crm_field_value",
            ["field_id", column, "record_id"],
            sqlite_where=sa.text(f"{column} IS NOT NULL"),
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_index("ix_crm_field_value_record", "crm_field_value", ["record_id", "field_id"])


def downgrade() -> None:
    """Go backwards."""
    op.drop_table("crm_field_value")
    op.drop_table("crm_own_layout")
    op.drop_table("crm_own_check")
    op.drop_table("crm_own_field")
    for name in _tables(having=True):
        op.drop_column(name, "more_sealed")
        op.drop_column(name, "more")
