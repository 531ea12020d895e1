"""How much open work somebody owns: what has to find another owner before they leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select, true

from accounts.people import queries as people
from accounts.people.events import MaySwitchOff
from crm.objects.rules.catalogue import OBJECTS
from crm.queues.rules import OPEN as OPEN_TICKETS
from crm.records.models import TABLES, Activity, Campaign, Lead, Opportunity, Ticket
from infra.database import db
from infra.http import address
from kernel.questions import Obstacle

OWNED = tuple(key for key, subject in OBJECTS.items() if subject.has("owner_id"))
"""The objects whose records have an owner."""
_OPEN: Mapping[str, Callable[[], ColumnElement[bool]]] = {
    "lead": lambda: Lead.status.not_in(("converted", "disqualified")),
    "opportunity": lambda: Opportunity.outcome == "open",
    "activity": lambda: Activity.state == "planned",
    "ticket": lambda: Ticket.state.in_(OPEN_TICKETS),
    "campaign": lambda: Campaign.state.in_(("planned", "running")),
}


def open_of(kind: str) -> ColumnElement[bool]:
    """The condition for records of an object that somebody still has to work on; accounts and contacts always are."""
    return _OPEN[kind]() if kind in _OPEN else true()


def owned_by(kind: str, person_id: int, *, closed: bool) -> list[ColumnElement[bool]]:
    """The conditions for what a person owns of an object, open only or with what is closed; never what is binned."""
    table: Any = TABLES[kind]
    conditions: list[ColumnElement[bool]] = [table.owner_id == person_id, table.deleted_at.is_(None)]
    return conditions if closed else [*conditions, open_of(kind)]


def counts(person_id: int, *, closed: bool = False) -> dict[str, int]:
    """How many records a person owns, by object, in one statement; objects with none are left out."""
    columns = [
        select(func.count())
        .select_from(TABLES[kind])
        .where(*owned_by(kind, person_id, closed=closed))
        .scalar_subquery()
        for kind in OWNED
    ]
    found = db.session.execute(select(*columns)).one()
    return {kind: number for kind, number in zip(OWNED, found, strict=True) if number}


def said(found: Mapping[str, int]) -> str:
    """Counts in words.

    >>> said({"lead": 12, "opportunity": 1})
    '12 leads, 1 opportunity'
    """
    return ", ".join(
        f"{number} {(OBJECTS[kind].label if number == 1 else OBJECTS[kind].label_plural).lower()}"
        for kind, number in found.items()
    )


def obstacles_to_switch_off(question: MaySwitchOff) -> list[Obstacle]:
    """Open records need somebody who works on them."""
    found = counts(question.person_id)
    if not found:
        return []
    sentence = _(
        "%(name)s owns %(records)s that are open: reassign them first.",
        name=people.person(question.person_id).name,
        records=said(found),
    )
    return [Obstacle(sentence, address("crm_reassign.page", person_id=question.person_id))]
