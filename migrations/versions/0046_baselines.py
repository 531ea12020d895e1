"""baselines

Frozen copies of plans, what the work was worth on kept days, costs of single tasks.

Revision ID: 0046
Revises: 0045
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table('baseline',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('taken_at', infra.database.Instant(), nullable=False),
    sa.Column('taken_by_id', sa.Integer(), nullable=True),
    sa.Column('reference', sa.Boolean(), nullable=False),
    sa.Column('superseded_by_id', sa.Integer(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('start', sa.Date(), nullable=False),
    sa.Column('time', sa.JSON(), nullable=False),
    sa.Column('costs', sa.JSON(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('removed_at', infra.database.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_baseline_project_id_project'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['superseded_by_id'], ['baseline.id'], name=op.f('fk_baseline_superseded_by_id_baseline'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['taken_by_id'], ['person.id'], name=op.f('fk_baseline_taken_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_baseline')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('baseline', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_baseline_project_id'), ['project_id'], unique=False)

    op.create_table('baseline_task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('baseline_id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('phase_id', sa.Integer(), nullable=True),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('wbs', sa.String(length=60), nullable=False),
    sa.Column('type', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('is_go_live', sa.Boolean(), nullable=False),
    sa.Column('start', sa.DateTime(), nullable=False),
    sa.Column('finish', sa.DateTime(), nullable=False),
    sa.Column('stop', sa.DateTime(), nullable=True),
    sa.Column('resume', sa.DateTime(), nullable=True),
    sa.Column('duration_minutes', sa.Integer(), nullable=False),
    sa.Column('work_minutes', sa.Integer(), nullable=False),
    sa.Column('cost_cents', sa.BigInteger(), nullable=True),
    sa.Column('percent', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['baseline_id'], ['baseline.id'], name=op.f('fk_baseline_task_baseline_id_baseline'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_baseline_task')),
    sa.UniqueConstraint('baseline_id', 'task_id', name=op.f('uq_baseline_task_baseline_id_task_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('baseline_task', schema=None) as batch_op:
        batch_op.create_index('ix_baseline_task_task_id', ['task_id'], unique=False)

    op.create_table('value_day',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('at', infra.database.Instant(), nullable=False),
    sa.Column('baseline_id', sa.Integer(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('bac', sa.BigInteger(), nullable=False),
    sa.Column('pv', sa.BigInteger(), nullable=False),
    sa.Column('ev', sa.BigInteger(), nullable=False),
    sa.Column('ac', sa.BigInteger(), nullable=False),
    sa.Column('earned_weeks', sa.Double(), nullable=True),
    sa.Column('weeks', sa.Double(), nullable=False),
    sa.Column('milestones', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['baseline_id'], ['baseline.id'], name=op.f('fk_value_day_baseline_id_baseline'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_value_day_project_id_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_value_day')),
    sa.UniqueConstraint('project_id', 'day', name=op.f('uq_value_day_project_id_day')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('expense', schema=None) as batch_op:
        batch_op.add_column(sa.Column('task_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_expense_task_id'), ['task_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_expense_task_id_task'), 'task', ['task_id'], ['id'], ondelete='SET NULL')

    with op.batch_alter_table('fixed_cost', schema=None) as batch_op:
        batch_op.add_column(sa.Column('task_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_fixed_cost_task_id'), ['task_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_fixed_cost_task_id_task'), 'task', ['task_id'], ['id'], ondelete='SET NULL')


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('fixed_cost', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_fixed_cost_task_id_task'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_fixed_cost_task_id'))
        batch_op.drop_column('task_id')

    with op.batch_alter_table('expense', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_expense_task_id_task'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_expense_task_id'))
        batch_op.drop_column('task_id')

    op.drop_table('value_day')
    with op.batch_alter_table('baseline_task', schema=None) as batch_op:
        batch_op.drop_index('ix_baseline_task_task_id')

    op.drop_table('baseline_task')
    with op.batch_alter_table('baseline', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_baseline_project_id'))

    op.drop_table('baseline')
