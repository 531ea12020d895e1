"""From an entry of the trail back to rows: models by table, typed values, the order in which rows hang together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from typing import Any

from sqlalchemy import Date, DateTime, Enum, LargeBinary, Numeric, Time, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator, TypeEngine

from infra.audit.capture import secrets_of, values_of
from infra.audit.models import AuditEntry
from infra.audit.rules import HIDDEN
from infra.database import Amount, Base, Instant
from kernel.errors import RuleBroken

Key = tuple[str, int]


def model_of(table: str) -> type[Base] | None:
    """The model of an audited table, or None when there is no such table any more."""
    for mapper in Base.registry.mappers:
        if mapper.class_.__tablename__ == table:
            found: type[Base] = mapper.class_
            return found if found.audited else None
    return None


def key_of(entry: AuditEntry) -> Key:
    """The table and the number that an entry speaks of."""
    table, _, number = entry.subject.partition(":")
    return table, int(number)


def typed(model: type[Base], name: str, value: Any) -> Any:
    """A value of the trail as its column wants it. Raises RuleBroken for what the trail doesn't hold."""
    if value is None:
        return None
    kind = inspect(model).column_attrs[name].columns[0].type
    if (value == HIDDEN and name in secrets_of(model)) or isinstance(kind, LargeBinary):
        raise RuleBroken("undo.secret", "This can't be undone: it changed a secret, and secrets are not kept.")
    return _parsed(kind, value)


_ISO = ((Instant, datetime), (DateTime, datetime), (Date, date), (Time, time))


def put(row: Base, name: str, value: Any) -> None:
    """Write a value of the trail into a row, by the name of a column or of what lies in one that holds many.

    Raises RuleBroken for what the trail doesn't hold.
    """
    model = type(row)
    if name in inspect(model).column_attrs:
        setattr(row, name, typed(model, name, value))
        return
    column = _open_bundle(model)
    if column is None or (value == HIDDEN and keeps_secret(row, name)):
        raise RuleBroken("undo.secret", "This can't be undone: it changed a secret, and secrets are not kept.")
    parts = {**(getattr(row, column) or {}), name: value}
    setattr(row, column, {key: each for key, each in parts.items() if each is not None} or None)


def keeps_secret(row: Base, name: str) -> bool:
    """Whether the trail hides what a row holds under a name; somebody may have typed the very word it hides with."""
    model = type(row)
    if name in inspect(model).column_attrs:
        return name in secrets_of(model)
    column = _open_bundle(model)
    return column is None or name not in (getattr(row, column) or {})


def _open_bundle(model: type[Base]) -> str | None:
    """The column in which other values lie in the open."""
    return next((each for each in model.bundles if each not in secrets_of(model)), None)


def _parsed(kind: TypeEngine[Any], value: Any) -> Any:
    iso = next((parser for stored, parser in _ISO if isinstance(kind, stored)), None)
    if iso is not None:
        return iso.fromisoformat(value)
    if isinstance(kind, Amount):
        return Decimal(value)
    if isinstance(kind, TypeDecorator):
        return _parsed(kind.impl_instance, value)
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    if isinstance(kind, Numeric) and kind.asdecimal:
        return Decimal(str(value))
    return value


def restored(model: type[Base], number: int, entry: AuditEntry) -> Base:
    """A removed row as it was, with its old number. What the entry doesn't name was empty."""
    row = model(id=number)
    columns = {each.key for each in inspect(model).column_attrs} - {"id"}
    for name in columns - model.bundles:
        put(row, name, entry.changes.get(name, [None])[0])
    for name in entry.changes.keys() - columns if model.bundles else ():
        put(row, name, entry.changes[name][0])
    return row


def in_order(entries: Sequence[AuditEntry], side: int) -> list[list[AuditEntry]]:
    """Entries in generations: each row after the rows that it points to. ``side``: 0 for old values, 1 for new ones."""
    by_key = {key_of(entry): entry for entry in entries}
    graph = {key: set(_points_to(by_key[key], side)) & by_key.keys() - {key} for key in by_key}
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError:
        return [list(entries)]
    generations = []
    while sorter.is_active():
        ready = sorter.get_ready()
        generations.append([by_key[key] for key in ready])
        sorter.done(*ready)
    return generations


def _points_to(entry: AuditEntry, side: int) -> Iterator[Key]:
    model = model_of(key_of(entry)[0])
    for column in inspect(model).column_attrs if model else ():
        number = entry.changes.get(column.key, [None, None])[side]
        for foreign in column.columns[0].foreign_keys if isinstance(number, int) else ():
            yield foreign.column.table.name, number


def dependants(session: Session, row: Base, leaving: Iterable[Key]) -> Iterator[Base]:
    """Audited rows that point to a row and are not leaving with it: a cascade would take them unseen."""
    gone = set(leaving)
    table = inspect(type(row)).local_table
    for mapper in Base.registry.mappers:
        if not mapper.class_.audited:
            continue
        for column in mapper.local_table.columns:
            if any(foreign.column.table is table for foreign in column.foreign_keys):
                for other in session.scalars(select(mapper.class_).where(column == row.id)):
                    if (other.__tablename__, other.id) not in gone:
                        yield other


def current_values(row: Base) -> dict[str, Any]:
    """What a row holds now, as the trail would write it."""
    return values_of(row)
