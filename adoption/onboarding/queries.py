"""Coming on board, read from the log of use and the records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, or_, select

from accounts.people.models import Person
from adoption.crew.rules import Crew
from adoption.measures.queries import Reading
from adoption.onboarding import rules
from adoption.onboarding.rules import Active, Cohort, Stair, Step
from crm.counts.rules.windows import monday
from crm.kpis.rules.measures import ENOUGH_SIGN_INS
from crm.records.models import TABLES
from crm.usage.models import Visit
from infra.database import db

_WRITTEN = ("lead", "account", "contact", "opportunity", "activity")
"""Objects whose records people write as they work."""
_BY_HAND = ("entered", "converted")


@dataclass(frozen=True, slots=True)
class Onboarding:
    """The steps, the cohorts by start, and how many never signed in."""

    stairs: tuple[Stair, ...]
    cohorts: tuple[Cohort, ...]
    never: int


def read(crew: Crew, reading: Reading) -> Onboarding:
    """How the people of a roll-out came on board: one statement beside what was read already.

    What somebody else entered for who never signed in is no first record.
    """
    arrivals = _arrivals(crew.ids, reading)
    weeks = _whole_weeks(reading)
    begun = {person_id: day for person_id, (day, _wrote) in arrivals.items() if day is not None}
    live = monday(reading.wish.live_since)
    return Onboarding(
        _stairs(crew, begun, {each for each, (_day, wrote) in arrivals.items() if wrote}, weeks),
        tuple(rules.cohorts({each: max(monday(day), live) for each, day in begun.items()}, weeks)),
        len(crew.ids) - len(begun),
    )


def _stairs(crew: Crew, begun: Iterable[int], wrote: Iterable[int], weeks: Sequence[Active]) -> tuple[Stair, ...]:
    habit = rules.habits(weeks)
    return (
        Stair(Step.INVITED, len(crew.ids)),
        Stair(Step.SIGNED_IN, len(set(begun))),
        Stair(Step.TRAINED, None, _("trainings are not kept here yet")),
        Stair(Step.FIRST_RECORD, len(set(wrote) & set(begun))),
        Stair(
            Step.HABIT,
            None if habit is None else len(habit & crew.ids),
            _("it is said from four whole weeks after go-live on") if habit is None else "",
        ),
    )


def _whole_weeks(reading: Reading) -> list[Active]:
    today, live = reading.wish.window.today, reading.wish.live_since
    return [
        Active(each.user.id, each.monday, each.counts, each.sign_ins >= ENOUGH_SIGN_INS)
        for each in reading.weeks
        if each.monday >= live and each.monday + timedelta(days=6) < today
    ]


def _arrivals(ids: Iterable[int], reading: Reading) -> dict[int, tuple[date | None, bool]]:
    """The day of everybody's first kept visit, and whether they ever wrote a record: one seek each in an index."""
    first = (
        select(Visit.started_at).where(Visit.person_id == Person.id).order_by(Visit.last_at).limit(1).scalar_subquery()
    )
    wrote = or_(*(_wrote(TABLES[kind]) for kind in _WRITTEN))
    query = select(Person.id, first, wrote).where(Person.id.in_(sorted(ids)))
    zone = reading.wish.window.zone
    found: dict[int, tuple[date | None, bool]] = {}
    for row in db.session.execute(query):
        begun: datetime | None = row[1]
        found[row[0]] = None if begun is None else begun.astimezone(zone).date(), bool(row[2])
    return found


def _wrote(table: Any) -> ColumnElement[bool]:
    mine = (table.created_by == Person.id, table.owner_id == Person.id)
    return exists().where(*mine, table.origin.in_(_BY_HAND), table.deleted_at.is_(None))
