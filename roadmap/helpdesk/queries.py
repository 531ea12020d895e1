"""The tickets of a roll-out: inside its queue, for whoever may see its help desk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, case, false, func, select

from accounts.people.models import Person
from crm.objects.rules import choices
from crm.queues.models import Queue
from crm.records.models import NEXT_DUE, Ticket
from infra.database import db
from infra.lists import Column, Format, Kind, ListSpec
from infra.memo import remembered
from kernel.errors import NotFound
from roadmap.helpdesk.models import ProjectQueue
from roadmap.helpdesk.rules import Sums

_OPEN = Ticket.resolved_at.is_(None)


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket with what the page of its roll-out shows of it. ``due`` is when its next promise ends."""

    id: int
    name: str
    state: str
    priority: str
    kind: str
    requester_id: int | None
    requester: str
    owner_id: int | None
    owner: str | None
    created_at: datetime
    due: datetime | None
    resolved_at: datetime | None

    @property
    def code(self) -> str:
        """What people call it."""
        return f"T-{self.id}"


def queue_of(project_id: int) -> Queue | None:
    """The queue of a roll-out; None where none was opened."""
    return queues_of((project_id,)).get(project_id)


@remembered
def queues_of(project_ids: Sequence[int]) -> dict[int, Queue]:
    """The queues of several roll-outs, by their numbers: one statement."""
    query = (
        select(ProjectQueue.project_id, Queue)
        .join(Queue, Queue.id == ProjectQueue.queue_id)
        .where(ProjectQueue.project_id.in_(project_ids))
    )
    return {found.project_id: found.Queue for found in db.session.execute(query)}


def taken() -> set[int]:
    """The queues that belong to a roll-out."""
    return set(db.session.scalars(select(ProjectQueue.queue_id)))


def free() -> list[Queue]:
    """The queues for roll-outs that are in use and belong to none yet."""
    query = select(Queue).where(
        Queue.audience == "roll-out", Queue.active, Queue.id.not_in(select(ProjectQueue.queue_id))
    )
    return list(db.session.scalars(query.order_by(Queue.position, Queue.id)))


def sums(queue_ids: Collection[int], now: datetime, requesters: Collection[int] | None = None) -> dict[int, Sums]:
    """What the tickets of some queues add up to, all or those of some ``requesters``: one statement."""
    late, serious = now > NEXT_DUE, Ticket.priority.in_(("critical", "high"))
    counted = (
        _count(_OPEN),
        _count(_OPEN & (Ticket.priority == "critical")),
        _count(_OPEN & serious),
        _count(_OPEN & late),
        _count(_OPEN & Ticket.owner_id.is_(None)),
        _count(~_OPEN),
    )
    where = [Ticket.deleted_at.is_(None), Ticket.queue_id.in_(sorted(queue_ids))]
    if requesters is not None:
        where.append(Ticket.requester_id.in_(sorted(requesters)))
    rows = db.session.execute(select(Ticket.queue_id, *counted).where(*where).group_by(Ticket.queue_id))
    return dict.fromkeys(queue_ids, Sums()) | {row[0]: Sums(*row[1:]) for row in rows}


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def rows(queue_id: int) -> Select[Any]:
    """The tickets of a queue, for `ticket_list`."""
    return _rows().where(Ticket.queue_id == queue_id)


def ticket(queue_id: int, ticket_id: int) -> TicketRow:
    """One ticket inside its queue. Raises NotFound."""
    found = db.session.execute(_rows().where(Ticket.queue_id == queue_id, Ticket.id == ticket_id)).one_or_none()
    if found is None:
        raise NotFound
    return TicketRow(*found)


def agents(queue_id: int) -> list[tuple[str, str]]:
    """Who has a ticket of a queue, by name."""
    query = (
        select(Person.id, Person.name)
        .join(Ticket, Ticket.owner_id == Person.id)
        .where(Ticket.queue_id == queue_id, Ticket.deleted_at.is_(None))
        .distinct()
        .order_by(Person.name)
    )
    return [(str(each.id), each.name) for each in db.session.execute(query)]


def ticket_list(people: Sequence[tuple[str, str]], now: datetime) -> ListSpec:
    """The columns of the list; ``people`` are those who have a ticket."""
    due = _due()
    return ListSpec(
        key="project_tickets",
        title=_("Tickets"),
        default_sort="due",
        default_query="open=yes",
        page_size=50,
        tie_breaker=Ticket.id,
        read=lambda found: TicketRow(*found),
        columns=(
            Column("id", "No.", expression=Ticket.id),
            Column("name", "Subject", Kind.TEXT, expression=Ticket.name, searched=True),
            Column("priority", "Priority", Kind.CHOICE, expression=Ticket.priority, choices=choices.PRIORITIES),
            Column("state", "State", Kind.CHOICE, expression=Ticket.state, choices=choices.TICKET_STATES),
            Column("requester", "Asked by", expression=Ticket.requester_name, searched=True),
            Column(
                "owner",
                "Agent",
                Kind.PERSON,
                filter_value=lambda row: row.owner_id,
                expression=Person.name,
                filter_expression=Ticket.owner_id,
                choices=people,
            ),
            Column("due", "Due", Kind.DATE, expression=due, format=Format.MOMENT),
            Column("created_at", "Asked", Kind.DATE, expression=Ticket.created_at, format=Format.MOMENT),
            Column(
                "resolved_at", "Solved", Kind.DATE, expression=Ticket.resolved_at, visible=False, format=Format.MOMENT
            ),
            Column("open", "Open", Kind.FLAG, expression=_OPEN, filter_only=True),
            Column("late", "Late", Kind.FLAG, expression=func.coalesce(due < now, false()), filter_only=True),
        ),
    )


def _due() -> Any:
    return case((_OPEN, NEXT_DUE), else_=None)


def _rows() -> Select[Any]:
    columns: tuple[Any, ...] = (
        *(Ticket.id, Ticket.name, Ticket.state, Ticket.priority, Ticket.kind, Ticket.requester_id),
        *(Ticket.requester_name, Ticket.owner_id, Person.name, Ticket.created_at, _due(), Ticket.resolved_at),
    )
    return select(*columns).outerjoin(Person, Person.id == Ticket.owner_id).where(Ticket.deleted_at.is_(None))
