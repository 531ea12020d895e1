"""privacy

Consent, retention, and what a person may ask for.

Revision ID: 0038
Revises: 0037
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table('crm_consent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('object', sa.String(length=40), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('given', sa.Boolean(), nullable=False),
    sa.Column('at', infra.database.Instant(), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('wording', sa.Text(), nullable=False),
    sa.Column('proof', sa.String(length=500), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('author_name', sa.String(length=200), nullable=False),
    sa.Column('entered_at', infra.database.Instant(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_consent')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_consent', schema=None) as batch_op:
        batch_op.create_index('ix_crm_consent_object_record_id', ['object', 'record_id', 'at'], unique=False)

    op.create_table('crm_objection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('at', infra.database.Instant(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_objection')),
    sa.UniqueConstraint('address', name=op.f('uq_crm_objection_address')),
    sqlite_autoincrement=True
    )
    op.create_table('crm_purpose',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('description', sa.String(length=500), nullable=False),
    sa.Column('basis', sa.String(length=10), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_purpose')),
    sa.UniqueConstraint('key', name=op.f('uq_crm_purpose_key')),
    sqlite_autoincrement=True
    )
    op.create_table('crm_restriction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('object', sa.String(length=40), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('since', infra.database.Instant(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('lifted_at', infra.database.Instant(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_restriction')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_restriction', schema=None) as batch_op:
        batch_op.create_index('ix_crm_restriction_object_record_id', ['object', 'record_id'], unique=False)
    op.create_table('privacy_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.Column('received', sa.Date(), nullable=False),
    sa.Column('due', sa.Date(), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('identity', sa.Text(), nullable=False),
    sa.Column('extended', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('result', sa.String(length=300), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', infra.database.Instant(), nullable=False),
    sa.Column('closed_at', infra.database.Instant(), nullable=True),
    sa.Column('closed_by', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_privacy_request')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('privacy_request', schema=None) as batch_op:
        batch_op.create_index('ix_privacy_request_state_due', ['state', 'due'], unique=False)
        batch_op.create_index(batch_op.f('ix_privacy_request_subject'), ['subject'], unique=False)
    op.create_table('crm_retention_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('object', sa.String(length=40), nullable=False),
    sa.Column('field', sa.String(length=40), nullable=False),
    sa.Column('value', sa.String(length=60), nullable=False),
    sa.Column('basis', sa.String(length=12), nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('action', sa.String(length=10), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', infra.database.Instant(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_retention_rule')),
    sqlite_autoincrement=True
    )
    op.create_table('privacy_breach',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('found_at', infra.database.Instant(), nullable=False),
    sa.Column('risk', sa.String(length=10), nullable=False),
    sa.Column('affected', sa.Integer(), nullable=True),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('people', sa.Text(), nullable=False),
    sa.Column('data', sa.Text(), nullable=False),
    sa.Column('consequences', sa.Text(), nullable=False),
    sa.Column('measures', sa.Text(), nullable=False),
    sa.Column('authority_told_at', infra.database.Instant(), nullable=True),
    sa.Column('authority_reference', sa.String(length=200), nullable=False),
    sa.Column('why_late', sa.Text(), nullable=False),
    sa.Column('people_told_at', infra.database.Instant(), nullable=True),
    sa.Column('people_told_how', sa.String(length=200), nullable=False),
    sa.Column('entered_at', infra.database.Instant(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('closed_at', infra.database.Instant(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_privacy_breach')),
    sqlite_autoincrement=True
    )
    op.create_table('processing_activity',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('people', sa.Text(), nullable=False),
    sa.Column('data', sa.Text(), nullable=False),
    sa.Column('recipients', sa.Text(), nullable=False),
    sa.Column('kept', sa.Text(), nullable=False),
    sa.Column('safeguards', sa.Text(), nullable=False),
    sa.Column('reviewed', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_processing_activity')),
    sa.UniqueConstraint('name', name=op.f('uq_processing_activity_name')),
    sqlite_autoincrement=True
    )
    op.create_table('crm_retention_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('rule_id', sa.Integer(), nullable=False),
    sa.Column('at', infra.database.Instant(), nullable=False),
    sa.Column('found', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('held', sa.Integer(), nullable=False),
    sa.Column('by_name', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['rule_id'], ['crm_retention_rule.id'], name=op.f('fk_crm_retention_run_rule_id_crm_retention_rule'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_retention_run')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_retention_run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crm_retention_run_rule_id'), ['rule_id'], unique=False)


def downgrade() -> None:
    """Go backwards."""
    with op.batch_alter_table('crm_retention_run', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_crm_retention_run_rule_id'))

    op.drop_table('crm_retention_run')
    op.drop_table('processing_activity')
    op.drop_table('privacy_breach')
    op.drop_table('crm_retention_rule')
    with op.batch_alter_table('privacy_request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_privacy_request_subject'))
        batch_op.drop_index('ix_privacy_request_state_due')

    op.drop_table('privacy_request')
    with op.batch_alter_table('crm_restriction', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_restriction_object_record_id')

    op.drop_table('crm_restriction')
    op.drop_table('crm_purpose')
    op.drop_table('crm_objection')
    with op.batch_alter_table('crm_consent', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_consent_object_record_id')

    op.drop_table('crm_consent')
