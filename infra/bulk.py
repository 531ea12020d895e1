"""New rows in thousands: their numbers are taken first, so that row and trail can be written side by side.

Nothing here enters the trail; ``work.bulk_insert`` is the door that does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Column, Table, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault

from infra.database import Base

CHUNK = 2000
"""How many rows one statement inserts: enough for speed, few enough for memory."""
_LAST_ON_SQLITE = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
_TAKE_ON_POSTGRES = text(
    "SELECT nextval(pg_get_serial_sequence(:name, 'id')) AS number FROM generate_series(1, :count) ORDER BY number"
)


def take_numbers(connection: Connection, table: str, count: int) -> list[int]:
    """The numbers of rows that are about to be inserted, ascending; nobody else gets them.

    On SQLite the caller holds the only right to write.
    """
    if connection.dialect.name == "sqlite":
        last: int = connection.scalar(_LAST_ON_SQLITE, {"name": table}) or 0
        return list(range(last + 1, last + 1 + count))
    return sorted(connection.scalars(_TAKE_ON_POSTGRES, {"name": table, "count": count}))


def insert_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """Insert rows with all their columns; gives each as (number, values in the order of ``columns_of``)."""
    connection, names = session.connection(), columns_of(model)
    defaults, made = defaults_of(model), _made_for_each(model)
    numbers = take_numbers(connection, model.__tablename__, len(rows))
    statement = cast("Table", model.__table__).insert()
    for begin in range(0, len(rows), CHUNK):
        part = [
            {"id": number, **defaults, **{name: make(None) for name, make in made.items()}, **row}
            for number, row in zip(numbers[begin : begin + CHUNK], rows[begin : begin + CHUNK], strict=True)
        ]
        connection.execute(statement, part)
        for each in part:
            yield each["id"], tuple([each[name] for name in names])


@cache
def columns_of(model: type[Base]) -> tuple[str, ...]:
    """Every column of a table but the number, in the order of the model."""
    return tuple(each.key for each in inspect(model).column_attrs if each.key != "id")


@cache
def defaults_of(model: type[Base]) -> Mapping[str, Any]:
    """What each column holds that is left out: its default, else nothing."""
    return {name: _default(inspect(model).columns[name]) for name in columns_of(model)}


@cache
def _made_for_each(model: type[Base]) -> Mapping[str, Callable[[Any], Any]]:
    """Columns whose default is another for each row, with what makes it."""
    columns: Mapping[str, Column[Any]] = {name: inspect(model).columns[name] for name in columns_of(model)}
    return {
        name: column.default.arg
        for name, column in columns.items()
        if isinstance(column.default, CallableColumnDefault)
    }


def _default(column: Column[Any]) -> Any:
    return column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
