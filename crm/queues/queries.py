"""The queues in their order, and the matrix in force."""

from __future__ import annotations

from sqlalchemy import select

from crm.queues import rules
from crm.queues.models import PriorityCell, Queue
from infra.database import db
from infra.memo import remembered


@remembered
def queues() -> list[Queue]:
    """Every queue in its order."""
    return list(db.session.scalars(select(Queue).order_by(Queue.position, Queue.id)))


def names() -> dict[int, str]:
    """The names of the queues by their numbers."""
    return {each.id: each.name for each in queues()}


def first() -> Queue | None:
    """The queue that a ticket comes to when nobody names one: the first active one for customers."""
    return next((each for each in queues() if each.active and each.audience == rules.Audience.CUSTOMERS), None)


@remembered
def matrix() -> dict[tuple[str, str], str]:
    """The priority of each severity and impact."""
    edited = db.session.execute(select(PriorityCell.severity, PriorityCell.impact, PriorityCell.priority))
    return rules.shipped_matrix() | {(row.severity, row.impact): row.priority for row in edited}


def desk() -> rules.Desk:
    """What the help desk is set to."""
    return rules.Desk(matrix(), {each.id: each.team_id for each in queues()})
