"""editing

How often each plan changed, and with which of these changes a row did: what a page asks that others edit too.

Revision ID: 0050
Revises: 0049
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table('plan_revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('transaction_id', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_plan_revision_project_id_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_revision')),
    sa.UniqueConstraint('project_id', name=op.f('uq_plan_revision_project_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('task_dates', schema=None) as batch_op:
        batch_op.add_column(sa.Column('revision', sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Go backwards."""
    with op.batch_alter_table('task_dates', schema=None) as batch_op:
        batch_op.drop_column('revision')

    op.drop_table('plan_revision')
