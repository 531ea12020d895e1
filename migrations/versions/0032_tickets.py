"""tickets

Tickets and the queues that they wait in.

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

SOUGHT = ("name", "requester_name", "requester_email", "description", "resolution")
QUEUES = (
    ("customers", "Customers", "What customers ask for, whichever way it comes in.", "customers", 1),
    ("help-desk", "Help desk of the roll-out", "What colleagues need help with in the CRM.", "roll-out", 2),
)


def upgrade() -> None:
    """Go forwards."""
    op.create_table('crm_priority',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('severity', sa.String(length=12), nullable=False),
    sa.Column('impact', sa.String(length=12), nullable=False),
    sa.Column('priority', sa.String(length=12), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_priority')),
    sa.UniqueConstraint('severity', 'impact', name=op.f('uq_crm_priority_severity_impact')),
    sqlite_autoincrement=True
    )
    op.create_table('crm_queue',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=True),
    sa.Column('audience', sa.String(length=12), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_crm_queue_team_id_team')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_queue')),
    sa.UniqueConstraint('key', name=op.f('uq_crm_queue_key')),
    sqlite_autoincrement=True
    )
    op.create_table('crm_ticket',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('queue_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('severity', sa.String(length=12), nullable=False),
    sa.Column('impact', sa.String(length=12), nullable=False),
    sa.Column('priority', sa.String(length=12), nullable=False),
    sa.Column('category', sa.String(length=20), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('requester_id', sa.Integer(), nullable=True),
    sa.Column('requester_name', sa.String(length=200), nullable=False),
    sa.Column('requester_email', sa.String(length=254), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('workaround', sa.Text(), nullable=False),
    sa.Column('root_cause', sa.Text(), nullable=False),
    sa.Column('resolution', sa.Text(), nullable=False),
    sa.Column('lessons', sa.Text(), nullable=False),
    sa.Column('problem_id', sa.Integer(), nullable=True),
    sa.Column('one_touch_excluded', sa.Boolean(), nullable=False),
    sa.Column('reported_page', sa.String(length=200), nullable=False),
    sa.Column('browser', sa.String(length=200), nullable=False),
    sa.Column('first_response_at', infra.database.Instant(), nullable=True),
    sa.Column('respond_by', infra.database.Instant(), nullable=True),
    sa.Column('resolve_by', infra.database.Instant(), nullable=True),
    sa.Column('resolved_at', infra.database.Instant(), nullable=True),
    sa.Column('verified_at', infra.database.Instant(), nullable=True),
    sa.Column('closed_at', infra.database.Instant(), nullable=True),
    sa.Column('reopened', sa.Integer(), nullable=False),
    sa.Column('touches', sa.Integer(), nullable=False),
    sa.Column('satisfaction', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=250), nullable=False),
    sa.Column('origin', sa.String(length=12), nullable=False),
    sa.Column('created_at', infra.database.Instant(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('changed_at', infra.database.Instant(), nullable=False),
    sa.Column('deleted_at', infra.database.Instant(), nullable=True),
    sa.Column('deleted_by', sa.Integer(), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('team_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['crm_account.id'], name=op.f('fk_crm_ticket_account_id_crm_account')),
    sa.ForeignKeyConstraint(['contact_id'], ['crm_contact.id'], name=op.f('fk_crm_ticket_contact_id_crm_contact')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_crm_ticket_owner_id_person')),
    sa.ForeignKeyConstraint(['problem_id'], ['crm_ticket.id'], name=op.f('fk_crm_ticket_problem_id_crm_ticket')),
    sa.ForeignKeyConstraint(['queue_id'], ['crm_queue.id'], name=op.f('fk_crm_ticket_queue_id_crm_queue')),
    sa.ForeignKeyConstraint(['requester_id'], ['person.id'], name=op.f('fk_crm_ticket_requester_id_person')),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_crm_ticket_team_id_team')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_ticket')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('crm_ticket', schema=None) as batch_op:
        batch_op.create_index('ix_crm_ticket_account_id_created_at', ['account_id', 'created_at'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index('ix_crm_ticket_contact_id_created_at', ['contact_id', 'created_at'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index('ix_crm_ticket_created_at', ['created_at'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index('ix_crm_ticket_deleted_at', ['deleted_at'], unique=False, sqlite_where=sa.text('deleted_at IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NOT NULL'))
        batch_op.create_index('ix_crm_ticket_name', ['name'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index('ix_crm_ticket_owner_id_resolve_by', ['owner_id', 'resolve_by'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index('ix_crm_ticket_problem_id', ['problem_id'], unique=False)
        batch_op.create_index('ix_crm_ticket_queue_id_state', ['queue_id', 'state'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index('ix_crm_ticket_requester_email', ['requester_email'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index('ix_crm_ticket_requester_id_created_at', ['requester_id', 'created_at'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index('ix_crm_ticket_resolved_at', ['resolved_at'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index('ix_crm_ticket_respond_by', ['respond_by'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index('ix_crm_ticket_state_resolve_by', ['state', 'resolve_by'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index('ix_crm_ticket_team_id_resolve_by', ['team_id', 'resolve_by'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    texts = map(sa.column, ("key", "name", "description", "audience", "address", "position"))
    op.bulk_insert(
        sa.table("crm_queue", *texts, sa.column("active", sa.Boolean)),
        [
            {"key": key, "name": name, "description": said, "audience": whose, "address": "", "position": at, "active": True}
            for key, name, said, whose, at in QUEUES
        ],
    )
    if op.get_bind().dialect.name == "sqlite":
        _build_on_sqlite()
    else:
        _build_on_postgresql()


def downgrade() -> None:
    """Go backwards."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("in", "out", "on"):
            op.execute(f"DROP TRIGGER IF EXISTS crm_ticket_sought_{name}")
        op.execute("DROP TABLE IF EXISTS crm_ticket_sought")
    op.drop_table('crm_ticket')
    op.drop_table('crm_queue')
    op.drop_table('crm_priority')


def _build_on_sqlite() -> None:
    names = ", ".join(f'"{key}"' for key in SOUGHT)
    old, new = (", ".join(f'folded({row}."{key}")' for key in SOUGHT) for row in ("old", "new"))
    put = f"INSERT INTO crm_ticket_sought (rowid, {names}) VALUES (new.id, {new});"  # noqa: S608  # names of ours
    take = f"INSERT INTO crm_ticket_sought (crm_ticket_sought, rowid, {names}) VALUES ('delete', old.id, {old});"  # noqa: S608  # names of ours
    run = op.get_bind().exec_driver_sql
    run(f"CREATE VIRTUAL TABLE crm_ticket_sought USING fts5({names}, content='', tokenize='trigram')")
    run(f"CREATE TRIGGER crm_ticket_sought_in AFTER INSERT ON crm_ticket BEGIN {put} END")
    run(f"CREATE TRIGGER crm_ticket_sought_out AFTER DELETE ON crm_ticket BEGIN {take} END")
    run(f"CREATE TRIGGER crm_ticket_sought_on AFTER UPDATE OF {names} ON crm_ticket BEGIN {take} {put} END")


def _build_on_postgresql() -> None:
    """Trigrams where the other objects have them; without the extension the beginnings of names."""
    bind = op.get_bind()
    place = bind.scalar(
        sa.text(
            "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
            "WHERE e.extname = 'pg_trgm'"
        )
    )
    if place:
        columns = ", ".join(f'({_folded(key)}) "{place}".gin_trgm_ops' for key in SOUGHT)
        bind.exec_driver_sql(f"CREATE INDEX crm_ticket_sought ON crm_ticket USING gin ({columns})")
    else:
        bind.exec_driver_sql(f"CREATE INDEX crm_ticket_sought ON crm_ticket (({_folded('name')}) text_pattern_ops)")


def _folded(key: str) -> str:
    return (
        rf"replace(lower(regexp_replace(normalize({key}, NFKD), '[\u0300-\u036f]', '', 'g')), 'ß', 'ss')"
    )
