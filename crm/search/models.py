"""The index for searching. The database itself keeps it in step with the records, whoever writes them.

SQLite: one FTS5 table of trigrams an object, without texts of its own, filled by triggers. PostgreSQL: one GIN index of
trigrams an object where the extension pg_trgm can be had, else one for the beginnings of names.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Connection

from crm.records.models import TABLES
from crm.search.rules import SOUGHT, is_number
from crm.values.models import FieldValue


def index_of(kind: str) -> str:
    """The name of an object's index."""
    return f"{TABLES[kind].__tablename__}_sought"


def _value(kind: str, key: str, row: str) -> str:
    column = f'{row}."{key}"'
    if not is_number(kind, key):
        return f"folded({column})"
    for sign in " ()./-":
        column = f"replace({column}, '{sign}', '')"
    return column


def triggers(kind: str) -> dict[str, str]:
    """The triggers of an object's table on SQLite by their names."""
    table, index, keys = TABLES[kind].__tablename__, index_of(kind), SOUGHT[kind]
    names = ", ".join(f'"{key}"' for key in keys)
    old, new = (", ".join(_value(kind, key, row) for key in keys) for row in ("old", "new"))
    put = f"INSERT INTO {index} (rowid, {names}) VALUES (new.id, {new});"  # noqa: S608  # names of ours
    take = f"INSERT INTO {index} ({index}, rowid, {names}) VALUES ('delete', old.id, {old});"  # noqa: S608  # names of ours
    return {
        f"{index}_in": f"CREATE TRIGGER {index}_in AFTER INSERT ON {table} BEGIN {put} END",
        f"{index}_out": f"CREATE TRIGGER {index}_out AFTER DELETE ON {table} BEGIN {take} END",
        f"{index}_on": f"CREATE TRIGGER {index}_on AFTER UPDATE OF {names} ON {table} BEGIN {take} {put} END",
    }


def build(connection: Connection, kind: str) -> None:
    """Make an object's index on SQLite anew, with all that its table holds."""
    table, index, keys = TABLES[kind].__tablename__, index_of(kind), SOUGHT[kind]
    for name in triggers(kind):
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
    connection.execute(text(f"DROP TABLE IF EXISTS {index}"))
    names = ", ".join(f'"{key}"' for key in keys)
    connection.execute(text(f"CREATE VIRTUAL TABLE {index} USING fts5({names}, content='', tokenize='trigram')"))
    values = ", ".join(_value(kind, key, table) for key in keys)
    connection.execute(text(f"INSERT INTO {index} (rowid, {names}) SELECT id, {values} FROM {table}"))  # noqa: S608  # names of ours
    for statement in triggers(kind).values():
        connection.exec_driver_sql(statement)


def _after_create(kind: str) -> Any:
    def make(_table: Any, connection: Connection, **_more: Any) -> None:
        if connection.dialect.name == "sqlite":
            build(connection, kind)

    return make


VALUES = "crm_field_value_sought"
"""The index over the words of one's own fields: each beside its field's number, between signs that nobody types."""


def mark_of(field_id: int) -> str:
    """How the index calls one of one's own fields."""
    return f"#{field_id}#"


def build_values(connection: Connection) -> None:
    """Make the index over one's own fields on SQLite anew. Their rows are added and removed, never changed."""
    table, held = FieldValue.__tablename__, "'#' || {0}.field_id || '#', {0}.words"
    connection.execute(text(f"DROP TABLE IF EXISTS {VALUES}"))
    connection.execute(text(f"CREATE VIRTUAL TABLE {VALUES} USING fts5(field, words, content='', tokenize='trigram')"))
    filled = (
        f"INSERT INTO {VALUES} (rowid, field, words) SELECT id, {held.format(table)} FROM {table} WHERE words <> ''"  # noqa: S608  # names of ours
    )
    connection.execute(text(filled))
    put = f"INSERT INTO {VALUES} (rowid, field, words) VALUES (new.id, {held.format('new')});"  # noqa: S608  # names of ours
    take = f"INSERT INTO {VALUES} ({VALUES}, rowid, field, words) VALUES ('delete', old.id, {held.format('old')});"  # noqa: S608  # names of ours
    for name, when, row, does in (("in", "INSERT", "new", put), ("out", "DELETE", "old", take)):
        connection.execute(text(f"DROP TRIGGER IF EXISTS {VALUES}_{name}"))
        connection.exec_driver_sql(
            f"CREATE TRIGGER {VALUES}_{name} AFTER {when} ON {table} WHEN {row}.words <> '' BEGIN {does} END"
        )


@event.listens_for(FieldValue.__table__, "after_create")
def _after_values(_table: Any, connection: Connection, **_more: Any) -> None:
    if connection.dialect.name == "sqlite":
        build_values(connection)


for _kind in SOUGHT:
    event.listen(TABLES[_kind].__table__, "after_create", _after_create(_kind))
