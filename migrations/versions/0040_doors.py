"""doors

Mail, forms and webhooks.

Revision ID: 0040
Revises: 0038
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table('crm_web_form',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('intro', sa.Text(), nullable=False),
    sa.Column('thanks', sa.Text(), nullable=False),
    sa.Column('next_page', sa.String(length=500), nullable=False),
    sa.Column('asked', sa.JSON(), nullable=False),
    sa.Column('fixed', sa.JSON(), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('wording', sa.Text(), nullable=False),
    sa.Column('consent_needed', sa.Boolean(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_crm_web_form_owner_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_web_form')),
    sa.UniqueConstraint('token', name=op.f('uq_crm_web_form_token')),
    sqlite_autoincrement=True
    )
    op.create_table('crm_form_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('form_id', sa.Integer(), nullable=False),
    sa.Column('at', infra.database.Instant(), nullable=False),
    sa.Column('came', sa.String(length=10), nullable=False),
    sa.Column('why', sa.String(length=200), nullable=False),
    sa.Column('email', sa.String(length=64), nullable=False),
    sa.Column('lead_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['form_id'], ['crm_web_form.id'], name=op.f('fk_crm_form_entry_form_id_crm_web_form'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_form_entry')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_form_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crm_form_entry_at'), ['at'], unique=False)
        batch_op.create_index('ix_crm_form_entry_form_id_at', ['form_id', 'at'], unique=False)
        batch_op.create_index('ix_crm_form_entry_form_id_email', ['form_id', 'email', 'at'], unique=False)



def downgrade() -> None:
    """Go backwards."""
    with op.batch_alter_table('crm_form_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_form_entry_form_id_email')
        batch_op.drop_index('ix_crm_form_entry_form_id_at')
        batch_op.drop_index(batch_op.f('ix_crm_form_entry_at'))

    op.drop_table('crm_form_entry')
    op.drop_table('crm_web_form')
