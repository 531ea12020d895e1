"""conversations

What is said about tickets, canned answers, the queue of a roll-out, and the index of the clocks.

Revision ID: 0033
Revises: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

OPEN = sa.text("deleted_at IS NULL AND resolved_at IS NULL")
UNANSWERED = sa.text("deleted_at IS NULL AND resolved_at IS NULL AND first_response_at IS NULL")
CLOCK = (
    *("resolve_by", "first_response_at", "respond_by", "id"),
    *("state", "owner_id", "team_id", "queue_id", "priority"),
)


def upgrade() -> None:
    """Go forwards."""
    op.create_table('crm_canned_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('queue_id', sa.Integer(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['queue_id'], ['crm_queue.id'], name=op.f('fk_crm_canned_answer_queue_id_crm_queue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_canned_answer')),
    sa.UniqueConstraint('name', name=op.f('uq_crm_canned_answer_name')),
    sqlite_autoincrement=True
    )
    op.create_table('project_queue',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('queue_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_project_queue_project_id_project'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['queue_id'], ['crm_queue.id'], name=op.f('fk_project_queue_queue_id_crm_queue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_queue')),
    sa.UniqueConstraint('project_id', name=op.f('uq_project_queue_project_id')),
    sa.UniqueConstraint('queue_id', name=op.f('uq_project_queue_queue_id')),
    sqlite_autoincrement=True
    )
    op.create_table('crm_ticket_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('at', infra.database.Instant(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('direction', sa.String(length=3), nullable=False),
    sa.Column('public', sa.Boolean(), nullable=False),
    sa.Column('automatic', sa.Boolean(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('author_name', sa.String(length=200), nullable=False),
    sa.Column('author_email', sa.String(length=254), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('reference', sa.String(length=250), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['crm_ticket.id'], name=op.f('fk_crm_ticket_message_ticket_id_crm_ticket'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_ticket_message')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_ticket_message', schema=None) as batch_op:
        batch_op.create_index('ix_crm_ticket_message_reference', ['reference'], unique=False, sqlite_where=sa.text("reference <> ''"), postgresql_where=sa.text("reference <> ''"))
        batch_op.create_index('ix_crm_ticket_message_ticket_id_at', ['ticket_id', 'at'], unique=False)

    op.create_index("ix_crm_ticket_clock", "crm_ticket", CLOCK, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index(
        "ix_crm_ticket_unanswered",
        "crm_ticket",
        ["respond_by", "id"],
        sqlite_where=UNANSWERED,
        postgresql_where=UNANSWERED,
    )


def downgrade() -> None:
    """Go backwards."""
    op.drop_index("ix_crm_ticket_unanswered", "crm_ticket")
    op.drop_index("ix_crm_ticket_clock", "crm_ticket")
    with op.batch_alter_table('crm_ticket_message', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_ticket_message_ticket_id_at')
        batch_op.drop_index('ix_crm_ticket_message_reference', sqlite_where=sa.text("reference <> ''"), postgresql_where=sa.text("reference <> ''"))

    op.drop_table('crm_ticket_message')
    op.drop_table('project_queue')
    op.drop_table('crm_canned_answer')
