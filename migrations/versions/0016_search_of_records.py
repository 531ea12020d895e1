"""search of records

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SOUGHT = {
    "crm_lead": ("name", "company", "email", "phone", "title", "product_interest", "next_step", "description"),
    "crm_account": ("name", "email", "phone", "website", "city", "description"),
    "crm_contact": ("name", "title", "email", "phone", "department", "description"),
    "crm_opportunity": ("name", "product_line", "next_step", "description"),
    "crm_activity": ("name", "outcome", "description"),
    "crm_campaign": ("name", "audience", "description"),
    "crm_product": ("name", "code", "line", "description"),
}
INDEXES = {
    "crm_lead": (("owner_id", "name"), ("team_id", "name")),
    "crm_account": (("created_at",),),
    "crm_opportunity": (("closes_on",), ("amount",), ("owner_id", "name"), ("team_id", "name")),
    "crm_activity": (("due_at",), ("team_id", "due_at"), ("created_at",)),
}
"""What lists are put in order by, among the records that are not in the recycle bin."""
LIVE = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    """Go forwards."""
    for table, wanted in INDEXES.items():
        for columns in wanted:
            name = f"ix_{table}_{'_'.join(columns)}"
            op.create_index(name, table, list(columns), sqlite_where=LIVE, postgresql_where=LIVE)
    if op.get_bind().dialect.name == "sqlite":
        for table, keys in SOUGHT.items():
            _build_on_sqlite(table, keys)
    else:
        _build_on_postgresql()


def downgrade() -> None:
    """Go backwards."""
    for table in SOUGHT:
        if op.get_bind().dialect.name == "sqlite":
            for name in ("in", "out", "on"):
                op.execute(f"DROP TRIGGER IF EXISTS {table}_sought_{name}")
            op.execute(f"DROP TABLE IF EXISTS {table}_sought")
        else:
            op.execute(f"DROP INDEX IF EXISTS {table}_sought")
    for table, wanted in INDEXES.items():
        for columns in wanted:
            op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)


def _on_sqlite(key: str, row: str) -> str:
    column = f'{row}."{key}"'
    if key != "phone":
        return f"folded({column})"
    for sign in " ()./-":
        column = f"replace({column}, '{sign}', '')"
    return column


def _build_on_sqlite(table: str, keys: tuple[str, ...]) -> None:
    index, names = f"{table}_sought", ", ".join(f'"{key}"' for key in keys)
    old, new, now = (", ".join(_on_sqlite(key, row) for key in keys) for row in ("old", "new", table))
    put = f"INSERT INTO {index} (rowid, {names}) VALUES (new.id, {new});"  # noqa: S608  # names of ours
    take = f"INSERT INTO {index} ({index}, rowid, {names}) VALUES ('delete', old.id, {old});"  # noqa: S608  # names of ours
    run = op.get_bind().exec_driver_sql
    run(f"CREATE VIRTUAL TABLE {index} USING fts5({names}, content='', tokenize='trigram')")
    run(f"INSERT INTO {index} (rowid, {names}) SELECT id, {now} FROM {table}")  # noqa: S608  # names of ours
    run(f"CREATE TRIGGER {index}_in AFTER INSERT ON {table} BEGIN {put} END")
    run(f"CREATE TRIGGER {index}_out AFTER DELETE ON {table} BEGIN {take} END")
    run(f"CREATE TRIGGER {index}_on AFTER UPDATE OF {names} ON {table} BEGIN {take} {put} END")


def _folded(key: str) -> str:
    if key == "phone":
        return f"regexp_replace({key}, '[ ()./-]', '', 'g')"
    return (
        rf"replace(lower(regexp_replace(normalize({key}, NFKD), '[\u0300-\u036f]', '', 'g')), 'ß', 'ss')"
    )


def _build_on_postgresql() -> None:
    """Trigrams where the extension can be had; without it the beginnings of names."""
    bind = op.get_bind()
    try:
        with bind.begin_nested():
            bind.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public")
    except sa.exc.DBAPIError:
        place = None
    else:
        place = bind.scalar(
            sa.text(
                "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
                "WHERE e.extname = 'pg_trgm'"
            )
        )
    for table, keys in SOUGHT.items():
        if place:
            columns = ", ".join(f'({_folded(key)}) "{place}".gin_trgm_ops' for key in keys)
            bind.exec_driver_sql(f"CREATE INDEX {table}_sought ON {table} USING gin ({columns})")
        else:
            bind.exec_driver_sql(f"CREATE INDEX {table}_sought ON {table} (({_folded('name')}) text_pattern_ops)")
