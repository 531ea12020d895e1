"""risks and actions

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table('action_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('details', sa.Text(), nullable=False),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.Column('due', sa.Date(), nullable=True),
    sa.Column('due_offset', sa.Integer(), nullable=True),
    sa.Column('due_fixed', sa.Boolean(), nullable=False),
    sa.Column('anchor_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', infra.database.Instant(), nullable=False),
    sa.Column('closed_by_id', sa.Integer(), nullable=True),
    sa.Column('closed_at', infra.database.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['anchor_id'], ['task.id'], name=op.f('fk_action_item_anchor_id_task'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_action_item_author_id_person')),
    sa.ForeignKeyConstraint(['closed_by_id'], ['person.id'], name=op.f('fk_action_item_closed_by_id_person')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_action_item_owner_id_person')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_action_item_project_id_project'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['project_role.id'], name=op.f('fk_action_item_role_id_project_role')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_action_item')),
    sa.UniqueConstraint('project_id', 'number', name=op.f('uq_action_item_project_id_number')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('action_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_action_item_anchor_id'), ['anchor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_action_item_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index('ix_action_item_project_id_state_due', ['project_id', 'state', 'due'], unique=False)
        batch_op.create_index(batch_op.f('ix_action_item_role_id'), ['role_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_action_item_subject'), ['subject'], unique=False)



def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('action_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_action_item_subject'))
        batch_op.drop_index(batch_op.f('ix_action_item_role_id'))
        batch_op.drop_index('ix_action_item_project_id_state_due')
        batch_op.drop_index(batch_op.f('ix_action_item_owner_id'))
        batch_op.drop_index(batch_op.f('ix_action_item_anchor_id'))

    op.drop_table('action_item')
