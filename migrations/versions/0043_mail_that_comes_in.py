"""mail that comes in

Revision ID: 0043
Revises: 0042
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database
import infra.sealed

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table('crm_mail_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.String(length=250), nullable=False),
    sa.Column('at', infra.database.Instant(), nullable=False),
    sa.Column('sender_email', sa.String(length=254), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('came', sa.String(length=10), nullable=False),
    sa.Column('why', sa.String(length=300), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=True),
    sa.Column('activity_id', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_mail_in')),
    sa.UniqueConstraint('message_id', name=op.f('uq_crm_mail_in_message_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_mail_in', schema=None) as batch_op:
        batch_op.create_index('ix_crm_mail_in_at', ['at'], unique=False)
        batch_op.create_index('ix_crm_mail_in_sender_email_at', ['sender_email', 'at'], unique=False)

    op.create_table('crm_mailbox',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('queue_id', sa.Integer(), nullable=True),
    sa.Column('host', sa.String(length=250), nullable=False),
    sa.Column('port', sa.Integer(), nullable=False),
    sa.Column('tls', sa.Boolean(), nullable=False),
    sa.Column('user', sa.String(length=250), nullable=False),
    sa.Column('password', infra.sealed.SealedText(), nullable=True),
    sa.Column('folder', sa.String(length=120), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('validity', sa.BigInteger(), nullable=False),
    sa.Column('last_uid', sa.BigInteger(), nullable=False),
    sa.Column('looked_at', infra.database.Instant(), nullable=True),
    sa.Column('trouble', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['queue_id'], ['crm_queue.id'], name=op.f('fk_crm_mailbox_queue_id_crm_queue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_mailbox')),
    sqlite_autoincrement=True
    )


def downgrade() -> None:
    """Go backwards."""
    op.drop_table('crm_mailbox')
    with op.batch_alter_table('crm_mail_in', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_mail_in_sender_email_at')
        batch_op.drop_index('ix_crm_mail_in_at')

    op.drop_table('crm_mail_in')
