"""New rows in thousands: their numbers are taken first, so that row and trail can be written side by side.

Nothing here enters the trail; ``work.bulk_insert`` is the door that does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Dialect, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault

from infra.database import PLANNED_EACH, Base

CHUNK = 2000
"""How many rows are laid out at a time: enough for speed, few enough for memory."""
MOST_VALUES = 16_000
"""How many values one statement takes on SQLite, which allows 32,766."""
WORTH_A_COPY = 100
"""From so many rows on PostgreSQL gets them by COPY, which asks it twice."""
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
    defaults, made, laid_out = defaults_of(model), _made_for_each(model), _values_of(names)
    numbers = take_numbers(connection, model.__tablename__, len(rows))
    for begin in range(0, len(rows), CHUNK):
        part = [
            (number, laid_out({**defaults, **{name: make(None) for name, make in made.items()}, **row}))
            for number, row in zip(numbers[begin : begin + CHUNK], rows[begin : begin + CHUNK], strict=True)
        ]
        put(connection, model, ("id", *names), [(number, *values) for number, values in part])
        yield from part


def _values_of(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """What lays a row out; a table of one column is no exception, as it is for `itemgetter`."""
    return itemgetter(*names) if len(names) > 1 else lambda row: tuple(row[name] for name in names)


def put(connection: Connection, model: type[Base], names: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows below SQLAlchemy: values in the order of ``names``, as the ORM would hold them.

    Many rows a statement, because SQLite sets a savepoint for each statement that fires a trigger, and the index of
    texts writes its memory to disk at each savepoint. PostgreSQL takes thousands by COPY.
    """
    dialect = connection.dialect
    table, columns, processors = _laid_out(model, names, dialect)
    stored = _stored(rows, processors)
    if dialect.name == "postgresql" and len(stored) >= WORTH_A_COPY:
        _copy(connection, f"COPY {table} ({columns}) FROM STDIN", stored)
        return
    sign = "?" if dialect.name == "sqlite" else "%s"
    most, one = MOST_VALUES // len(names), f"({', '.join([sign] * len(names))})"
    for begin in range(0, len(stored), most):
        part = stored[begin : begin + most]
        statement = f"INSERT INTO {table} ({columns}) VALUES {', '.join([one] * len(part))}"  # noqa: S608  # names of ours
        connection.exec_driver_sql(statement, tuple(chain.from_iterable(part)))


def change(
    connection: Connection, model: type[Base], key: str, names: tuple[str, ...], rows: Sequence[Sequence[Any]]
) -> None:
    """Change rows below SQLAlchemy: values in the order of ``names``, and last that of ``key``, which says whose."""
    table, _columns, processors = _laid_out(model, (*names, key), connection.dialect)
    sign = "?" if connection.dialect.name == "sqlite" else "%s"
    quote, columns = connection.dialect.identifier_preparer.quote, inspect(model).columns
    *changes, which = (f"{quote(columns[name].name)} = {sign}" for name in (*names, key))
    statement = f"UPDATE {table} SET {', '.join(changes)} WHERE {which}"  # noqa: S608  # names of ours
    connection.exec_driver_sql(statement, _stored(rows, processors))


def put_ahead(
    connection: Connection, model: type[Base], names: tuple[str, ...], batches: Iterable[Sequence[Sequence[Any]]]
) -> None:
    """Insert batches of rows, each in a thread while the next one is made: a database needs no lock of Python's.

    Whoever makes the batches leaves the connection alone. One batch alone is inserted without a thread.
    """
    waiting: Future[None] | None = None
    last: Sequence[Sequence[Any]] = ()
    with ThreadPoolExecutor(1) as writer:
        for rows in batches:
            if last:
                _wait(waiting)
                waiting = writer.submit(put, connection, model, names, last)
            last = rows
        _wait(waiting)
    if last:
        put(connection, model, names, last)


def _wait(waiting: Future[None] | None) -> None:
    if waiting is not None:
        waiting.result()


def _copy(connection: Connection, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Send rows by COPY. What each of them points to is looked up by plans that are kept, not made anew a row."""
    cursor: Any = connection.connection.cursor()  # psycopg's own: COPY is no part of the common interface
    with cursor:
        cursor.execute("SET LOCAL plan_cache_mode = auto")
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"SET LOCAL {PLANNED_EACH}")


def _stored(rows: Sequence[Sequence[Any]], processors: Mapping[int, Callable[[Any], Any]]) -> list[Sequence[Any]]:
    """The values as the driver takes them; column by column, because most need no change."""
    columns = list(zip(*rows, strict=True))
    for place, process in processors.items():
        columns[place] = tuple([process(value) for value in columns[place]])
    return list(zip(*columns, strict=True))


@lru_cache(maxsize=256)  # not without end: a dialect belongs to one engine, and tests have many
def _laid_out(
    model: type[Base], names: tuple[str, ...], dialect: Dialect
) -> tuple[str, str, Mapping[int, Callable[[Any], Any]]]:
    """The quoted names of a table and its columns, and what turns a value of a place into what is stored."""
    quote, columns = dialect.identifier_preparer.quote, inspect(model).columns
    types = [columns[name].type.dialect_impl(dialect) for name in names]
    found = {place: each.bind_processor(dialect) for place, each in enumerate(types)}
    processors = {place: process for place, process in found.items() if process is not None}
    return quote(model.__tablename__), ", ".join(quote(columns[name].name) for name in names), processors


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
