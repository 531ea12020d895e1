"""The keys of what is sealed: which rows still need an old one, and sealing them again with the newest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Column, MetaData, Row, Text, select, type_coerce, update

from infra.audit.capture import DOOR
from infra.database import Base, db
from infra.sealed import SealedText, box
from infra.transaction import transaction
from kernel.actor import Actor

BATCH = 500
"""How many rows are sealed again in one transaction: others write in between."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one sealed column stands: values under the newest key, under an older one, and under none that we have."""

    column: str
    newest: int = 0
    older: int = 0
    lost: int = 0


def sealed_columns(metadata: MetaData = Base.metadata) -> list[Column[str]]:
    """Every sealed column there is, found by its type, in the order of the tables."""
    tables = metadata.sorted_tables
    return [column for table in tables for column in table.columns if isinstance(column.type, SealedText)]


def standing(keys: tuple[str, ...], metadata: MetaData = Base.metadata) -> list[Standing]:
    """How every sealed column stands, by reading each value once."""
    return [_standing_of(column, keys) for column in sealed_columns(metadata)]


def rotate(keys: tuple[str, ...], *, actor: Actor, metadata: MetaData = Base.metadata) -> int:
    """Seal with the newest key whatever lies under an older one; returns how many values.

    Broken off, it goes on where it stopped: what is under the newest key already is passed over. Values under a key
    that is missing stay as they are; ``standing`` counts them.
    """
    return sum(_rotate(column, keys, actor) for column in sealed_columns(metadata))


def _rotate(column: Column[str], keys: tuple[str, ...], actor: Actor) -> int:
    done, last = 0, 0
    while rows := _rows(column, last):
        last = rows[-1].id
        old = [row for row in rows if _which(row.sealed, keys) == "older"]
        if old:
            done += _seal_again(column, old, keys, actor)
    return done


def _seal_again(column: Column[str], old: list[Row[tuple[int, str]]], keys: tuple[str, ...], actor: Actor) -> int:
    """Replace the values of one batch, but for those that somebody changed in the meantime."""
    plain, table = type_coerce(column, Text), column.table
    with transaction(actor, "keys.rotated") as work:
        for row in old:
            fresh = box(keys).rotate(row.sealed.encode()).decode("ascii")
            statement = update(table).where(table.c.id == row.id, plain == row.sealed)
            work.session.execute(statement.values({column: type_coerce(fresh, Text)}), execution_options={DOOR: True})
        work.note("keys.rotated", label=_name(column), values=len(old))
    return len(old)


def _standing_of(column: Column[str], keys: tuple[str, ...]) -> Standing:
    found = {"newest": 0, "older": 0, "lost": 0}
    for row in _all_rows(column):
        found[_which(row.sealed, keys)] += 1
    return Standing(_name(column), **found)


def _all_rows(column: Column[str]) -> Iterator[Row[tuple[int, str]]]:
    last = 0
    while rows := _rows(column, last):
        yield from rows
        last = rows[-1].id


def _rows(column: Column[str], after: int) -> list[Row[tuple[int, str]]]:
    """The next sealed values as they lie, by number."""
    plain, number = type_coerce(column, Text), column.table.c.id
    statement = select(number, plain.label("sealed")).where(plain.is_not(None), number > after)
    found = list(db.session.execute(statement.order_by(number).limit(BATCH)))
    db.session.rollback()
    return found


def _which(sealed: str, keys: tuple[str, ...]) -> str:
    """Which kind of key a value lies under."""
    for key in keys:
        try:
            Fernet(key).decrypt(sealed.encode())
        except InvalidToken:
            continue
        return "newest" if key == keys[0] else "older"
    return "lost"


def _name(column: Column[str]) -> str:
    return f"{column.table.name}.{column.name}"
