"""What a flush changed, as plain values: the raw material of the trail, of undo and of merges."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import Table, event, inspect
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction
from sqlalchemy.orm.attributes import QueryableAttribute

from infra.audit.rules import HIDDEN, Kind
from infra.bulk import columns_of
from infra.database import Base, db
from infra.sealed import SealedText

WORK = "launch90.work"
DOOR = "audited_door"


@dataclass(slots=True)
class Change:
    """What happened to one row in one transaction: per field the old and the new value, as JSON would hold them."""

    kind: Kind
    subject: str
    label: str
    scope: str
    fields: dict[str, list[Any]] = field(default_factory=dict)


class Changes:
    """The changes of one transaction, one a row: later flushes are folded into earlier ones."""

    def __init__(self) -> None:
        """Start with nothing changed."""
        self._rows: dict[tuple[type[Base], int], Change | tuple[Any, ...]] = {}

    def __iter__(self) -> Iterator[Change]:
        """Every change that is one: a row that was touched and put back is none."""
        return self._of(self._rows)

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return next(iter(self), None) is not None

    def __len__(self) -> int:
        """How many rows were touched."""
        return len(self._rows)

    def tables(self) -> set[str]:
        """The tables of whose rows any was touched."""
        return {model.__tablename__ for model, _number in self._rows}

    def of(self, tables: Container[str], fields: frozenset[str] | None = None) -> Iterator[Change]:
        """The changes of some tables; the others, which may be thousands, cost nothing.

        Where ``fields`` are named, others may be missing: of thousands of new rows only these are written out.
        """
        return self._of((key for key in self._rows if key[0].__tablename__ in tables), fields)

    def _of(self, keys: Iterable[tuple[type[Base], int]], fields: frozenset[str] | None = None) -> Iterator[Change]:
        for key in tuple(keys):
            kept = self._rows.get(key)
            if kept is None:
                continue
            change = kept if isinstance(kept, Change) else _inserted(*key, kept, fields)
            if change.kind is not Kind.CHANGED or change.fields:
                yield change

    def inserted(self, model: type[Base], number: int, values: tuple[Any, ...]) -> None:
        """A new row among thousands, in the order of ``columns_of``: written out when somebody asks, and not kept so.

        A change as the others hold it takes ten times the memory.
        """
        self._rows[model, number] = values

    def added(self, row: Base) -> None:
        """A new row, with all its values."""
        fields = {name: [None, value] for name, value in values_of(row).items() if value is not None}
        self._rows[type(row), row.id] = _change(Kind.ADDED, row, fields)

    def changed(self, row: Base, fields: Mapping[str, list[Any]]) -> None:
        """New values of an existing row; the first old value and the last new one count."""
        change = self._before(row) or _change(Kind.CHANGED, row, {})
        self._rows[type(row), row.id] = change
        for name, (old, new) in fields.items():
            first = change.fields.get(name, [old])[0]
            change.fields[name] = [first, new]
            if change.kind is Kind.CHANGED and first == new and new != HIDDEN:
                del change.fields[name]

    def removed(self, row: Base) -> None:
        """A row that is gone, with all that it held; one that was added just now leaves no trace."""
        before = self._before(row)
        self._rows.pop((type(row), row.id), None)
        if before is not None and before.kind is Kind.ADDED:
            return
        held = values_of(row) | {name: old for name, (old, _new) in (before.fields if before else {}).items()}
        fields = {name: [value, None] for name, value in held.items() if value is not None}
        self._rows[type(row), row.id] = _change(Kind.REMOVED, row, fields)

    def _before(self, row: Base) -> Change | None:
        kept = self._rows.get((type(row), row.id))
        return kept if kept is None or isinstance(kept, Change) else _inserted(type(row), row.id, kept)


def values_of(row: Base) -> dict[str, Any]:
    """All columns of a row as plain values, secrets hidden."""
    model, found = type(row), {}
    for name in columns_of(model):
        if name in model.derived:
            continue
        value = getattr(row, name)
        found.update(_unbundled(model, name, value) if name in model.bundles else {name: plain(model, name, value)})
    return found


def _unbundled(model: type[Base], name: str, value: Any) -> dict[str, Any]:
    """The values that lie in one column, each by its own name."""
    parts: dict[str, Any] = (json.loads(value) if isinstance(value, str) else value) or {}
    return dict.fromkeys(parts, HIDDEN) if name in secrets_of(model) else parts


def _told(model: type[Base], name: str, old: Any, new: Any) -> dict[str, list[Any]]:
    """How the trail tells of a column's old and new value: by its name, or by the names of what lies in it."""
    if name not in model.bundles:
        return {name: [plain(model, name, old), plain(model, name, new)]}
    was, now = (json.loads(each) if isinstance(each, str) else each or {} for each in (old, new))
    shown = _unbundled(model, name, was), _unbundled(model, name, now)
    return {key: [each.get(key) for each in shown] for key in {**was, **now} if was.get(key) != now.get(key)}


def plain(model: type[Base], name: str, value: Any) -> Any:
    """A value as JSON holds it; a secret is hidden."""
    if value is None:
        return None
    return HIDDEN if name in secrets_of(model) else _plainly(value)


def _plainly(value: Any) -> Any:
    if value.__class__ is datetime:  # most of what is not plain, and asked a million times
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):  # 1.50 and 1.5 are one amount, however it was typed
        return f"{value.normalize():f}"
    return str(value) if isinstance(value, bytes) else value


@cache
def secrets_of(model: type[Base]) -> frozenset[str]:
    """The columns whose values never enter the trail: those that the model names, and all that are sealed."""
    columns = inspect(model).column_attrs
    return model.secret | {each.key for each in columns if isinstance(each.columns[0].type, SealedText)}


def record_bulk(changes: Changes, row: Base, values: Mapping[str, Any]) -> None:
    """Enter what a bulk statement is about to do to a row that was read before."""
    model = type(row)
    fields: dict[str, list[Any]] = {}
    for name, value in values.items():
        if getattr(row, name) != value:
            fields |= _told(model, name, getattr(row, name), value)
    changes.changed(row, fields)


def _change(kind: Kind, row: Base, fields: dict[str, list[Any]]) -> Change:
    label = getattr(row, type(row).audit_label, None)
    return Change(kind, f"{type(row).__tablename__}:{row.id}", str(label or "")[:300], scope_of(row), fields)


_PLAIN = frozenset({str, int, bool, float})
"""What JSON holds as it is."""


def _inserted(model: type[Base], number: int, values: tuple[Any, ...], wanted: frozenset[str] | None = None) -> Change:
    fields = {
        name: [None, HIDDEN if hidden else value if value.__class__ in _PLAIN else _plainly(value)]
        for place, name, hidden in _places(model, wanted)
        if (value := values[place]) is not None
    }
    for name in model.bundles:
        fields.pop(name, None)
        held = _place(model, name)
        parts = _unbundled(model, name, values[held]) if held is not None else {}
        fields |= {key: [None, value] for key, value in parts.items() if wanted is None or key in wanted}
    called, project = _place(model, model.audit_label), _place(model, "project_id")
    label = values[called] if called is not None else ""
    scope = _scope(getattr(model, "audit_scope", None), values[project] if project is not None else None)
    return Change(Kind.ADDED, f"{model.__tablename__}:{number}", str(label or "")[:300], scope, fields)


@cache
def _places(model: type[Base], wanted: frozenset[str] | None) -> tuple[tuple[int, str, bool], ...]:
    """Where each column stands in a row's values, its name, and whether it is hidden."""
    secrets = secrets_of(model)
    return tuple(
        (place, name, name in secrets)
        for place, name in enumerate(columns_of(model))
        if name not in model.derived and (wanted is None or name in wanted)
    )


@cache
def _place(model: type[Base], name: str) -> int | None:
    columns = columns_of(model)
    return columns.index(name) if name in columns else None


def scope_of(row: Base) -> str:
    """The scope that a row belongs to, so that a project's history can be read by the project."""
    return _scope(getattr(row, "audit_scope", None), getattr(row, "project_id", None))


def _scope(named: object, project_id: object) -> str:
    if isinstance(named, str):
        return named
    return f"project:{project_id}" if isinstance(project_id, int) else ""


def _history(row: Base) -> dict[str, list[Any]]:
    model, fields = type(row), dict[str, list[Any]]()
    state = inspect(row)
    for column in inspect(model).column_attrs:
        history = state.attrs[column.key].history
        if history.has_changes() and column.key not in model.derived:
            old = history.deleted[0] if history.deleted else None
            new = history.added[0] if history.added else None
            fields |= _told(model, column.key, old, new)
    return fields


@event.listens_for(Base, "attribute_instrument", propagate=True)
def _remember_old_values(_model: type[Base], _key: str, attribute: QueryableAttribute[Any]) -> None:
    """An expired column has no old value unless it is loaded before it is overwritten."""
    if hasattr(attribute.property, "columns"):
        event.listen(attribute, "set", _loaded_first, active_history=True)


def _loaded_first(_row: Base, _value: object, _old: object, _initiator: object) -> None:
    """Listening is what makes SQLAlchemy keep the old value."""


@event.listens_for(db.session, "after_flush")
def _collect(session: Session, context: UOWTransaction) -> None:
    """Turn what was flushed into changes; refuse a write that nobody signs."""
    gone = _deleted_by(context)
    new, deleted = _in_order(session.new), _in_order(gone)
    dirty = _in_order({*session.dirty, *gone})  # of what was changed and then deleted, the trail keeps what it was
    work = session.info.get(WORK)
    if work is None:
        if new or deleted or any(_history(row) for row in dirty):
            raise RuntimeError("A write needs an author: open a transaction(actor, action).")
        return
    for row in new:
        work.changes.added(row)
    for row in dirty:
        if fields := _history(row):
            work.changes.changed(row, fields)
    for row in deleted:
        work.changes.removed(row)


def _deleted_by(flush: UOWTransaction) -> set[Base]:
    """The rows that a flush deletes: ``session.deleted``, and those that a list with delete-orphan let go.

    The latter the session does not name; the flush itself does.
    """
    rows = (state.obj() for state, (gone, only_listed) in flush.states.items() if gone and not only_listed)
    return {row for row in rows if row is not None}


def _in_order(rows: Iterable[Base]) -> list[Base]:
    """The audited ones by table and number: the session keeps sets, and the trail wants one order."""
    return sorted((row for row in rows if type(row).audited), key=lambda row: (type(row).__tablename__, row.id))


@event.listens_for(db.session, "do_orm_execute")
def _guard_bulk(state: ORMExecuteState) -> None:
    """A bulk statement on an audited table goes through the audited door or not at all."""
    if not (state.is_update or state.is_delete or state.is_insert):
        return
    table = getattr(state.statement, "table", None)
    model = _model_of(table) if isinstance(table, Table) else None
    if model is None or not model.audited or state.execution_options.get(DOOR):
        return
    raise RuntimeError(f"Bulk writes to {table} go through work.bulk_insert, bulk_update or bulk_delete.")


@cache
def _model_of(table: Table) -> type[Base] | None:
    """The model of a table, which stays its model: looked for once. A statement holds a copy that equals the table."""
    return {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}.get(table)
