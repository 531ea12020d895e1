"""One transaction an action: one commit, one author, one name. An error rolls back without a trace.

    with transaction(actor, "risk.closed") as work:
        risk.status = Status.CLOSED
        work.emit(RiskClosed(risk.id))

A transaction within a transaction joins it: the outer name and author hold. The audit trail is derived from what was
flushed, so that nobody can forget it; a write without an author raises.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import delete as sql_delete
from sqlalchemy import func, inspect, select, update
from sqlalchemy.orm import Session

from infra.audit import capture, trail
from infra.bulk import insert_rows
from infra.database import Base, db
from infra.memo import forget, is_reading
from infra.wires import wires
from kernel.actor import Actor
from kernel.errors import Problem, Refused
from kernel.events import Event

log = structlog.get_logger()
_CURRENT = capture.WORK
READ_ONLY = "You are looking as %(name)s: nothing can be changed. Stop first."
"""What is told whoever tries to write while they look at the product as somebody else."""


@dataclass(frozen=True, slots=True)
class Changed(Event):
    """All that an action changed, told once, right before its trail is written: what follows belongs to the action.

    ``changes`` may be thousands, and each is made while it is looked at: ask for those of your tables, once.
    """

    changes: capture.Changes


class Work:
    """What an action may do besides changing rows: tell others, note facts, act after the commit."""

    def __init__(self, session: Session, actor: Actor, action: str, at: datetime) -> None:
        """Open the books of one action."""
        self.session, self.actor, self.action, self.at = session, actor, action, at
        self.transaction_id = uuid4().hex
        self.changes = capture.Changes()
        self.scope: str | None = None
        self.remarks: list[Problem] = []
        self._notes: list[trail.Note] = []
        self._after: list[Callable[[], None]] = []

    def emit(self, event: Event) -> None:
        """Tell upper floors a fact; their handlers run now, in this transaction, and may undo it by raising."""
        for kind, handler in wires().handlers:
            if isinstance(event, kind):
                handler(event, self)

    def note(
        self, action: str, *, subject: str = "", label: str = "", scope: str | None = None, **facts: object
    ) -> None:
        """Enter a fact that has no row: a sign-in, a refusal, an export, a job."""
        self._notes.append(trail.Note(action, subject, label, scope, facts))

    def remark(self, code: str, text: str, **params: object) -> None:
        """Leave a sentence for the author: nothing was wrong, but they should know."""
        self.remarks.append(Problem(code, text, field=None, **params))

    def after_commit(self, act: Callable[[], None]) -> None:
        """Do something that cannot be rolled back, such as mail or a file, once all is safe."""
        self._after.append(act)

    def alone(self, lock: int) -> None:
        """Wait until nobody else holds this lock, and hold it to the end: for rules about more rows than one writes.

        On SQLite there is one writer at a time anyway.
        """
        if self.session.get_bind().dialect.name == "postgresql":
            self.session.execute(select(func.pg_advisory_xact_lock(lock)))

    def bulk_insert(self, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Insert many rows, each with its entry in the trail as if it had been added alone; their numbers in order.

        A row names columns; what it leaves out has its default. The rows are not in the session: ask for those that
        you need.
        """
        self.session.flush()
        numbers = []
        for number, values in insert_rows(self.session, model, rows):
            numbers.append(number)
            if model.audited:
                self.changes.inserted(model, number, values)
        return numbers

    def bulk_update(self, model: type[Base], criteria: Sequence[object], **values: object) -> int:
        """Change many rows by one statement, each with its entry in the trail; returns how many.

        The rows are read first, so that every old value is known.
        """
        self.session.flush()
        keys = list(values)
        rows = self.session.scalars(select(model).where(*criteria)).all()  # type: ignore[arg-type]  # any SQL criteria
        for row in rows:
            capture.record_bulk(self.changes, row, {key: values[key] for key in keys})
        self._through_the_door(update(model).where(model.id.in_([row.id for row in rows])).values(**values))
        for row in rows:
            self.session.refresh(row)
        return len(rows)

    def bulk_delete(self, model: type[Base], criteria: Sequence[object]) -> int:
        """Remove many rows by one statement, each with its entry in the trail; returns how many."""
        self.session.flush()
        rows = self.session.scalars(select(model).where(*criteria)).all()  # type: ignore[arg-type]  # any SQL criteria
        for row in rows:
            self.changes.removed(row)
        ids = [row.id for row in rows]
        for row in rows:
            self.session.expunge(row)
        self._through_the_door(sql_delete(model).where(model.id.in_(ids)))
        return len(ids)

    def release(self, model: type[Base], ids: Sequence[int]) -> None:
        """Let go of rows that are about to be removed: what the database would empty then is emptied now.

        So the trail holds what pointed to them, and undoing brings it back with them.
        """
        table = inspect(model).local_table
        for mapper in list(Base.registry.mappers):
            for column in inspect(mapper.class_).column_attrs if mapper.class_.audited else ():
                keys = [each for each in column.columns[0].foreign_keys if each.column.table is table]
                if any(each.ondelete == "SET NULL" for each in keys):
                    self.bulk_update(mapper.class_, [column.columns[0].in_(ids)], **{column.key: None})

    def _through_the_door(self, statement: object) -> None:
        self.session.execute(statement, execution_options={"audited_door": True, "synchronize_session": False})  # type: ignore[call-overload]  # any bulk statement

    def finish(self) -> None:
        """Write the trail and commit; then act on the world."""
        if self.actor.viewer is not None:
            self._keep_notes_only(self.actor.viewer)
            return
        self.session.flush()
        if self.changes:
            self.emit(Changed(self.changes))
            self.session.flush()
        trail.write(self.session, self)
        self.session.commit()

    def _keep_notes_only(self, viewer: Actor) -> None:
        """Somebody looks as another person: what a page would write down by the way is dropped, facts name both."""
        seen_as, self.actor = self.actor, viewer
        self.session.rollback()
        self.changes, self._after = capture.Changes(), []
        self._notes = [replace(note, facts={**note.facts, "seen_as": seen_as.name}) for note in self._notes]
        self.session.connection(execution_options={"writes": True})
        trail.write(self.session, self)
        self.session.commit()

    @property
    def notes(self) -> Sequence[trail.Note]:
        """The facts noted so far."""
        return self._notes

    def act(self) -> None:
        """Run what waited for the commit; one failure does not stop the others and never undoes the action."""
        for act in self._after:
            try:
                act()
            except Exception:
                log.exception("after_commit_failed", action=self.action)


@contextlib.contextmanager
def transaction(actor: Actor, action: str, *, at: datetime | None = None) -> Iterator[Work]:
    """Perform one action as one author; join the transaction that is already open, if there is one.

    ``at`` is the instant that the trail records; by default the application's clock is read. Raises Refused for whoever
    looks at the product as somebody else, unless a page is only read: then nothing but notes is kept.
    """
    if actor.viewer is not None and not is_reading():
        raise Refused(READ_ONLY, name=actor.name)
    session = db.session()
    outer: Work | None = session.info.get(_CURRENT)
    if outer is not None:
        yield outer
        return
    session.rollback()
    forget()
    work = Work(session, actor, action, at or wires().clock())
    session.info[_CURRENT] = work
    try:
        session.connection(execution_options={"writes": True})
        yield work
        work.finish()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_CURRENT, None)
        forget()
    work.act()


def note(
    actor: Actor, action: str, *, subject: str = "", label: str = "", scope: str | None = None, **facts: object
) -> None:
    """Enter one fact without a row in a transaction of its own."""
    with transaction(actor, action) as work:
        work.note(action, subject=subject, label=label, scope=scope, **facts)


def current(session: Session) -> Work | None:
    """The action under way in a session, if any."""
    return session.info.get(_CURRENT)


def identity(row: Base) -> str:
    """How the trail names a row, ``table:id``."""
    return f"{type(row).__tablename__}:{row.id}"
