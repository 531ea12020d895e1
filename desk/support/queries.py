"""What somebody asked for, and where help can be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm.objects.rules.catalogue import TICKET
from crm.queues import queries as queues
from crm.queues.models import Queue
from crm.queues.rules import OPEN, Audience
from crm.records import queries as records
from crm.records.models import Ticket
from crm.tickets import queries as tickets
from infra.database import db
from infra.subjects import Subject
from kernel.actor import Actor
from kernel.errors import NotFound
from kernel.permission import Answer, Facts
from roadmap.helpdesk import queries as helpdesk
from roadmap.projects import queries as projects

MOST = 200
"""Requests that the page lists: the newest."""


@dataclass(frozen=True, slots=True)
class Request:
    """Something that one asked for. ``waits``: the next word is one's own."""

    id: int
    name: str
    state: str
    created_at: datetime
    changed_at: datetime

    @property
    def code(self) -> str:
        """What people call it."""
        return f"T-{self.id}"

    @property
    def open(self) -> bool:
        """Whether somebody still works on it."""
        return self.state in OPEN

    @property
    def waits(self) -> bool:
        """Whether the next word is one's own."""
        return self.state in ("waiting", "resolved")


def requests(actor: Actor) -> list[Request]:
    """What somebody asked for, the newest first; what was merged stands for itself no more."""
    columns = Ticket.id, Ticket.name, Ticket.state, Ticket.created_at, Ticket.changed_at
    query = select(*columns).where(Ticket.requester_id == actor.id, Ticket.deleted_at.is_(None))
    return [Request(*row) for row in db.session.execute(query.order_by(Ticket.id.desc()).limit(MOST))]


def mine(actor: Actor, ticket_id: int) -> Ticket:
    """A ticket that somebody asked for; the one that it became where it was merged. Raises NotFound for any other."""
    asked = db.session.get(Ticket, ticket_id)
    if asked is None or asked.requester_id != actor.id:
        raise NotFound
    found = tickets.row(ticket_id)
    if found.requester_id != actor.id:
        raise NotFound
    return found


def places(actor: Actor) -> list[tuple[int, str]]:
    """The roll-outs with a help desk that somebody sees, as places to ask in."""
    seen = projects.visible(actor, states=("active",))
    opened = helpdesk.queues_of(tuple(each.id for each in seen))
    return [(each.id, each.name) for each in seen if each.id in opened]


def general() -> Queue | None:
    """Where trouble waits that belongs to no roll-out: the first queue for colleagues, else the first of all."""
    taken = helpdesk.taken()
    there = [each for each in queues.queues() if each.active and each.id not in taken]
    internal = [each for each in there if each.audience == Audience.ROLL_OUT]
    return next(iter([*internal, *there]), None)


def subject(ticket_id: int) -> Subject | None:
    """A ticket as whoever asked knows it: what its notices lead to and its files hang on."""
    row = db.session.get(Ticket, ticket_id)
    if row is None or row.deleted_at is not None:
        return None
    owners = frozenset(each for each in (row.requester_id,) if each is not None)
    asked = ("support.see", "support.ask", "support.ask")
    scope = records.key_of(TICKET.key, row.id)
    return Subject(f"support:{row.id}", row.name, scope, f"/support/{row.id}", *asked, facts=Facts(owners=owners))


def judge(actor: Actor, permission: str, scope: str, facts: Facts | None) -> Answer:
    """Answer for ``support.see`` and ``support.ask``: whoever asked may, and whoever may see or work on the ticket."""
    if facts is not None and actor.id is not None and actor.id in facts.owners:
        return Answer(True, "they asked for it")
    wanted = "crm.see_record" if permission == "support.see" else "crm.edit_record"
    return records.judge(actor, wanted, scope, facts)
