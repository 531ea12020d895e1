"""branches and changes

Branches of a plan with the plan as it was when they began; change requests and what is in and out of scope.

Revision ID: 0049
Revises: 0048
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = '0049'
down_revision = '0048'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table('branch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('trunk_id', sa.Integer(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.Column('made_at', infra.database.Instant(), nullable=False),
    sa.Column('closed_by_id', sa.Integer(), nullable=True),
    sa.Column('closed_at', infra.database.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['closed_by_id'], ['person.id'], name=op.f('fk_branch_closed_by_id_person')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_branch_made_by_id_person')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_branch_project_id_project'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['trunk_id'], ['project.id'], name=op.f('fk_branch_trunk_id_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_branch')),
    sa.UniqueConstraint('project_id', name=op.f('uq_branch_project_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('branch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_branch_trunk_id'), ['trunk_id'], unique=False)

    op.create_table('branch_start',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('plan', sa.JSON(), nullable=False),
    sa.Column('twins', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_branch_start_project_id_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_branch_start')),
    sa.UniqueConstraint('project_id', name=op.f('uq_branch_start_project_id')),
    sqlite_autoincrement=True
    )
    op.create_table('change_policy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('cents', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_change_policy_project_id_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_policy')),
    sa.UniqueConstraint('project_id', name=op.f('uq_change_policy_project_id')),
    sqlite_autoincrement=True
    )
    op.create_table('change_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('urgency', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=True),
    sa.Column('scope', sa.JSON(), nullable=False),
    sa.Column('effect', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', infra.database.Instant(), nullable=False),
    sa.Column('submitted_at', infra.database.Instant(), nullable=True),
    sa.Column('decide_by', sa.Date(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', infra.database.Instant(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('applied_at', infra.database.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_change_request_author_id_person')),
    sa.ForeignKeyConstraint(['branch_id'], ['project.id'], name=op.f('fk_change_request_branch_id_project'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_change_request_decided_by_id_person')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_change_request_project_id_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_request')),
    sa.UniqueConstraint('project_id', 'number', name=op.f('uq_change_request_project_id_number')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('change_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_change_request_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_change_request_branch_id'), ['branch_id'], unique=False)
        batch_op.create_index('ix_change_request_project_id_state', ['project_id', 'state'], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('change_request', schema=None) as batch_op:
        batch_op.drop_index('ix_change_request_project_id_state')
        batch_op.drop_index(batch_op.f('ix_change_request_branch_id'))
        batch_op.drop_index(batch_op.f('ix_change_request_author_id'))

    op.drop_table('change_request')
    op.drop_table('change_policy')
    op.drop_table('branch_start')
    with op.batch_alter_table('branch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_branch_trunk_id'))

    op.drop_table('branch')
