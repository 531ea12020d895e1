"""Reading breaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from desk.breaches import rules
from desk.breaches.models import Breach
from desk.breaches.rules import Clock
from infra.database import db
from infra.subjects import Subject
from kernel.actor import INSTANCE
from kernel.errors import NotFound

SHOWN = 200


@dataclass(frozen=True, slots=True)
class BreachRow:
    """A breach with how its clock stands."""

    breach: Breach
    clock: Clock
    deadline: datetime


def breach(breach_id: int) -> Breach:
    """One breach. Raises NotFound."""
    found = db.session.get(Breach, breach_id)
    if found is None:
        raise NotFound
    return found


def row(found: Breach, now: datetime) -> BreachRow:
    """A breach with its clock."""
    stands = rules.clock(found.found_at, found.risk, found.authority_told_at, now)
    return BreachRow(found, stands, rules.deadline(found.found_at))


def breaches(now: datetime) -> list[BreachRow]:
    """Every breach: those whose clock runs first, by their deadline."""
    rows = db.session.scalars(select(Breach).order_by(Breach.found_at.desc(), Breach.id.desc()).limit(SHOWN))
    found = [row(each, now) for each in rows]
    ahead = [each for each in found if each.clock in (Clock.RUNNING, Clock.LATE)]
    rest = [each for each in found if each.clock not in (Clock.RUNNING, Clock.LATE)]
    return [*sorted(ahead, key=lambda each: each.deadline), *rest]


def subject(breach_id: int) -> Subject | None:
    """A breach as what notices lead to."""
    found = db.session.get(Breach, breach_id)
    if found is None:
        return None
    ask = "crm.privacy"
    return Subject(
        f"privacy_breach:{breach_id}", found.title, INSTANCE, f"/crm/privacy/breaches/{breach_id}", ask, ask, ask
    )
