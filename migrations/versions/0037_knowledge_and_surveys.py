"""knowledge and surveys

Articles that answer, and questions that are asked.

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database
import infra.sealed

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table('crm_article',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=160), nullable=False),
    sa.Column('summary', sa.String(length=300), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('category', sa.String(length=80), nullable=False),
    sa.Column('audience', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('ticket_id', sa.Integer(), nullable=True),
    sa.Column('created_at', infra.database.Instant(), nullable=False),
    sa.Column('changed_at', infra.database.Instant(), nullable=False),
    sa.Column('published_at', infra.database.Instant(), nullable=True),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['ticket_id'], ['crm_ticket.id'], name=op.f('fk_crm_article_ticket_id_crm_ticket'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_article')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_article', schema=None) as batch_op:
        batch_op.create_index('ix_crm_article_state_audience', ['state', 'audience'], unique=False)

    op.create_table('crm_survey',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('topic', sa.String(length=40), nullable=False),
    sa.Column('intro', sa.Text(), nullable=False),
    sa.Column('thanks', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('audience', sa.String(length=10), nullable=False),
    sa.Column('teams', sa.JSON(), nullable=False),
    sa.Column('among', sa.JSON(), nullable=False),
    sa.Column('anonymous', sa.Boolean(), nullable=False),
    sa.Column('minimum', sa.Integer(), nullable=False),
    sa.Column('by_mail', sa.Boolean(), nullable=False),
    sa.Column('remind_after', sa.Integer(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=True),
    sa.Column('opened_at', infra.database.Instant(), nullable=True),
    sa.Column('closed_at', infra.database.Instant(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('created_at', infra.database.Instant(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_survey')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_survey', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crm_survey_topic'), ['topic'], unique=False)

    op.create_table('crm_article_day',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['crm_article.id'], name=op.f('fk_crm_article_day_article_id_crm_article'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_article_day')),
    sa.UniqueConstraint('article_id', 'day', name=op.f('uq_crm_article_day_article_id_day')),
    sqlite_autoincrement=True
    )
    op.create_table('crm_article_ticket',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', infra.database.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['crm_article.id'], name=op.f('fk_crm_article_ticket_article_id_crm_article'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket_id'], ['crm_ticket.id'], name=op.f('fk_crm_article_ticket_ticket_id_crm_ticket'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_article_ticket')),
    sa.UniqueConstraint('article_id', 'ticket_id', name=op.f('uq_crm_article_ticket_article_id_ticket_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_article_ticket', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crm_article_ticket_ticket_id'), ['ticket_id'], unique=False)

    op.create_table('crm_article_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=160), nullable=False),
    sa.Column('summary', sa.String(length=300), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', infra.database.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['crm_article.id'], name=op.f('fk_crm_article_version_article_id_crm_article'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_article_version')),
    sa.UniqueConstraint('article_id', 'number', name=op.f('uq_crm_article_version_article_id_number')),
    sqlite_autoincrement=True
    )
    op.create_table('crm_article_word',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('word', sa.String(length=40), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['crm_article.id'], name=op.f('fk_crm_article_word_article_id_crm_article'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_article_word')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_article_word', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crm_article_word_article_id'), ['article_id'], unique=False)
        batch_op.create_index('ix_crm_article_word_word', ['word', 'article_id', 'weight'], unique=False)

    op.create_table('crm_survey_question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('survey_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('needed', sa.Boolean(), nullable=False),
    sa.Column('choices', sa.JSON(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('low', sa.String(length=60), nullable=False),
    sa.Column('high', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['survey_id'], ['crm_survey.id'], name=op.f('fk_crm_survey_question_survey_id_crm_survey'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_survey_question')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_survey_question', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crm_survey_question_survey_id'), ['survey_id'], unique=False)

    op.create_table('crm_survey_response',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('survey_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('at', infra.database.Instant(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('ticket_id', sa.Integer(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('team_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['survey_id'], ['crm_survey.id'], name=op.f('fk_crm_survey_response_survey_id_crm_survey'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['contact_id'], ['crm_contact.id'], name=op.f('fk_crm_survey_response_contact_id_crm_contact'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['ticket_id'], ['crm_ticket.id'], name=op.f('fk_crm_survey_response_ticket_id_crm_ticket'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_survey_response')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_survey_response', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crm_survey_response_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_crm_survey_response_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_crm_survey_response_survey_id_day', ['survey_id', 'day'], unique=False)
        batch_op.create_index(batch_op.f('ix_crm_survey_response_ticket_id'), ['ticket_id'], unique=False)

    op.create_table('crm_article_vote',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('helped', sa.Boolean(), nullable=False),
    sa.Column('lacking', sa.String(length=500), nullable=False),
    sa.Column('at', infra.database.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['crm_article.id'], name=op.f('fk_crm_article_vote_article_id_crm_article'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_crm_article_vote_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_article_vote')),
    sa.UniqueConstraint('article_id', 'person_id', name=op.f('uq_crm_article_vote_article_id_person_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_article_vote', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crm_article_vote_person_id'), ['person_id'], unique=False)

    op.create_table('crm_survey_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('response_id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('value', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['crm_survey_question.id'], name=op.f('fk_crm_survey_answer_question_id_crm_survey_question'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['response_id'], ['crm_survey_response.id'], name=op.f('fk_crm_survey_answer_response_id_crm_survey_response'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_survey_answer')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_survey_answer', schema=None) as batch_op:
        batch_op.create_index('ix_crm_survey_answer_question_id_value', ['question_id', 'value', 'response_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_crm_survey_answer_response_id'), ['response_id'], unique=False)

    op.create_table('crm_survey_invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('survey_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('ticket_id', sa.Integer(), nullable=True),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=250), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('token', infra.sealed.SealedText(), nullable=True),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('invited_at', infra.database.Instant(), nullable=False),
    sa.Column('reminded_at', infra.database.Instant(), nullable=True),
    sa.Column('answered', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['crm_contact.id'], name=op.f('fk_crm_survey_invitation_contact_id_crm_contact'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_crm_survey_invitation_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['survey_id'], ['crm_survey.id'], name=op.f('fk_crm_survey_invitation_survey_id_crm_survey'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket_id'], ['crm_ticket.id'], name=op.f('fk_crm_survey_invitation_ticket_id_crm_ticket'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_survey_invitation')),
    sa.UniqueConstraint('key', name=op.f('uq_crm_survey_invitation_key')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_crm_survey_invitation_token_hash')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_survey_invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crm_survey_invitation_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index('ix_crm_survey_invitation_person_id_answered', ['person_id', 'answered'], unique=False)
        batch_op.create_index(batch_op.f('ix_crm_survey_invitation_survey_id'), ['survey_id'], unique=False)
        batch_op.create_index('ix_crm_survey_invitation_ticket_id', ['ticket_id'], unique=False)



def downgrade() -> None:
    """Go backwards."""
    with op.batch_alter_table('crm_survey_invitation', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_survey_invitation_ticket_id')
        batch_op.drop_index(batch_op.f('ix_crm_survey_invitation_survey_id'))
        batch_op.drop_index('ix_crm_survey_invitation_person_id_answered')
        batch_op.drop_index(batch_op.f('ix_crm_survey_invitation_contact_id'))

    op.drop_table('crm_survey_invitation')
    with op.batch_alter_table('crm_survey_answer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_crm_survey_answer_response_id'))
        batch_op.drop_index('ix_crm_survey_answer_question_id_value')

    op.drop_table('crm_survey_answer')
    with op.batch_alter_table('crm_article_vote', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_crm_article_vote_person_id'))

    op.drop_table('crm_article_vote')
    with op.batch_alter_table('crm_survey_response', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_crm_survey_response_ticket_id'))
        batch_op.drop_index('ix_crm_survey_response_survey_id_day')
        batch_op.drop_index(batch_op.f('ix_crm_survey_response_person_id'))
        batch_op.drop_index(batch_op.f('ix_crm_survey_response_contact_id'))

    op.drop_table('crm_survey_response')
    with op.batch_alter_table('crm_survey_question', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_crm_survey_question_survey_id'))

    op.drop_table('crm_survey_question')
    with op.batch_alter_table('crm_article_word', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_article_word_word')
        batch_op.drop_index(batch_op.f('ix_crm_article_word_article_id'))

    op.drop_table('crm_article_word')
    op.drop_table('crm_article_version')
    with op.batch_alter_table('crm_article_ticket', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_crm_article_ticket_ticket_id'))

    op.drop_table('crm_article_ticket')
    op.drop_table('crm_article_day')
    with op.batch_alter_table('crm_survey', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_crm_survey_topic'))

    op.drop_table('crm_survey')
    with op.batch_alter_table('crm_article', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_article_state_audience')

    op.drop_table('crm_article')
