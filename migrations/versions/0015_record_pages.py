"""record pages: notes, tags, what was seen and starred, the recycle bin

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database
import infra.sealed

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table('crm_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('object', sa.String(length=40), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('sealed', infra.sealed.SealedText(), nullable=True),
    sa.Column('confidential', sa.Boolean(), nullable=False),
    sa.Column('pinned', sa.Boolean(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('author_name', sa.String(length=200), nullable=False),
    sa.Column('created_at', infra.database.Instant(), nullable=False),
    sa.Column('edited_at', infra.database.Instant(), nullable=True),
    sa.Column('deleted_at', infra.database.Instant(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_note')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crm_note_author_id'), ['author_id'], unique=False)
        batch_op.create_index('ix_crm_note_object_record_id_created_at', ['object', 'record_id', 'created_at'], unique=False)

    op.create_table('crm_tag',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('colour', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_tag')),
    sa.UniqueConstraint('key', name=op.f('uq_crm_tag_key')),
    sqlite_autoincrement=True
    )
    op.create_table('crm_tagging',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('tag_id', sa.Integer(), nullable=False),
    sa.Column('object', sa.String(length=40), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['tag_id'], ['crm_tag.id'], name=op.f('fk_crm_tagging_tag_id_crm_tag'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_tagging')),
    sa.UniqueConstraint('tag_id', 'object', 'record_id', name=op.f('uq_crm_tagging_tag_id_object_record_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_tagging', schema=None) as batch_op:
        batch_op.create_index('ix_crm_tagging_object_record_id', ['object', 'record_id'], unique=False)

    op.create_table('crm_seen',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('object', sa.String(length=40), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('at', infra.database.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_crm_seen_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_seen')),
    sa.UniqueConstraint('person_id', 'object', 'record_id', name=op.f('uq_crm_seen_person_id_object_record_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_seen', schema=None) as batch_op:
        batch_op.create_index('ix_crm_seen_person_id_at', ['person_id', 'at'], unique=False)

    op.create_table('crm_star',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('object', sa.String(length=40), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('at', infra.database.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_crm_star_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_star')),
    sa.UniqueConstraint('person_id', 'object', 'record_id', name=op.f('uq_crm_star_person_id_object_record_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_account', schema=None) as batch_op:
        batch_op.create_index('ix_crm_account_deleted_at', ['deleted_at'], unique=False, sqlite_where=sa.text('deleted_at IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NOT NULL'))

    with op.batch_alter_table('crm_activity', schema=None) as batch_op:
        batch_op.create_index('ix_crm_activity_campaign_id_occurred_at', ['campaign_id', 'occurred_at'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index('ix_crm_activity_deleted_at', ['deleted_at'], unique=False, sqlite_where=sa.text('deleted_at IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NOT NULL'))

    with op.batch_alter_table('crm_campaign', schema=None) as batch_op:
        batch_op.create_index('ix_crm_campaign_deleted_at', ['deleted_at'], unique=False, sqlite_where=sa.text('deleted_at IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NOT NULL'))

    with op.batch_alter_table('crm_contact', schema=None) as batch_op:
        batch_op.create_index('ix_crm_contact_deleted_at', ['deleted_at'], unique=False, sqlite_where=sa.text('deleted_at IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NOT NULL'))

    with op.batch_alter_table('crm_lead', schema=None) as batch_op:
        batch_op.create_index('ix_crm_lead_deleted_at', ['deleted_at'], unique=False, sqlite_where=sa.text('deleted_at IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NOT NULL'))

    with op.batch_alter_table('crm_opportunity', schema=None) as batch_op:
        batch_op.create_index('ix_crm_opportunity_deleted_at', ['deleted_at'], unique=False, sqlite_where=sa.text('deleted_at IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NOT NULL'))

    with op.batch_alter_table('crm_product', schema=None) as batch_op:
        batch_op.create_index('ix_crm_product_deleted_at', ['deleted_at'], unique=False, sqlite_where=sa.text('deleted_at IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NOT NULL'))



def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('crm_product', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_product_deleted_at', sqlite_where=sa.text('deleted_at IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NOT NULL'))

    with op.batch_alter_table('crm_opportunity', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_opportunity_deleted_at', sqlite_where=sa.text('deleted_at IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NOT NULL'))

    with op.batch_alter_table('crm_lead', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_lead_deleted_at', sqlite_where=sa.text('deleted_at IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NOT NULL'))

    with op.batch_alter_table('crm_contact', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_contact_deleted_at', sqlite_where=sa.text('deleted_at IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NOT NULL'))

    with op.batch_alter_table('crm_campaign', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_campaign_deleted_at', sqlite_where=sa.text('deleted_at IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NOT NULL'))

    with op.batch_alter_table('crm_activity', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_activity_deleted_at', sqlite_where=sa.text('deleted_at IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NOT NULL'))
        batch_op.drop_index('ix_crm_activity_campaign_id_occurred_at', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    with op.batch_alter_table('crm_account', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_account_deleted_at', sqlite_where=sa.text('deleted_at IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NOT NULL'))

    op.drop_table('crm_star')
    with op.batch_alter_table('crm_seen', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_seen_person_id_at')

    op.drop_table('crm_seen')
    with op.batch_alter_table('crm_tagging', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_tagging_object_record_id')

    op.drop_table('crm_tagging')
    op.drop_table('crm_tag')
    with op.batch_alter_table('crm_note', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_note_object_record_id_created_at')
        batch_op.drop_index(batch_op.f('ix_crm_note_author_id'))

    op.drop_table('crm_note')
