"""Conversations as their readers see them, who may be given a ticket, and what hangs together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select

from accounts.access import queries as instance
from accounts.people.models import Person
from crm.access import rules as access_rules
from crm.access.models import CrmHolder
from crm.access.queries import roles
from crm.access.rules import Access
from crm.objects.rules.catalogue import TICKET
from crm.queues.rules import OPEN
from crm.records import queries as records
from crm.records.models import Ticket
from crm.tickets.models import CannedAnswer, TicketMessage
from crm.tickets.rules import Kind, Part
from infra.database import db
from infra.memo import remembered
from kernel.errors import NotFound

MOST_SHOWN = 200
"""Entries of a conversation that a page shows: the newest."""
MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a conversation as a page shows it. ``id`` is 0 for what the ticket itself says."""

    id: int
    at: datetime
    kind: str
    inward: bool
    public: bool
    automatic: bool
    author_id: int | None
    author: str
    body: str


@dataclass(frozen=True, slots=True)
class Affected:
    """A ticket that hangs on a problem; ``open``: whoever asked is told its news."""

    id: int
    name: str
    state: str
    requester: str
    open: bool


def get(access: Access, ticket_id: int, *, hold: bool = False) -> Ticket:
    """A ticket that the reader may see. Raises NotFound for any other."""
    found: Ticket = records.get(access, TICKET, ticket_id, hold=hold)
    return found


def row(ticket_id: int, *, hold: bool = False) -> Ticket:
    """A ticket for whoever has made sure of it; the one that it became where it was merged. Raises NotFound."""
    number = ticket_id
    for _step in range(MOST_MERGED):
        query = select(Ticket).where(Ticket.id == number)
        found = db.session.scalar(query.with_for_update() if hold else query)
        if found is None or found.deleted_at is None:
            break
        number = found.merged_into_id or 0
    if found is None:
        raise NotFound
    return found


MOST_MERGED = 20
"""A ticket is hardly merged more often; the number only guards against a circle."""


def may_work(access: Access, ticket: Ticket) -> bool:
    """Whether the reader may work on a ticket: answer it and take it on."""
    facts = records.facts(access, access_rules.EDIT, TICKET, ticket)
    return access_rules.may(access, access_rules.EDIT, TICKET, facts)


def conversation(ticket: Ticket, *, internal: bool) -> list[Entry]:
    """What was said, the oldest first; notes among agents for agents only."""
    query = select(TicketMessage).where(TicketMessage.ticket_id == ticket.id)
    if not internal:
        query = query.where(TicketMessage.public.is_(True))
    newest = query.order_by(TicketMessage.at.desc(), TicketMessage.id.desc()).limit(MOST_SHOWN)
    said = [_entry(each) for each in db.session.scalars(newest)][::-1]
    asked = any(each.inward and each.at == ticket.created_at for each in said)
    return said if asked or not ticket.description else [_question(ticket), *said]


def _question(ticket: Ticket) -> Entry:
    """What the ticket itself says, where it was not received but entered by an agent."""
    who = ticket.requester_name
    return Entry(0, ticket.created_at, Kind.REPLY, True, True, False, ticket.requester_id, who, ticket.description)


def _entry(found: TicketMessage) -> Entry:
    inward = found.direction == "in"
    return Entry(
        found.id,
        found.at,
        found.kind,
        inward,
        found.public,
        found.automatic,
        found.author_id,
        found.author_name,
        found.body,
    )


@remembered
def agents() -> list[tuple[int, str]]:
    """Everybody who may work on tickets and signs in, by name: whom a ticket can be given to."""
    keys = [
        each.key
        for each in roles().values()
        if any(grant.object == TICKET.key and grant.action == access_rules.EDIT for grant in each.grants)
    ]
    held = select(CrmHolder.person_id).where(CrmHolder.role_key.in_(keys))
    query = (
        select(Person.id, Person.name)
        .where(Person.active, Person.email.is_not(None))
        .where(or_(Person.id.in_(held), Person.id.in_(instance.administrators())))
        .order_by(func.lower(Person.name), Person.id)
    )
    return [(each.id, each.name) for each in db.session.execute(query)]


def canned(queue_id: int | None) -> list[CannedAnswer]:
    """The canned answers for a queue and those for all, by name."""
    query = select(CannedAnswer).where(
        CannedAnswer.active, or_(CannedAnswer.queue_id.is_(None), CannedAnswer.queue_id == queue_id)
    )
    return list(db.session.scalars(query.order_by(func.lower(CannedAnswer.name))))


def affected(access: Access, problem_id: int) -> list[Affected]:
    """The tickets behind which a problem stands, as far as the reader may see them, the open ones first."""
    rows = db.session.scalars(
        records.seen(access, TICKET)
        .where(Ticket.problem_id == problem_id)
        .order_by(Ticket.resolved_at.is_not(None), Ticket.id)
        .limit(MOST_SHOWN)
    ).all()
    names, shown = records.called(access, TICKET, rows), records.fields_of_many(access, TICKET, rows)
    return [
        Affected(
            each.id,
            names[each.id],
            each.state if "state" in shown[each.id] else "",
            each.requester_name if "requester_name" in shown[each.id] else "",
            each.resolved_at is None,
        )
        for each in rows
    ]


def problems(access: Access, besides: int) -> list[tuple[int, str]]:
    """The open problems that the reader may see, the newest first."""
    rows = db.session.scalars(
        records.seen(access, TICKET)
        .where(Ticket.kind == "problem", Ticket.state.in_(OPEN), Ticket.id != besides)
        .order_by(Ticket.id.desc())
        .limit(MOST_PROBLEMS)
    ).all()
    names = records.called(access, TICKET, rows)
    return [(each.id, names[each.id]) for each in rows]


def heard_by(ticket: Ticket) -> list[tuple[int | None, str]]:
    """Who hears what is said publicly: whoever asked, and whoever asked in tickets that were merged into this one.

    Each is a person's number and an address, the latter for those who do not sign in.
    """
    query = select(Ticket.requester_id, Ticket.requester_email).where(
        or_(Ticket.id == ticket.id, Ticket.merged_into_id == ticket.id)
    )
    found = {(number, "" if number is not None else address.lower()) for number, address in db.session.execute(query)}
    return sorted((each for each in found if each[0] is not None or each[1]), key=lambda each: (each[0] or 0, each[1]))


def by_reference(references: Iterable[str]) -> int | None:
    """The ticket in whose conversation one of these Message-IDs stands, the newest; None for none."""
    wanted = [each for each in references if each]
    if not wanted:
        return None
    query = select(TicketMessage.ticket_id).where(TicketMessage.reference.in_(wanted))
    return db.session.scalar(query.order_by(TicketMessage.id.desc()).limit(1))


def to_close(before: Sequence[tuple[str, datetime]], limit: int) -> Select[Ticket]:
    """The tickets that were resolved or verified before some moments, each a state and its moment."""
    column = {"resolved": Ticket.resolved_at, "verified": Ticket.verified_at}
    passed = [(Ticket.state == state) & (column[state] < moment) for state, moment in before]
    return select(Ticket).where(Ticket.deleted_at.is_(None), or_(*passed)).order_by(Ticket.id).limit(limit)


def part_of(ticket: Ticket, person_id: int | None) -> Part | None:
    """What somebody who is no agent has to do with a ticket."""
    return Part.REQUESTER if person_id is not None and ticket.requester_id == person_id else None
