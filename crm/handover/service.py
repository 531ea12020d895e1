"""Handing records over: one action for thousands, with its trail and its undo."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from accounts.people import queries as people
from accounts.teams import queries as teams_queries
from accounts.teams import service as teams
from crm.handover import queries
from crm.records import service as records
from crm.records.models import TABLES
from infra.database import db
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import RuleBroken

UNDOABLE = {"records.handed_over": "crm.access"}
"""What can be taken back, and the permission that this needs."""


def hand_over(
    from_id: int, to_id: int, kinds: Iterable[str], *, closed: bool, actor: Actor, now: datetime
) -> tuple[int, Work]:
    """Give what a person owns of these objects to another; how many. ``closed``: also what needs no work any more.

    The records go to the team of the new owner. Raises RuleBroken, NotFound.
    """
    wanted = [each for each in queries.OWNED if each in set(kinds)]
    with transaction(actor, "records.handed_over") as work:
        giver = people.person(from_id)
        taker = _check(from_id, next((each for each in people.people() if each.id == to_id), None), wanted)
        moved = 0
        for kind in wanted:
            rows = db.session.scalars(
                select(TABLES[kind]).where(*queries.owned_by(kind, from_id, closed=closed)).order_by(TABLES[kind].id)
            ).all()
            moved += records.change_many(work, kind, [(row, {"owner_id": to_id}) for row in rows], now=now)
        label = f"{giver.name} → {taker.name}"
        work.note("records.handed_over", subject=f"person:{from_id}", label=label, records=moved)
    return moved, work


def move(person_id: int, team_id: int | None, *, leads: bool, follow: bool, actor: Actor, now: datetime) -> Work:
    """Put a person into a team; with ``follow`` their open records go along, what is closed stays. Raises NotFound."""
    with transaction(actor, "team.joined") as work:
        moves = teams_queries.team_of(person_id) != team_id
        teams.put(person_id, team_id, leads=leads, actor=actor)
        if follow and moves:
            for kind in queries.OWNED:
                rows = db.session.scalars(
                    select(TABLES[kind]).where(*queries.owned_by(kind, person_id, closed=False))
                ).all()
                records.change_many(work, kind, [(row, {"team_id": team_id}) for row in rows], now=now)
    return work


def _check(from_id: int, taker: people.PersonRow | None, wanted: list[str]) -> people.PersonRow:
    if taker is None:
        raise RuleBroken("crm.nobody", "Choose who takes them over.", field="to")
    if taker.id == from_id:
        raise RuleBroken("crm.same_person", "Choose somebody else to take them over.", field="to")
    if not (taker.active and taker.signs_in):
        raise RuleBroken(
            "crm.cant_take", "%(name)s can’t sign in, so can’t take them over.", field="to", name=taker.name
        )
    if not wanted:
        raise RuleBroken("crm.nothing_chosen", "Choose at least one kind of record.", field="kinds")
    return taker
