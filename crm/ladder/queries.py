"""Clocks that reached the next rung of their ladder, and who stands on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.people.models import Person
from accounts.teams.models import TeamMember
from crm.access.models import CrmHolder
from crm.records.models import Ticket
from crm.sla.models import TicketClock
from crm.sla.rules.clocks import Measure
from infra.database import db

MANAGER = "service-manager"
"""The role whose holders are told of the last rungs."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A clock that reached a rung, with what is needed to tell somebody."""

    clock_id: int
    ticket_id: int
    measure: Measure
    queue_id: int
    rung: int
    name: str
    owner_id: int | None
    team_id: int | None


def reached(now: datetime, most: int) -> list[Reached]:
    """Clocks of tickets that are there whose next rung was reached, the longest ago first."""
    rows = db.session.execute(
        select(
            TicketClock.id,
            TicketClock.ticket_id,
            TicketClock.measure,
            TicketClock.queue_id,
            TicketClock.rung,
            Ticket.name,
            Ticket.owner_id,
            Ticket.team_id,
        )
        .join(Ticket, Ticket.id == TicketClock.ticket_id)
        .where(TicketClock.next_at <= now, Ticket.deleted_at.is_(None))
        .order_by(TicketClock.next_at, TicketClock.id)
        .limit(most)
    )
    return [
        Reached(row[0], row[1], Measure(row.measure), row.queue_id, row.rung, row.name, row.owner_id, row.team_id)
        for row in rows
    ]


def leaders(team_ids: Iterable[int | None]) -> dict[int, list[int]]:
    """Who leads each of some teams; where nobody does, everybody in it."""
    wanted = {each for each in team_ids if each is not None}
    members = db.session.execute(
        select(TeamMember.team_id, TeamMember.person_id, TeamMember.leads)
        .join(Person, Person.id == TeamMember.person_id)
        .where(TeamMember.team_id.in_(wanted), Person.active)
        .order_by(TeamMember.person_id)
    ).all()
    found = {team: [row.person_id for row in members if row.team_id == team and row.leads] for team in wanted}
    return {team: there or [row.person_id for row in members if row.team_id == team] for team, there in found.items()}


def managers() -> list[int]:
    """Who manages service."""
    held = select(CrmHolder.person_id).join(Person, Person.id == CrmHolder.person_id)
    return list(db.session.scalars(held.where(CrmHolder.role_key == MANAGER, Person.active).order_by(Person.id)))
