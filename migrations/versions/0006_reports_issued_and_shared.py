"""reports issued and shared

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table('knock',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('begins', infra.database.Instant(), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knock')),
    sa.UniqueConstraint('key', 'begins', name=op.f('uq_knock_key_begins')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('knock', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_knock_begins'), ['begins'], unique=False)

    op.create_table('issued_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('issued_at', infra.database.Instant(), nullable=False),
    sa.Column('issued_by_id', sa.Integer(), nullable=True),
    sa.Column('issued_by', sa.String(length=200), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('sentence', sa.Text(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('decisions', sa.JSON(), nullable=False),
    sa.Column('recipients', sa.JSON(), nullable=False),
    sa.Column('milestones', sa.JSON(), nullable=False),
    sa.Column('corrects_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('period', sa.String(length=10), nullable=True),
    sa.Column('request_key', sa.String(length=32), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('document', sa.LargeBinary(), nullable=False),
    sa.Column('page', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['corrects_id'], ['issued_report.id'], name=op.f('fk_issued_report_corrects_id_issued_report')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_issued_report_project_id_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issued_report')),
    sa.UniqueConstraint('code', name=op.f('uq_issued_report_code')),
    sa.UniqueConstraint('project_id', 'number', name=op.f('uq_issued_report_project_id_number')),
    sa.UniqueConstraint('project_id', 'period', name=op.f('uq_issued_report_project_id_period')),
    sa.UniqueConstraint('request_key', name=op.f('uq_issued_report_request_key')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('issued_report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_issued_report_digest'), ['digest'], unique=False)

    op.create_table('report_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('internal_note', sa.Text(), nullable=False),
    sa.Column('decisions', sa.JSON(), nullable=False),
    sa.Column('people', sa.JSON(), nullable=False),
    sa.Column('addresses', sa.JSON(), nullable=False),
    sa.Column('written_at', infra.database.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_report_draft_project_id_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_draft')),
    sa.UniqueConstraint('project_id', name=op.f('uq_report_draft_project_id')),
    sqlite_autoincrement=True
    )
    op.create_table('report_reminder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('period', sa.String(length=10), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_report_reminder_project_id_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_reminder')),
    sa.UniqueConstraint('project_id', 'period', 'kind', name=op.f('uq_report_reminder_project_id_period_kind')),
    sqlite_autoincrement=True
    )
    op.create_table('report_schedule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('at', sa.String(length=5), nullable=False),
    sa.Column('people', sa.JSON(), nullable=False),
    sa.Column('addresses', sa.JSON(), nullable=False),
    sa.Column('without_comment', sa.String(length=10), nullable=False),
    sa.Column('since', infra.database.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_report_schedule_project_id_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_schedule')),
    sa.UniqueConstraint('project_id', name=op.f('uq_report_schedule_project_id')),
    sqlite_autoincrement=True
    )
    op.create_table('report_edition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('withheld', sa.String(length=60), nullable=False),
    sa.Column('made_at', infra.database.Instant(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['issued_report.id'], name=op.f('fk_report_edition_report_id_issued_report'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_edition')),
    sa.UniqueConstraint('report_id', 'withheld', name=op.f('uq_report_edition_report_id_withheld')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('report_edition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_edition_digest'), ['digest'], unique=False)

    op.create_table('report_reading',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('first_at', infra.database.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_report_reading_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['report_id'], ['issued_report.id'], name=op.f('fk_report_reading_report_id_issued_report'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_reading')),
    sa.UniqueConstraint('report_id', 'person_id', name=op.f('uq_report_reading_report_id_person_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('report_reading', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_reading_person_id'), ['person_id'], unique=False)

    op.create_table('share_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('passphrase', sa.String(length=200), nullable=False),
    sa.Column('plan', sa.Boolean(), nullable=False),
    sa.Column('gantt', sa.Boolean(), nullable=False),
    sa.Column('reports', sa.Boolean(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=True),
    sa.Column('costs', sa.Boolean(), nullable=False),
    sa.Column('created_at', infra.database.Instant(), nullable=False),
    sa.Column('created_by', sa.String(length=200), nullable=False),
    sa.Column('expires_at', infra.database.Instant(), nullable=False),
    sa.Column('revoked_at', infra.database.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_share_link_project_id_project'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['report_id'], ['issued_report.id'], name=op.f('fk_share_link_report_id_issued_report'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_share_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_share_link_token_hash')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('share_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_share_link_project_id'), ['project_id'], unique=False)

    op.create_table('share_opening',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('link_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('last_at', infra.database.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['link_id'], ['share_link.id'], name=op.f('fk_share_opening_link_id_share_link'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_share_opening')),
    sa.UniqueConstraint('link_id', 'day', name=op.f('uq_share_opening_link_id_day')),
    sqlite_autoincrement=True
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('share_opening')
    with op.batch_alter_table('share_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_share_link_project_id'))

    op.drop_table('share_link')
    with op.batch_alter_table('report_reading', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_report_reading_person_id'))

    op.drop_table('report_reading')
    with op.batch_alter_table('report_edition', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_report_edition_digest'))

    op.drop_table('report_edition')
    op.drop_table('report_schedule')
    op.drop_table('report_reminder')
    op.drop_table('report_draft')
    with op.batch_alter_table('issued_report', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_issued_report_digest'))

    op.drop_table('issued_report')
    with op.batch_alter_table('knock', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_knock_begins'))

    op.drop_table('knock')
