"""service levels

Revision ID: 0042
Revises: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = '0042'
down_revision = '0041'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table('crm_sla_policy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('queue_id', sa.Integer(), nullable=True),
    sa.Column('zone', sa.String(length=60), nullable=False),
    sa.Column('calendar_id', sa.Integer(), nullable=True),
    sa.Column('promises', sa.JSON(), nullable=False),
    sa.Column('pauses', sa.JSON(), nullable=False),
    sa.Column('ladder', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['calendar_id'], ['work_calendar.id'], name=op.f('fk_crm_sla_policy_calendar_id_work_calendar')),
    sa.ForeignKeyConstraint(['queue_id'], ['crm_queue.id'], name=op.f('fk_crm_sla_policy_queue_id_crm_queue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_sla_policy')),
    sa.UniqueConstraint('queue_id', name=op.f('uq_crm_sla_policy_queue_id')),
    sqlite_autoincrement=True
    )
    op.create_table('crm_ticket_clock',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('measure', sa.String(length=12), nullable=False),
    sa.Column('stand', sa.String(length=10), nullable=False),
    sa.Column('priority', sa.String(length=12), nullable=False),
    sa.Column('queue_id', sa.Integer(), nullable=False),
    sa.Column('limit', sa.Integer(), nullable=True),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.Column('since', infra.database.Instant(), nullable=True),
    sa.Column('due_at', infra.database.Instant(), nullable=True),
    sa.Column('rung', sa.Integer(), nullable=False),
    sa.Column('next_at', infra.database.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['ticket_id'], ['crm_ticket.id'], name=op.f('fk_crm_ticket_clock_ticket_id_crm_ticket'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_ticket_clock')),
    sa.UniqueConstraint('ticket_id', 'measure', name=op.f('uq_crm_ticket_clock_ticket_id_measure')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_ticket_clock', schema=None) as batch_op:
        batch_op.create_index('ix_crm_ticket_clock_measure_stand_due_at', ['measure', 'stand', 'due_at'], unique=False)
        batch_op.create_index('ix_crm_ticket_clock_next_at', ['next_at'], unique=False, sqlite_where=sa.text('next_at IS NOT NULL'), postgresql_where=sa.text('next_at IS NOT NULL'))



def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('crm_ticket_clock', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_ticket_clock_next_at', sqlite_where=sa.text('next_at IS NOT NULL'), postgresql_where=sa.text('next_at IS NOT NULL'))
        batch_op.drop_index('ix_crm_ticket_clock_measure_stand_due_at')

    op.drop_table('crm_ticket_clock')
    op.drop_table('crm_sla_policy')
