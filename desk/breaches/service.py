"""Entering breaches, noting whom they were told, and watching the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from accounts.notices.service import tell
from crm.access.queries import access_of
from desk.breaches import queries, rules
from desk.breaches.models import Breach
from desk.breaches.rules import BreachData, Risk
from desk.privacy.queries import FUNCTION, answerable
from infra.transaction import Work, transaction
from kernel.actor import INSTANCE, Actor
from kernel.errors import Refused

UNDOABLE = {
    "breach.entered": "crm.privacy",
    "breach.changed": "crm.privacy",
    "breach.told": "crm.privacy",
    "breach.closed": "crm.privacy",
    "breach.reopened": "crm.privacy",
}
"""What can be taken back, and the permission that this needs."""


@dataclass(frozen=True, slots=True)
class Told:
    """That somebody was told: when, how or under which reference, and why it took so long."""

    whom: str
    at: datetime
    how: str
    why_late: str = ""


def enter(data: BreachData, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """A breach was found; everybody who answers for personal data is told at once. Raises Refused, RuleBroken."""
    _demand(actor)
    rules.check(data, now)
    with transaction(actor, "breach.entered") as work:
        row = Breach(entered_at=now, author_id=actor.id, **_values(data))
        work.session.add(row)
        work.session.flush()
        _tell(work, row, "entered")
    return row.id, work


def change(breach_id: int, data: BreachData, *, actor: Actor, now: datetime) -> Work:
    """More is known. Raises NotFound, Refused, RuleBroken."""
    _demand(actor)
    rules.check(data, now)
    with transaction(actor, "breach.changed") as work:
        row = queries.breach(breach_id)
        for key, value in _values(data).items():
            setattr(row, key, value)
    return work


def note_told(breach_id: int, told: Told, *, actor: Actor, now: datetime) -> Work:
    """The authority or the people were told. Raises NotFound, Refused, RuleBroken."""
    _demand(actor)
    with transaction(actor, "breach.told") as work:
        row = queries.breach(breach_id)
        if told.whom == rules.AUTHORITY:
            rules.check_told(told.at, row.found_at, now, told.why_late)
            row.authority_told_at, row.authority_reference = told.at, told.how.strip()[:200]
            row.why_late = told.why_late.strip()
        else:
            rules.check_told(told.at, row.found_at, now, "people have no fixed hours")
            row.people_told_at, row.people_told_how = told.at, told.how.strip()[:200]
    return work


def close(breach_id: int, *, actor: Actor, now: datetime) -> Work:
    """Nothing is owed any more. Raises NotFound, Refused, RuleBroken."""
    _demand(actor)
    with transaction(actor, "breach.closed") as work:
        row = queries.breach(breach_id)
        rules.check_close(row.risk, row.authority_told_at, row.people_told_at)
        row.closed_at = now
    return work


def reopen(breach_id: int, *, actor: Actor) -> Work:
    """It goes on. Raises NotFound, Refused."""
    _demand(actor)
    with transaction(actor, "breach.reopened") as work:
        queries.breach(breach_id).closed_at = None
    return work


def watch(actor: Actor, now: datetime) -> int:
    """Tell those who answer when little time is left, and when it is over; how many breaches are owed a notice."""
    with transaction(actor, "breach.watched", at=now) as work:
        owed = Breach.authority_told_at.is_(None), Breach.closed_at.is_(None), Breach.risk != Risk.NONE.value
        rows = list(work.session.scalars(select(Breach).where(*owed).order_by(Breach.id)))
        for row in rows:
            if warning := rules.warning(row.found_at, now):
                _tell(work, row, warning)
    return len(rows)


def _tell(work: Work, row: Breach, warning: str) -> None:
    kind = {"entered": "breach_entered", "late": "breach_late"}.get(warning, "breach_clock")
    shared: Mapping[str, Any] = {"subject": f"privacy_breach:{row.id}", "label": row.title, "scope": INSTANCE}
    tell(work, kind, answerable(), **shared, once=f"breach:{row.id}:{warning}", hours=warning)


def _values(data: BreachData) -> dict[str, Any]:
    return {key: value.strip() if isinstance(value, str) else value for key, value in asdict(data).items()}


def _demand(actor: Actor) -> None:
    if FUNCTION not in access_of(actor).functions():
        raise Refused
