"""Entering days off and part-time shares; whoever plans by them hears of it in the same transaction."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import select

from accounts.absences import rules
from accounts.absences.events import TimeChanged
from accounts.absences.models import Absence, PartTime
from accounts.people import queries as people
from infra.http import demand
from infra.transaction import Work, transaction
from infra.undo import Undone
from kernel.actor import INSTANCE, Actor
from kernel.errors import NotFound
from kernel.permission import Facts

UNDOABLE = {
    "absence.added": "absence.edit",
    "absence.changed": "absence.edit",
    "absence.removed": "absence.edit",
    "part_time.set": "absence.edit",
    "part_time.removed": "absence.edit",
}
"""What can be taken back, and the permission that this needs."""
_TABLES = frozenset({"absence", "part_time"})
Row = TypeVar("Row", Absence, PartTime)


def add_absence(person_id: int, span: rules.Span, reason: str, *, actor: Actor) -> tuple[int, Work]:
    """Days off. Raises RuleBroken for days that overlap others or make no sense; returns the number and the work."""
    with transaction(actor, "absence.added") as work:
        _open(person_id, actor)
        rules.check_absence(span, reason, _others(work, person_id))
        row = Absence(person_id=person_id, first=span.first, last=span.last, reason=reason)
        work.session.add(row)
        _tell(work, person_id)
        return row.id, work


def change_absence(person_id: int, absence_id: int, span: rules.Span, reason: str, *, actor: Actor) -> Work:
    """Other days or another reason. Raises as `add_absence`, and NotFound."""
    with transaction(actor, "absence.changed") as work:
        _open(person_id, actor)
        row = _get(work, Absence, person_id, absence_id)
        rules.check_absence(span, reason, _others(work, person_id, absence_id))
        row.first, row.last, row.reason = span.first, span.last, reason
        _tell(work, person_id)
    return work


def remove_absence(person_id: int, absence_id: int, *, actor: Actor) -> Work:
    """Days that are worked after all. Raises NotFound."""
    with transaction(actor, "absence.removed") as work:
        _open(person_id, actor)
        work.session.delete(_get(work, Absence, person_id, absence_id))
        _tell(work, person_id)
    return work


def set_share(person_id: int, share: rules.Share, *, actor: Actor) -> Work:
    """The share of a full day from a day on; one that begins on the same day is replaced. Raises RuleBroken."""
    rules.check_share(share)
    with transaction(actor, "part_time.set") as work:
        _open(person_id, actor)
        found = select(PartTime).where(PartTime.person_id == person_id, PartTime.first == share.first)
        row = work.session.scalar(found) or PartTime(person_id=person_id, first=share.first)
        row.percent = share.percent
        work.session.add(row)
        _tell(work, person_id)
    return work


def remove_share(person_id: int, share_id: int, *, actor: Actor) -> Work:
    """Let the share before it go on. Raises NotFound."""
    with transaction(actor, "part_time.removed") as work:
        _open(person_id, actor)
        work.session.delete(_get(work, PartTime, person_id, share_id))
        _tell(work, person_id)
    return work


def follow_undo(event: Undone, work: Work) -> None:
    """Days off came back or went by an undo: that is a change like any other."""
    if any(subject.partition(":")[0] in _TABLES for subject in event.subjects):
        for scope in event.scopes:
            kind, _, number = scope.partition(":")
            if kind == "person":
                _tell(work, int(number))


def _open(person_id: int, actor: Actor) -> None:
    """One's own days, or anybody's for who may. Raises NotFound, Refused."""
    people.row(person_id)
    demand(actor, "absence.edit", INSTANCE, Facts(owners=frozenset({person_id})))


def _others(work: Work, person_id: int, but: int = 0) -> list[rules.Span]:
    query = select(Absence.first, Absence.last).where(Absence.person_id == person_id, Absence.id != but)
    return [rules.Span(*row) for row in work.session.execute(query.order_by(Absence.first))]


def _get(work: Work, model: type[Row], person_id: int, number: int) -> Row:
    row = work.session.get(model, number)
    if row is None or row.person_id != person_id:
        raise NotFound
    return row


def _tell(work: Work, person_id: int) -> None:
    work.session.flush()
    work.emit(TimeChanged(person_id))
