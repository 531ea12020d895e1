"""Undoing an action: only where nothing was changed since, only what is meant to be undone, by whoever did it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from flask import flash, redirect, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from infra.audit import queries
from infra.audit.models import AuditEntry
from infra.audit.rules import HIDDEN, Kind
from infra.forms import Form
from infra.http import SIGNED_IN
from infra.transaction import Work, transaction
from infra.undo import rows
from infra.wires import wires
from kernel.actor import INSTANCE, Actor
from kernel.errors import Conflict, NotFound, Problem, Refused, RuleBroken
from kernel.events import Event

UNDOABLE = "undoable"
GUARDS = "undo_guards"
"""Functions of the entries and the actor that refuse where a change may not be made by hand any more either."""
ACTION = "undo"
_PLACE = "undone_at"
WINDOW = timedelta(hours=1)
"""How long one's own action can be taken back."""


@dataclass(frozen=True, slots=True)
class Undone(Event):
    """An action was taken back: whoever keeps figures derived from these rows builds them again.

    ``subjects`` are the rows, ``table:id``; ``scopes`` where they belong, such as ``project:7``; ``action`` is what was
    taken back, in the transaction ``transaction_id``.
    """

    action: str
    subjects: tuple[str, ...]
    scopes: tuple[str, ...]
    transaction_id: str = ""


def kept(
    form: Form, act: Callable[[], Work], said: str, address: str, problems: type[Problem] = RuleBroken
) -> ResponseReturnValue | None:
    """Do what a form asks for: the way on, with a message that can be undone.

    None where something has to be mended first, which the form then says beside its fields.
    """
    if not form.validate_on_submit():
        return None
    try:
        work = act()
    except problems as problem:
        form.absorb(problem)
        return None
    flash_undo(said, work)
    return redirect(address, 303)


def flash_undo(message: str, work: Work, tone: str = "good") -> None:
    """Say what was done, with a button that takes it back if the action is one that can be undone."""
    undoable = work.action in _table()
    flash(message, f"{tone}|{url_for('undo.perform', transaction_id=work.transaction_id)}" if undoable else tone)


def remember_place(path: str) -> None:
    """Where the button stood: the page may be one that the undo has taken away."""
    session[_PLACE] = path


def was_undone_at(path: str) -> bool:
    """Whether the reader comes back to this page from an undo and has not been told yet that it worked."""
    return session.pop(_PLACE, None) == path and bool(session.get("_flashes"))


def undo(transaction_id: str, *, actor: Actor, asked: bool = False) -> Work:
    """Take an action back, all of it or nothing. Undoing an undo does it again.

    ``asked``: the room that calls has asked for permission, so that anybody whom it lets may, however long ago it was.
    Raises NotFound for an unknown action, Refused when it was somebody else's or too long ago, RuleBroken when its kind
    can't be undone, Conflict, naming who, when something was changed since.
    """
    try:
        with transaction(actor, ACTION) as work:
            entries = queries.of_transaction(transaction_id)
            action = _what_it_was(entries)
            if not asked:
                _check_may(entries, action, work)
            _ask_guards(entries, work)
            changes = [entry for entry in entries if entry.kind != Kind.NOTED]
            _apply(work, changes)
            work.session.expire_all()  # who follows reads what came back, not lists that were read before
            _tell(work, changes, action, transaction_id)
    except IntegrityError as error:
        raise Conflict(
            "undo.conflict", "This can't be undone any more: other things were built on it since."
        ) from error
    return work


def _table() -> Mapping[str, str]:
    return cast("Mapping[str, str]", wires().extras.get(UNDOABLE, {}))


def _what_it_was(entries: Sequence[AuditEntry]) -> str:
    """The action that was first done: for an undo, the one that it took back."""
    if not entries:
        raise NotFound
    for entry in entries:
        if entry.kind == Kind.NOTED and entry.action == ACTION and "of" in entry.changes:
            return str(entry.changes["of"][1])
    return entries[0].action


def _check_may(entries: Sequence[AuditEntry], action: str, work: Work) -> None:
    permission, policy = _table().get(action), wires().policy
    if permission is None or all(entry.kind == Kind.NOTED for entry in entries):
        raise RuleBroken("undo.not_undoable", "This kind of change can't be undone.")
    first = entries[0]
    for scope in {entry.scope or INSTANCE for entry in entries if entry.kind != Kind.NOTED}:
        if permission != SIGNED_IN and not policy.decide(work.actor, permission, scope):
            raise Refused
    if policy.decide(work.actor, "audit.see", INSTANCE):
        return
    if first.actor_id is None or first.actor_id != work.actor.id:
        raise Refused("Only whoever did this, or an administrator, can undo it.")
    if work.at - first.at > WINDOW:
        raise Refused("This can be undone for an hour only. An administrator can still do it.")


def _ask_guards(entries: Sequence[AuditEntry], work: Work) -> None:
    """A permission that hangs on a record is asked of the record, by its own room. Raises NotFound, Refused."""
    for guard in cast("Sequence[Callable[..., None]]", wires().extras.get(GUARDS, ())):
        guard([entry for entry in entries if entry.kind != Kind.NOTED], work.actor)


def _apply(work: Work, entries: Sequence[AuditEntry]) -> None:
    """Bring back what was removed, then put old values back, then remove what was added."""
    removed = [entry for entry in entries if entry.kind == Kind.REMOVED]
    for generation in rows.in_order(removed, side=0):
        for entry in generation:
            _bring_back(work.session, entry)
        work.session.flush()
    for entry in entries:
        if entry.kind == Kind.CHANGED:
            _change_back(work.session, entry)
    work.session.flush()
    added = [entry for entry in entries if entry.kind == Kind.ADDED]
    leaving = [rows.key_of(entry) for entry in added]
    for generation in reversed(rows.in_order(added, side=1)):
        for entry in generation:
            _take_away(work.session, entry, leaving)
        work.session.flush()


def _bring_back(session: Session, entry: AuditEntry) -> None:
    model, number = _model_and_number(entry)
    if session.get(model, number) is not None:
        raise _conflict(session, entry)
    session.add(rows.restored(model, number, entry))


def _change_back(session: Session, entry: AuditEntry) -> None:
    row = _row(session, entry)
    now = rows.current_values(row)
    for name, (old, new) in entry.changes.items():
        if now.get(name) != new:
            raise _conflict(session, entry, name)
        rows.put(row, name, HIDDEN if new == HIDDEN and rows.keeps_secret(row, name) else old)


def _take_away(session: Session, entry: AuditEntry, leaving: list[rows.Key]) -> None:
    row = _row(session, entry)
    for name, value in rows.current_values(row).items():
        if value != entry.changes.get(name, [None, None])[1]:
            raise _conflict(session, entry, name)
    if next(rows.dependants(session, row, leaving), None) is not None:
        raise Conflict(
            "undo.conflict",
            "“%(what)s” can't be taken away any more: other things depend on it.",
            what=entry.label or "",
        )
    session.delete(row)


def _row(session: Session, entry: AuditEntry) -> Any:
    model, number = _model_and_number(entry)
    row = session.get(model, number)
    if row is None:
        raise _conflict(session, entry)
    return row


def _model_and_number(entry: AuditEntry) -> tuple[Any, int]:
    table, number = rows.key_of(entry)
    model = rows.model_of(table)
    if model is None:
        raise RuleBroken("undo.not_undoable", "This kind of change can't be undone.")
    return model, number


def _conflict(session: Session, entry: AuditEntry, field: str | None = None) -> Conflict:
    """The refusal, naming who changed the row (or that field of it) last."""
    later = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject == entry.subject, AuditEntry.id > entry.id, AuditEntry.kind != Kind.NOTED)
        .order_by(AuditEntry.id.desc())
    ).all()
    who = next((each.actor_name for each in later if field is None or field in each.changes), None)
    return Conflict(
        "undo.conflict",
        "“%(what)s” was changed since by %(who)s, so this can't be undone. Nothing was changed.",
        what=entry.label or entry.subject,
        who=who or "somebody else",
    )


def _tell(work: Work, entries: Sequence[AuditEntry], action: str, transaction_id: str) -> None:
    scopes = tuple(sorted({entry.scope for entry in entries if entry.scope}))
    work.scope = scopes[0] if len(scopes) == 1 else None
    work.note(ACTION, subject=f"transaction:{transaction_id}", label=action, of=action, undoes=transaction_id)
    work.emit(Undone(action, tuple(entry.subject for entry in entries), scopes, transaction_id))
