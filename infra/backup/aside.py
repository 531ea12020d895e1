"""A database beside the one in use: where a backup comes back to be looked at, and from where it takes its place.

On SQLite a file, on PostgreSQL a schema. Taking the place is one transaction on both: whoever pulls the plug finds the
old state or the new one.
"""

from __future__ import annotations

import base64
import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, cast

from sqlalchemy import JSON, Date, DateTime, LargeBinary, NullPool, Numeric, Table, Text, Time, create_engine, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.types import Float

from infra import migrate
from infra.backup.rules import Header, damaged
from infra.backup.snapshot import tables_of
from kernel.errors import Conflict

APPLICATION = "launch90"
"""The name by which our processes are known to PostgreSQL."""
_BATCH = 2000


class Aside(Protocol):
    """A database beside the one in use."""

    engine: Engine

    def take_place(self) -> None:
        """Replace the database in use, at once and whole. Raises Conflict while somebody works on it."""
        ...

    def drop(self) -> None:
        """Remove it, if it did not take its place."""
        ...


@contextlib.contextmanager
def aside(live: Engine, folder: Path, name: str) -> Iterator[Aside]:
    """An empty database beside the one in use; gone at the end."""
    made: Aside = FileAside(live, folder / f"{name}.db") if live.dialect.name == "sqlite" else SchemaAside(live, name)
    try:
        yield made
    finally:
        made.drop()


class FileAside:
    """A file."""

    def __init__(self, live: Engine, path: Path) -> None:
        """Begin with an empty one."""
        self._live, self._path = live, path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._remove()
        self.engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)

    def take_place(self) -> None:
        """Copy all pages into the file in use, in one transaction of SQLite."""
        self.engine.dispose()
        with contextlib.closing(sqlite3.connect(self._path)) as source, only_user(self._live) as target:
            source.execute("PRAGMA journal_mode=DELETE")
            source.backup(target)

    def drop(self) -> None:
        """Remove the file and its companions."""
        self.engine.dispose()
        self._remove()

    def _remove(self) -> None:
        for ending in ("", "-wal", "-shm", "-journal"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)


class SchemaAside:
    """A schema of the same database."""

    def __init__(self, live: Engine, name: str) -> None:
        """Begin with an empty one."""
        self._live, self._name = live, name
        self._change(f'DROP SCHEMA IF EXISTS "{name}" CASCADE', f'CREATE SCHEMA "{name}"')
        connect = {"options": f"-csearch_path={name}", "application_name": f"{APPLICATION} aside"}
        self.engine = create_engine(live.url, poolclass=NullPool, connect_args=connect)

    def take_place(self) -> None:
        """Drop the tables in use and move these into their schema, in one transaction."""
        refuse_company(self._live)
        with self._live.begin() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '10s'"))
            place = connection.scalar(text("SELECT current_schema()"))
            for table in _tables_in(connection, str(place)):
                connection.exec_driver_sql(f'DROP TABLE "{table}" CASCADE')
            for table in _tables_in(connection, self._name):
                connection.exec_driver_sql(f'ALTER TABLE "{self._name}"."{table}" SET SCHEMA "{place}"')

    def drop(self) -> None:
        """Remove the schema with what is in it."""
        self.engine.dispose()
        self._change(f'DROP SCHEMA IF EXISTS "{self._name}" CASCADE')

    def _change(self, *statements: str) -> None:
        with self._live.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


def refuse_company(live: Engine) -> None:
    """Raise Conflict while another process works on the database."""
    if live.dialect.name == "sqlite":
        with only_user(live):
            return
    live.dispose()
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name = :name AND pid <> pg_backend_pid()"
    )
    with live.connect() as connection:
        if connection.scalar(others, {"name": APPLICATION}):
            raise _in_use()


@contextlib.contextmanager
def only_user(live: Engine) -> Iterator[sqlite3.Connection]:
    """A connection to an SQLite file that nobody else has open: leaving the write-ahead log needs just that."""
    live.dispose()
    with contextlib.closing(sqlite3.connect(str(live.url.database), timeout=0.5, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise _in_use() from error
            raise
        try:
            yield connection
        finally:
            connection.execute("PRAGMA journal_mode=WAL")


def _in_use() -> Conflict:
    return Conflict(
        "backup.in_use",
        "A server, a scheduler or another command works on this database. Stop them first; nothing was changed.",
    )


class Loader:
    """Fills an empty database with the rows of a backup, at the schema that the backup has."""

    def __init__(self, engine: Engine, migrations: Path, header: Header) -> None:
        """Build the tables, and take away for a while what would object to rows in any order."""
        migrate.upgrade(engine, migrations, header.schema)
        self._columns, self._stack = header.tables, contextlib.ExitStack()
        connection = self._stack.enter_context(engine.connect())
        self._stack.enter_context(migrate.foreign_keys_off(connection))
        self._transaction = connection.begin()
        self._connection, self._tables = connection, tables_of(connection)
        self._references = _drop_references(connection)
        for table in self._tables.values():
            connection.execute(table.delete())

    def add(self, name: str, lines: bytes) -> int:
        """Add a part of a table's rows; how many."""
        table, columns = self._tables.get(name), self._columns.get(name)
        if table is None or columns is None or set(columns) - set(table.columns.keys()):
            raise damaged(f"its table {name} does not fit its schema")
        rows = [json.loads(line) for line in lines.split(b"\n")]
        if self._connection.dialect.name == "postgresql":
            _copy(self._connection, table, columns, rows)
        else:
            _insert(self._connection, table, columns, rows)
        return len(rows)

    def finish(self, numbers: Mapping[str, int]) -> None:
        """Check every reference, go on counting where the backup stopped, and commit."""
        for statement in self._references:
            self._connection.exec_driver_sql(statement)
        migrate.check_references(self._connection)
        _go_on_counting(self._connection, {name: last for name, last in numbers.items() if name in self._tables})
        self._transaction.commit()
        self._stack.close()

    def give_up(self) -> None:
        """Leave after an error."""
        self._transaction.rollback()
        self._stack.close()


def _insert(connection: Connection, table: Table, columns: Sequence[str], rows: list[list[Any]]) -> None:
    for column in table.columns:
        if isinstance(column.type, JSON):
            column.type = Text()  # the text goes in as it came out
    readers = [_reader(table.columns[name].type) for name in columns]
    for first in range(0, len(rows), _BATCH):
        batch = rows[first : first + _BATCH]
        connection.execute(
            table.insert(),
            [
                {
                    name: value if value is None else read(value)
                    for name, read, value in zip(columns, readers, row, strict=True)
                }
                for row in batch
            ],
        )


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: list[list[Any]]) -> None:
    """PostgreSQL's own way in: it reads texts as days, moments and figures by itself."""
    binary = [isinstance(table.columns[name].type, LargeBinary) for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    cursor = cast("Any", connection.connection.driver_connection).cursor()
    with cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(
                [base64.b64decode(value) if raw and value else value for value, raw in zip(row, binary, strict=True)]
            )


def _reader(kind: Any) -> Any:
    """How a value of this type comes back from JSON."""
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    if isinstance(kind, Numeric) and not isinstance(kind, Float):
        return Decimal
    for type_, read in ((DateTime, datetime), (Date, date), (Time, time)):
        if isinstance(kind, type_):
            return read.fromisoformat
    return _same


def _same(value: object) -> object:
    return value


def _drop_references(connection: Connection) -> list[str]:
    """Take foreign keys away on PostgreSQL; gives the statements that put them back and check every row."""
    if connection.dialect.name != "postgresql":
        return []
    found = connection.execute(
        text(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
        )
    ).all()
    for table, name, _definition in found:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    return [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for table, name, definition in found]


def _go_on_counting(connection: Connection, numbers: Mapping[str, int]) -> None:
    if connection.dialect.name == "sqlite":
        for name, last in numbers.items():
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
            connection.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :last)"), {"name": name, "last": last})
        return
    for name, last in numbers.items():
        if last:
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"), {"name": name, "last": last}
            )


def _tables_in(connection: Connection, schema: str) -> list[str]:
    found = text("SELECT tablename FROM pg_tables WHERE schemaname = :schema ORDER BY tablename")
    return list(connection.scalars(found, {"schema": schema}))
