"""fields that are searched, sorted by and carried over; activities about tickets; forms on websites

Revision ID: 0057
Revises: 0055
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0055"
branch_labels = None
depends_on = None

TICKETS = "ix_crm_activity_ticket_id_occurred_at"
SOUGHT = "crm_field_value_sought"
SHORT, LONG = ("text", "e-mail", "phone", "link"), ("long text", "address")
"""Kinds of fields whose words are searched: those that have a row already, and those that get one now."""


def upgrade() -> None:
    """Go forwards."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("crm_own_field") as batch:
        batch.add_column(sa.Column("carried", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("crm_web_form") as batch:
        batch.add_column(sa.Column("framed_by", sa.Text(), nullable=False, server_default=""))
    _add_tickets(sqlite=sqlite)
    op.add_column("crm_field_value", sa.Column("words", sa.Text(), nullable=True))
    _fill_words(sqlite=sqlite)
    if sqlite:
        _index_on_sqlite()
    else:
        _index_on_postgresql()


def downgrade() -> None:
    """Go backwards."""
    bind = op.get_bind()
    sqlite = bind.dialect.name == "sqlite"
    if sqlite:
        for name in ("in", "out"):
            op.execute(f"DROP TRIGGER IF EXISTS {SOUGHT}_{name}")
        op.execute(f"DROP TABLE IF EXISTS {SOUGHT}")
    else:
        op.execute(f"DROP INDEX IF EXISTS {SOUGHT}")
    op.execute("DELETE FROM crm_field_value WHERE text IS NULL AND number IS NULL")
    op.drop_column("crm_field_value", "words")
    op.drop_index(TICKETS, "crm_activity")
    triggers = _triggers(bind) if sqlite else {}
    if not sqlite:
        op.drop_constraint("fk_crm_activity_ticket_id_crm_ticket", "crm_activity", type_="foreignkey")
    with op.batch_alter_table("crm_activity") as batch:
        batch.drop_column("ticket_id")
    for name, made in triggers.items():
        if name not in _triggers(bind):
            bind.exec_driver_sql(made)
    with op.batch_alter_table("crm_web_form") as batch:
        batch.drop_column("framed_by")
    with op.batch_alter_table("crm_own_field") as batch:
        batch.drop_column("carried")


def _triggers(bind: sa.Connection) -> dict[str, str]:
    """The triggers of activities on SQLite, which go with a table that is made anew."""
    asked = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'crm_activity'")
    return {row[0]: row[1] for row in bind.execute(asked)}


def _add_tickets(*, sqlite: bool) -> None:
    """SQLite: the column comes with its reference, so that a million rows are not copied and triggers stay."""
    if sqlite:
        op.execute(
            "ALTER TABLE crm_activity ADD COLUMN ticket_id INTEGER "
            "CONSTRAINT fk_crm_activity_ticket_id_crm_ticket REFERENCES crm_ticket (id)"
        )
    else:
        op.add_column("crm_activity", sa.Column("ticket_id", sa.Integer(), nullable=True))
        op.create_foreign_key(
            "fk_crm_activity_ticket_id_crm_ticket", "crm_activity", "crm_ticket", ["ticket_id"], ["id"]
        )
    few = sa.text("deleted_at IS NULL AND ticket_id IS NOT NULL")
    op.create_index(TICKETS, "crm_activity", ["ticket_id", "occurred_at"], sqlite_where=few, postgresql_where=few)


def _fill_words(*, sqlite: bool) -> None:
    bind = op.get_bind()
    fields = bind.execute(
        sa.text("SELECT id, object, key, kind FROM crm_own_field WHERE kind <> '' AND mark <> 'sensitive'")
    ).all()
    for each in fields:
        plain = _folded("text", sqlite=sqlite, phone=each.kind == "phone")
        if each.kind in SHORT:
            bind.execute(
                sa.text(f"UPDATE crm_field_value SET words = {plain} WHERE field_id = :field AND text IS NOT NULL"),  # noqa: S608  # names of ours
                {"field": each.id},
            )
        if each.kind in LONG:
            path = f"json_extract(more, '$.{each.key}')" if sqlite else f"more ->> '{each.key}'"
            held = _folded(path, sqlite=sqlite, phone=False)
            bind.execute(
                sa.text(
                    f"INSERT INTO crm_field_value (field_id, record_id, words) SELECT :field, id, {held} "  # noqa: S608  # names of ours
                    f"FROM crm_{each.object} WHERE deleted_at IS NULL AND more IS NOT NULL AND {path} IS NOT NULL"
                ),
                {"field": each.id},
            )


def _folded(column: str, *, sqlite: bool, phone: bool) -> str:
    if phone:
        for sign in " ()./-":
            column = f"replace({column}, '{sign}', '')"
        return column
    if sqlite:
        return f"folded({column})"
    return rf"replace(lower(regexp_replace(normalize({column}, NFKD), '[\u0300-\u036f]', '', 'g')), 'ß', 'ss')"


def _index_on_sqlite() -> None:
    run = op.get_bind().exec_driver_sql
    held = "'#' || {0}.field_id || '#', {0}.words"
    table = "crm_field_value"
    run(f"CREATE VIRTUAL TABLE {SOUGHT} USING fts5(field, words, content='', tokenize='trigram')")
    run(
        f"INSERT INTO {SOUGHT} (rowid, field, words) SELECT id, {held.format(table)} FROM {table} WHERE words <> ''"  # noqa: S608  # names of ours
    )
    put = f"INSERT INTO {SOUGHT} (rowid, field, words) VALUES (new.id, {held.format('new')});"  # noqa: S608  # names of ours
    take = f"INSERT INTO {SOUGHT} ({SOUGHT}, rowid, field, words) VALUES ('delete', old.id, {held.format('old')});"  # noqa: S608  # names of ours
    for name, when, row, does in (("in", "INSERT", "new", put), ("out", "DELETE", "old", take)):
        run(
            f"CREATE TRIGGER {SOUGHT}_{name} AFTER {when} ON {table} WHEN {row}.words <> '' BEGIN {does} END"
        )


def _index_on_postgresql() -> None:
    """Trigrams where the extension is there; without it words within values are not looked for."""
    bind = op.get_bind()
    place = bind.scalar(
        sa.text(
            "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
            "WHERE e.extname = 'pg_trgm'"
        )
    )
    if place:
        bind.exec_driver_sql(f'CREATE INDEX {SOUGHT} ON crm_field_value USING gin (words "{place}".gin_trgm_ops)')
