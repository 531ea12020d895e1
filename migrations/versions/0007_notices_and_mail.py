"""notices and mail

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mentions', sa.JSON(), server_default='[]', nullable=False))

    op.create_table('mail',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recipient', sa.String(length=320), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('files', sa.JSON(), nullable=False),
    sa.Column('confidential', sa.Boolean(), nullable=False),
    sa.Column('unsubscribe', sa.String(length=200), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=True),
    sa.Column('reference', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_try_at', infra.database.Instant(), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('created_at', infra.database.Instant(), nullable=False),
    sa.Column('sent_at', infra.database.Instant(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail')),
    sa.UniqueConstraint('key', name=op.f('uq_mail_key')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.create_index('ix_mail_state_next_try_at', ['state', 'next_try_at'], unique=False)

    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.Column('label', sa.String(length=300), nullable=False),
    sa.Column('scope', sa.String(length=60), nullable=False),
    sa.Column('params', sa.JSON(), nullable=False),
    sa.Column('author', sa.String(length=200), nullable=False),
    sa.Column('transaction_id', sa.String(length=32), nullable=False),
    sa.Column('once', sa.String(length=160), nullable=True),
    sa.Column('at', infra.database.Instant(), nullable=False),
    sa.Column('in_app', sa.Boolean(), nullable=False),
    sa.Column('mail', sa.String(length=6), nullable=False),
    sa.Column('read_at', infra.database.Instant(), nullable=True),
    sa.Column('mailed_at', infra.database.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('once', name=op.f('uq_notice_once')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_person_id_id', ['person_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_transaction_id'), ['transaction_id'], unique=False)
        batch_op.create_index('ix_notice_unmailed', ['mail', 'person_id'], unique=False, sqlite_where=sa.text("mailed_at IS NULL AND mail != ''"), postgresql_where=sa.text("mailed_at IS NULL AND mail != ''"))
        batch_op.create_index('ix_notice_unread', ['person_id', 'scope'], unique=False, sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))

    op.create_table('notice_choice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('in_app', sa.Boolean(), nullable=False),
    sa.Column('mail', sa.String(length=6), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_choice_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_choice')),
    sa.UniqueConstraint('person_id', 'kind', name=op.f('uq_notice_choice_person_id_kind')),
    sqlite_autoincrement=True
    )
    op.create_table('notice_rhythm',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('rhythm', sa.String(length=6), nullable=False),
    sa.Column('hour', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_rhythm_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_rhythm')),
    sa.UniqueConstraint('person_id', name=op.f('uq_notice_rhythm_person_id')),
    sqlite_autoincrement=True
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('notice_rhythm')
    op.drop_table('notice_choice')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_unread', sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))
        batch_op.drop_index('ix_notice_unmailed', sqlite_where=sa.text("mailed_at IS NULL AND mail != ''"), postgresql_where=sa.text("mailed_at IS NULL AND mail != ''"))
        batch_op.drop_index(batch_op.f('ix_notice_transaction_id'))
        batch_op.drop_index('ix_notice_person_id_id')

    op.drop_table('notice')
    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.drop_index('ix_mail_state_next_try_at')

    op.drop_table('mail')
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.drop_column('mentions')
