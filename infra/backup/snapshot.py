"""All rows of a database at one moment, while others go on working, in a form that both databases can take back.

One reading transaction sees one state: on SQLite the write-ahead log keeps it apart from writers, on PostgreSQL
REPEATABLE READ does. The tables are read as they stand, not as the models want them, so that an older schema can be
backed up too.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    cast,
    func,
    inspect,
    select,
    text,
    type_coerce,
)
from sqlalchemy.engine import Connection, Engine

from infra.backup.rules import About
from infra.migrate import is_ours

VERSION = "alembic_version"
_BATCH = 1000
_PART = 4 * 1024 * 1024


class Snapshot:
    """A database at one moment."""

    def __init__(self, connection: Connection) -> None:
        """Look which tables there are."""
        self._connection = connection
        self.database = connection.dialect.name
        self.tables = tables_of(connection)
        self.schema = str(connection.scalar(text(f"SELECT version_num FROM {VERSION}")))  # noqa: S608  # a fixed name

    def columns(self) -> dict[str, list[str]]:
        """The columns of each table, in the order of its rows."""
        return {name: [column.name for column in table.columns] for name, table in self.tables.items()}

    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        return {name: self._count(table) for name, table in self.tables.items()}

    def about(self, counts: Mapping[str, int]) -> About:
        """What is in it, in three figures."""
        return About(counts.get("project", 0), counts.get("person", 0), self._newest_entry())

    def numbers(self) -> dict[str, int]:
        """The last number that each table gave out; removed rows' numbers are not given out again."""
        if self.database == "sqlite":
            given = self._connection.execute(text("SELECT name, seq FROM sqlite_sequence")).all()
            return {name: number for name, number in given if name in self.tables}
        sequences = text(
            "SELECT sequencename, COALESCE(last_value, 0) FROM pg_sequences WHERE schemaname = current_schema()"
        )
        last = {str(name): int(number) for name, number in self._connection.execute(sequences)}
        return {name: last[f"{name}_id_seq"] for name in self.tables if f"{name}_id_seq" in last}

    def parts(self, name: str) -> Iterator[tuple[bytes, int]]:
        """A table's rows by their number, as lines of JSON in parts of a few megabytes, each with its count."""
        lines: list[str] = []
        size = 0
        for row in self._rows(self.tables[name]):
            lines.append(_ENCODER.encode(tuple(row)))
            size += len(lines[-1])
            if size > _PART:
                yield "\n".join(lines).encode(), len(lines)
                lines, size = [], 0
        if lines:
            yield "\n".join(lines).encode(), len(lines)

    def head(self) -> str | None:
        """The newest hash of the sealed trail."""
        trail = self.tables.get("audit_entry")
        if trail is None:
            return None
        newest = select(trail.c.hash).where(trail.c.sequence.is_not(None)).order_by(trail.c.sequence.desc()).limit(1)
        return self._connection.scalar(newest)

    def digests(self) -> set[str]:
        """The contents of files that rows name."""
        files = self.tables.get("attachment")
        return set(self._connection.scalars(select(files.c.digest))) if files is not None else set()

    def _newest_entry(self) -> str | None:
        trail = self.tables.get("audit_entry")
        newest = None if trail is None else self._connection.scalar(select(func.max(trail.c.at)))
        return newest.isoformat(timespec="seconds") + "+00:00" if newest else None

    def _count(self, table: Table) -> int:
        return self._connection.scalar(select(func.count()).select_from(table)) or 0

    def _rows(self, table: Table) -> Iterator[Any]:
        wanted = select(*(self._readable(column) for column in table.columns)).order_by(*table.primary_key)
        return iter(self._connection.execution_options(yield_per=_BATCH).execute(wanted))

    def _readable(self, column: Column[Any]) -> Any:
        """JSON stays the text that it is."""
        if not isinstance(column.type, JSON):
            return column
        return type_coerce(column, Text) if self.database == "sqlite" else cast(column, Text)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Snapshot]:
    """Hold one moment of a database for reading; writers are not held up."""
    options = (
        {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield Snapshot(connection)


def tables_of(connection: Connection) -> dict[str, Table]:
    """Every table of ours as it stands, by name: its columns and its key. To ask for more took most of a backup."""
    seen, found = inspect(connection), MetaData()
    names = sorted(name for name in seen.get_table_names() if name != VERSION and is_ours(name, "table"))
    columns, keys = seen.get_multi_columns(filter_names=names), seen.get_multi_pk_constraint(filter_names=names)
    return {
        name: Table(
            name,
            found,
            *(Column(each["name"], each["type"]) for each in columns[None, name]),
            PrimaryKeyConstraint(*keys[None, name]["constrained_columns"]),
        )
        for name in names
    }


def _plain(value: object) -> str:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(value).decode()
    raise TypeError(f"A backup has no form for {type(value).__name__}.")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)
