"""The database: one declarative base, the connection's manners on SQLite, and two column types.

Instants are stored in UTC and come back aware; plan dates are wall times of the project's zone and stay naive.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Dialect, MetaData, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from kernel.folding import folded

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC without zone in the database. A naive value is refused."""

    impl = DateTime(timezone=False)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Turn an aware moment into UTC; raise ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def bind_processor(self, dialect: Dialect) -> Any:
        """On SQLite the text that it keeps, by one call where SQLAlchemy takes three: a row may hold six instants."""
        return self._text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def _text(self, value: datetime | None) -> str | None:
        if value is None:
            return None
        if value.tzinfo is UTC:
            return value.isoformat(" ", "microseconds")[:-6]  # without its "+00:00"
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give the moment its zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Amount(TypeDecorator[Decimal]):
    """An amount of money with two places: a Decimal in Python, whole cents in the database, so that sums are exact."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _dialect: Dialect) -> int | None:
        """Turn an amount into cents."""
        return None if value is None else round(Decimal(value) * 100)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> Decimal | None:
        """Turn cents into an amount."""
        return None if value is None else Decimal(int(value)) / 100


class Base(DeclarativeBase):
    """Every table.

    ``audited`` False marks figures that are derived and can be rebuilt; ``secret`` names columns whose values never
    enter the audit trail; ``derived`` names those that follow from others and are no facts of their own, so that the
    trail leaves them out; ``bundles`` those that hold many values by their names, as JSON, each of which the trail
    tells by its own name; ``audit_label`` names the column that says in words which row it is.
    """

    metadata = MetaData(naming_convention=NAMES)
    audited: ClassVar[bool] = True
    secret: ClassVar[frozenset[str]] = frozenset()
    derived: ClassVar[frozenset[str]] = frozenset()
    bundles: ClassVar[frozenset[str]] = frozenset()
    audit_label: ClassVar[str] = "name"

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)


_ENCODE = json.JSONEncoder(separators=(",", ":")).encode
"""Made once, because the trail writes three texts of JSON an entry."""


class Json(str):
    """A value of a JSON column whose text somebody has made already."""

    __slots__ = ()


def to_json(value: object) -> str:
    """A value of a JSON column as its text, without spaces."""
    if value.__class__ is Json:
        return str(value)  # a driver looks twice at what is no plain text
    return "{}" if value == {} else _ENCODE(value)


db = SQLAlchemy(model_class=Base, session_options={"autoflush": False, "expire_on_commit": False})


def insert_new(session: Session, model: type[Base], rows: Sequence[dict[str, Any]], unique: str) -> None:
    """Insert many rows by one statement; those whose ``unique`` value is taken are left out, even in a race."""
    if rows:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(insert(model).on_conflict_do_nothing(index_elements=[unique]), rows)


@event.listens_for(Table, "after_parent_attach")
def _never_use_a_number_twice(table: Table, _parent: object) -> None:
    """SQLite would give the number of a removed last row to the next one; the trail must name one row for good."""
    table.dialect_kwargs["sqlite_autoincrement"] = True


@event.listens_for(Engine, "connect")
def _set_manners(connection: Any, _record: object) -> None:
    """SQLite: durable, concurrent, with foreign keys; BEGIN is ours to send (see below). PostgreSQL: see below."""
    if not isinstance(connection, sqlite3.Connection):
        _plan_each(connection)
        return
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "busy_timeout=20000",
        "synchronous=FULL",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("folded", 1, folded, deterministic=True)


PLANNED_EACH = "plan_cache_mode = force_custom_plan"
"""How PostgreSQL plans what it is asked: for the values asked, each time."""


def _plan_each(connection: Any) -> None:
    """PostgreSQL compiles what it takes for expensive: of a dashboard's 6.2 s of figures that were 6.1 s.

    And it plans what it was asked five times without looking at the values: a search for a rare word then reads all.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
        cursor.execute(f"SET {PLANNED_EACH}")
    connection.commit()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """A writer takes its lock at once: a plain BEGIN that writes later fails when another wrote in between."""
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
