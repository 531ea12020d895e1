"""a plan that planners trust

What a schedule needs beside durations and links, who works on a task with how much, and what other programs said.

Revision ID: 0044
Revises: 0043
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0044'
down_revision = '0043'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table('task_assignment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('units', sa.Double(), nullable=False),
    sa.Column('work_minutes', sa.Integer(), nullable=True),
    sa.Column('done_minutes', sa.Integer(), nullable=False),
    sa.Column('delay_minutes', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=40), nullable=True),
    sa.Column('kept', sa.JSON(none_as_null=True), nullable=True),
    sa.CheckConstraint('(role_id IS NULL) <> (person_id IS NULL)', name=op.f('ck_task_assignment_of_one')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_task_assignment_person_id_person')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_task_assignment_project_id_project'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['project_role.id'], name=op.f('fk_task_assignment_role_id_project_role'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_task_assignment_task_id_task'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_assignment')),
    sa.UniqueConstraint('task_id', 'role_id', 'person_id', name=op.f('uq_task_assignment_task_id_role_id_person_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('task_assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_task_assignment_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_assignment_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_assignment_role_id'), ['role_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_assignment_task_id'), ['task_id'], unique=False)

    with op.batch_alter_table('dependency', schema=None) as batch_op:
        batch_op.add_column(sa.Column('lag_unit', sa.String(length=16), nullable=False, server_default="working"))
        batch_op.add_column(sa.Column('lag_percent', sa.Double(), nullable=True))

    with op.batch_alter_table('project', schema=None) as batch_op:
        batch_op.add_column(sa.Column('start_minute', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('status_minute', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('finish_by', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('critical_threshold_minutes', sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column('branch_of_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('kept', sa.JSON(none_as_null=True), nullable=True))
        batch_op.create_index(batch_op.f('ix_project_branch_of_id'), ['branch_of_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_project_branch_of_id_project'), 'project', ['branch_of_id'], ['id'], ondelete='CASCADE')

    with op.batch_alter_table('project_role', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=8), nullable=False, server_default="work"))
        batch_op.add_column(sa.Column('max_units', sa.Double(), nullable=False, server_default="100"))
        batch_op.add_column(sa.Column('calendar_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('uid', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('kept', sa.JSON(none_as_null=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_project_role_calendar_id_work_calendar'), 'work_calendar', ['calendar_id'], ['id'])

    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.add_column(sa.Column('deadline_minute', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('active', sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column('manual_start', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('manual_finish', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('calendar_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('ignores_people', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('elapsed', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('fixed', sa.String(length=8), nullable=False, server_default="duration"))
        batch_op.add_column(sa.Column('effort_driven', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('priority', sa.Integer(), nullable=False, server_default="500"))
        batch_op.add_column(sa.Column('delay_minutes', sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column('done_minutes', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('stop', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('resume', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('kept', sa.JSON(none_as_null=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_task_calendar_id_work_calendar'), 'work_calendar', ['calendar_id'], ['id'])

    with op.batch_alter_table('task_dates', schema=None) as batch_op:
        batch_op.add_column(sa.Column('stop', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('resume', sa.DateTime(), nullable=True))



def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('task_dates', schema=None) as batch_op:
        batch_op.drop_column('resume')
        batch_op.drop_column('stop')

    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_task_calendar_id_work_calendar'), type_='foreignkey')
        batch_op.drop_column('kept')
        batch_op.drop_column('resume')
        batch_op.drop_column('stop')
        batch_op.drop_column('done_minutes')
        batch_op.drop_column('delay_minutes')
        batch_op.drop_column('priority')
        batch_op.drop_column('effort_driven')
        batch_op.drop_column('fixed')
        batch_op.drop_column('elapsed')
        batch_op.drop_column('ignores_people')
        batch_op.drop_column('calendar_id')
        batch_op.drop_column('manual_finish')
        batch_op.drop_column('manual_start')
        batch_op.drop_column('active')
        batch_op.drop_column('deadline_minute')

    with op.batch_alter_table('project_role', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_project_role_calendar_id_work_calendar'), type_='foreignkey')
        batch_op.drop_column('kept')
        batch_op.drop_column('uid')
        batch_op.drop_column('calendar_id')
        batch_op.drop_column('max_units')
        batch_op.drop_column('kind')

    with op.batch_alter_table('project', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_project_branch_of_id_project'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_project_branch_of_id'))
        batch_op.drop_column('kept')
        batch_op.drop_column('branch_of_id')
        batch_op.drop_column('critical_threshold_minutes')
        batch_op.drop_column('finish_by')
        batch_op.drop_column('status_minute')
        batch_op.drop_column('start_minute')

    with op.batch_alter_table('dependency', schema=None) as batch_op:
        batch_op.drop_column('lag_percent')
        batch_op.drop_column('lag_unit')

    with op.batch_alter_table('task_assignment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_task_assignment_task_id'))
        batch_op.drop_index(batch_op.f('ix_task_assignment_role_id'))
        batch_op.drop_index(batch_op.f('ix_task_assignment_project_id'))
        batch_op.drop_index(batch_op.f('ix_task_assignment_person_id'))

    op.drop_table('task_assignment')
