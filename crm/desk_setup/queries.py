"""The queues with what waits in them, and the canned answers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select

from accounts.teams.models import Team
from crm.queues.models import Queue
from crm.records.models import Ticket
from crm.tickets.models import CannedAnswer
from infra.database import db
from kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A queue with its team, and how many tickets are in it: all, and the open ones."""

    queue: Queue
    team: str
    tickets: int
    open: int


def queues() -> list[QueueRow]:
    """Every queue in its order."""
    standing = func.sum(case((Ticket.resolved_at.is_(None), 1), else_=0))
    counted = (
        select(Ticket.queue_id, func.count().label("all"), standing.label("open"))
        .where(Ticket.deleted_at.is_(None))
        .group_by(Ticket.queue_id)
        .subquery()
    )
    query = (
        select(Queue, Team.name, counted.c["all"], counted.c.open)
        .outerjoin(Team, Team.id == Queue.team_id)
        .outerjoin(counted, counted.c.queue_id == Queue.id)
        .order_by(Queue.position, Queue.id)
    )
    return [QueueRow(row[0], row[1] or "", row[2] or 0, row[3] or 0) for row in db.session.execute(query)]


def queue(queue_id: int) -> QueueRow:
    """One queue. Raises NotFound."""
    found = next((each for each in queues() if each.queue.id == queue_id), None)
    if found is None:
        raise NotFound
    return found


def answers() -> list[tuple[CannedAnswer, str]]:
    """Every canned answer by name, with the name of its queue."""
    query = (
        select(CannedAnswer, Queue.name)
        .outerjoin(Queue, Queue.id == CannedAnswer.queue_id)
        .order_by(CannedAnswer.active.desc(), func.lower(CannedAnswer.name))
    )
    return [(row[0], row[1] or "") for row in db.session.execute(query)]


def answer(answer_id: int) -> CannedAnswer:
    """One canned answer. Raises NotFound."""
    found = db.session.get(CannedAnswer, answer_id)
    if found is None:
        raise NotFound
    return found
