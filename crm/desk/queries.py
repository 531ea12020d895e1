"""The tickets of the desk: sums by one statement, and a page of them by the index of the clocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all

from accounts.people import queries as people
from crm.access import rules as access_rules
from crm.access.queries import reach
from crm.access.rules import Access
from crm.desk import rules
from crm.desk.rules import Filters, Pace, Show, Sums, Whose
from crm.objects.rules.catalogue import ACCOUNT, TICKET
from crm.queues import queries as queues
from crm.queues.rules import State
from crm.records import queries as records
from crm.records.models import NEXT_DUE, Ticket
from infra.database import db

PAGE = 50
CARDS = 6
"""Cards of a column of the board; the rest is a click away."""
_NEEDED = ("state", "respond_by", "resolve_by")
"""Fields without which there is no desk."""


@dataclass(frozen=True, slots=True)
class Card:
    """A ticket as the desk shows it; what the reader may not see is empty. ``answer``: no answer was given yet."""

    id: int
    name: str
    state: str
    priority: str
    who: str
    account_id: int | None
    owner_id: int | None
    owner: str
    queue: str
    created_at: datetime | None
    due: datetime | None
    pace: Pace
    answer: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """A column of the board."""

    state: str
    count: int
    cards: list[Card]


def may_see(access: Access) -> bool:
    """Whether there is a desk for the reader: they see tickets, their states and their clocks."""
    return all(access_rules.may(access, access_rules.SEE, TICKET, None, each) for each in _NEEDED)


def sums(access: Access, filters: Filters, now: datetime) -> Sums:
    """What the open tickets add up to, whatever the tab: one statement over the index of the clocks."""
    waiting = Ticket.state == State.WAITING.value
    running = ~waiting
    query = _open(access, filters).with_only_columns(
        _count(running),
        _count(and_(running, now > NEXT_DUE)),
        _count(waiting),
        _count(Ticket.owner_id.is_(None)),
        _count(Ticket.owner_id == access.person_id),
        _count(and_(running, Ticket.priority == "critical")),
    )
    return Sums(*(int(each or 0) for each in db.session.execute(query).one()))


def page(access: Access, filters: Filters, now: datetime, number: int) -> tuple[list[Card], bool]:
    """A page of the tickets, the promise that ends first at the top, and whether there are more.

    The answers that are due and the solutions that are due stand each in the order of an index; a page takes from both.
    """
    query = _whose(_shown(_open(access, filters), filters, now), filters.whose, access)
    last = number * PAGE + 1
    unanswered = Ticket.first_response_at.is_(None) & Ticket.respond_by.is_not(None)
    answered = or_(Ticket.first_response_at.is_not(None), Ticket.respond_by.is_(None))
    parts = [
        query.with_only_columns(Ticket.id, due.label("due")).where(which).order_by(*order).limit(last).subquery()
        for which, due, order in (
            (unanswered, Ticket.respond_by, (Ticket.respond_by, Ticket.id)),
            (answered & Ticket.resolve_by.is_not(None), Ticket.resolve_by, (Ticket.resolve_by, Ticket.id)),
            (answered & Ticket.resolve_by.is_(None), Ticket.resolve_by, (Ticket.id,)),
        )
    ]
    both = union_all(*(select(each.c.id, each.c.due) for each in parts)).subquery()
    ids = select(both.c.id).order_by(both.c.due.nulls_last(), both.c.id)
    found = list(db.session.scalars(ids.offset((number - 1) * PAGE).limit(PAGE + 1)))
    return cards(access, found[:PAGE], now), len(found) > PAGE


def board(access: Access, filters: Filters, now: datetime) -> list[Lane]:
    """The tickets by state, of each column those whose promise ends first: three statements and names."""
    grouped = _whose(_all(access, filters), filters.whose, access).where(Ticket.state.in_(rules.LANES))
    counted = grouped.with_only_columns(Ticket.state, func.count()).group_by(Ticket.state)
    counts = rules.by_state((row[0], row[1]) for row in db.session.execute(counted))
    there = [state for state, count in counts.items() if count]
    firsts = [
        _whose(_all(access, filters), filters.whose, access)
        .with_only_columns(Ticket.id)
        .where(Ticket.state == state)
        .order_by(Ticket.resolve_by.nulls_last(), Ticket.id)
        .limit(CARDS)
        .subquery()
        for state in there
    ]
    ids = list(db.session.scalars(union_all(*(select(each.c.id) for each in firsts)))) if firsts else []
    by_lane: dict[str, list[Card]] = {}
    for card in cards(access, ids, now):
        by_lane.setdefault(card.state, []).append(card)
    return [Lane(state, count, by_lane.get(state, [])) for state, count in counts.items()]


def cards(access: Access, ids: Sequence[int], now: datetime) -> list[Card]:
    """Tickets as cards, in the order of their numbers given; the caller has made sure that they may be seen."""
    rows = {each.id: each for each in db.session.scalars(select(Ticket).where(Ticket.id.in_(ids)))} if ids else {}
    listed = [rows[each] for each in ids if each in rows]
    shown = records.fields_of_many(access, TICKET, listed)
    accounts = records.names(access, ACCOUNT, [row.account_id for row in listed if "account_id" in shown[row.id]])
    agents = people.names_of({row.owner_id for row in listed if row.owner_id is not None})
    named = queues.names()
    return [_card(row, shown[row.id], accounts, agents, named, now) for row in listed]


def _card(
    row: Ticket,
    shown: frozenset[str],
    accounts: dict[int, str],
    agents: dict[int, str],
    named: dict[int, str],
    now: datetime,
) -> Card:
    answer, due = rules.promise(row.first_response_at, row.respond_by, row.resolve_by)
    if row.state == State.WAITING or row.resolved_at is not None:
        due = None
    asks = row.requester_name if "requester_name" in shown else ""
    owner = agents.get(row.owner_id or 0, "") if "owner_id" in shown else ""
    return Card(
        row.id,
        row.name if "name" in shown else records.unnamed(TICKET, row.id),
        row.state,
        row.priority if "priority" in shown else "",
        accounts.get(row.account_id or 0, "") or asks,
        row.account_id if row.account_id in accounts else None,
        row.owner_id if owner else None,
        owner,
        named.get(row.queue_id, "") if "queue_id" in shown else "",
        row.created_at if "created_at" in shown else None,
        due,
        rules.pace(due, now),
        answer and due is not None,
    )


def _all(access: Access, filters: Filters) -> Select[Any]:
    """The tickets that the reader may see with their states, narrowed by queue and priority."""
    criteria: list[ColumnElement[bool]] = [Ticket.deleted_at.is_(None), _seen(access, "state")]
    if filters.queue_id is not None:
        criteria += [_seen(access, "queue_id"), Ticket.queue_id == filters.queue_id]
    if filters.priority:
        criteria += [_seen(access, "priority"), Ticket.priority == filters.priority]
    return select(Ticket).where(*criteria)


def _open(access: Access, filters: Filters) -> Select[Any]:
    return _all(access, filters).where(Ticket.resolved_at.is_(None))


def _shown(query: Select[Any], filters: Filters, now: datetime) -> Select[Any]:
    if filters.show is Show.WAITING:
        return query.where(Ticket.state == State.WAITING.value)
    query = query.where(Ticket.state != State.WAITING.value)
    return query.where(now > NEXT_DUE) if filters.show is Show.LATE else query


def _whose(query: Select[Any], whose: Whose, access: Access) -> Select[Any]:
    if whose is Whose.MINE:
        return query.where(Ticket.owner_id == access.person_id)
    return query.where(Ticket.owner_id.is_(None), _seen(access, "owner_id")) if whose is Whose.NOBODY else query


def _seen(access: Access, field: str) -> ColumnElement[bool]:
    return reach(access, access_rules.SEE, TICKET, Ticket, field)


def _count(condition: Any) -> Any:
    return func.count().filter(condition)


def queue_names(ids: Iterable[int] = ()) -> list[tuple[int, str]]:
    """The queues in use, and those asked for, in their order."""
    wanted = set(ids)
    return [(each.id, each.name) for each in queues.queues() if each.active or each.id in wanted]
