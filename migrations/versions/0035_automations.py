"""automations

Rules that work by themselves, what waits for them, what became of it; webhooks and their messages.

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database
import infra.sealed

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table(
        "crm_automation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("occasion", sa.String(length=12), nullable=False),
        sa.Column("trigger", sa.JSON(), nullable=False),
        sa.Column("match", sa.String(length=3), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("since", infra.database.Instant(), nullable=True),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("changed_at", infra.database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_automation")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("crm_automation", schema=None) as batch_op:
        batch_op.create_index("ix_crm_automation_object_active", ["object", "active"], unique=False)

    op.create_table(
        "crm_automation_waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("chain", sa.String(length=40), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("at", infra.database.Instant(), nullable=False),
        sa.Column("leased_until", infra.database.Instant(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_automation_waiting")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("crm_automation_waiting", schema=None) as batch_op:
        batch_op.create_index("ix_crm_automation_waiting_chain", ["chain"], unique=False)

    op.create_table(
        "crm_hook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("signing_key", infra.sealed.SealedText(), nullable=False),
        sa.Column("old_key", infra.sealed.SealedText(), nullable=True),
        sa.Column("until", infra.database.Instant(), nullable=True),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("trouble", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_hook")),
        sa.UniqueConstraint("name", name=op.f("uq_crm_hook_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "crm_automation_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("automation_id", sa.Integer(), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=40), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", infra.database.Instant(), nullable=False),
        sa.Column("did", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", infra.database.Instant(), nullable=True),
        sa.Column("again", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["automation_id"],
            ["crm_automation.id"],
            name=op.f("fk_crm_automation_run_automation_id_crm_automation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_automation_run")),
        sa.UniqueConstraint(
            "automation_id", "record_id", "chain", name=op.f("uq_crm_automation_run_automation_id_record_id_chain")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("crm_automation_run", schema=None) as batch_op:
        batch_op.create_index("ix_crm_automation_run_automation_id_at", ["automation_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_crm_automation_run_at"), ["at"], unique=False)
        batch_op.create_index(
            "ix_crm_automation_run_failed",
            ["next_try_at"],
            unique=False,
            sqlite_where=sa.text("state = 'failed'"),
            postgresql_where=sa.text("state = 'failed'"),
        )
        batch_op.create_index("ix_crm_automation_run_record", ["object", "record_id", "at"], unique=False)

    op.create_table(
        "crm_automation_turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("automation_id", sa.Integer(), nullable=False),
        sa.Column("among", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["automation_id"],
            ["crm_automation.id"],
            name=op.f("fk_crm_automation_turn_automation_id_crm_automation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_automation_turn")),
        sa.UniqueConstraint("automation_id", "among", name=op.f("uq_crm_automation_turn_automation_id_among")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "crm_hook_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hook_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", infra.database.Instant(), nullable=False),
        sa.Column("created_at", infra.database.Instant(), nullable=False),
        sa.Column("tried_at", infra.database.Instant(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["hook_id"], ["crm_hook.id"], name=op.f("fk_crm_hook_delivery_hook_id_crm_hook"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_hook_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_crm_hook_delivery_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("crm_hook_delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_hook_delivery_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_crm_hook_delivery_hook_id_id", ["hook_id", "id"], unique=False)
        batch_op.create_index(
            "ix_crm_hook_delivery_open",
            ["next_try_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'sending')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending')"),
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("crm_hook_delivery", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_crm_hook_delivery_open",
            sqlite_where=sa.text("state IN ('waiting', 'sending')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending')"),
        )
        batch_op.drop_index("ix_crm_hook_delivery_hook_id_id")
        batch_op.drop_index(batch_op.f("ix_crm_hook_delivery_created_at"))

    op.drop_table("crm_hook_delivery")
    op.drop_table("crm_automation_turn")
    with op.batch_alter_table("crm_automation_run", schema=None) as batch_op:
        batch_op.drop_index("ix_crm_automation_run_record")
        batch_op.drop_index(
            "ix_crm_automation_run_failed",
            sqlite_where=sa.text("state = 'failed'"),
            postgresql_where=sa.text("state = 'failed'"),
        )
        batch_op.drop_index(batch_op.f("ix_crm_automation_run_at"))
        batch_op.drop_index("ix_crm_automation_run_automation_id_at")

    op.drop_table("crm_automation_run")
    op.drop_table("crm_hook")
    with op.batch_alter_table("crm_automation_waiting", schema=None) as batch_op:
        batch_op.drop_index("ix_crm_automation_waiting_chain")

    op.drop_table("crm_automation_waiting")
    with op.batch_alter_table("crm_automation", schema=None) as batch_op:
        batch_op.drop_index("ix_crm_automation_object_active")

    op.drop_table("crm_automation")
