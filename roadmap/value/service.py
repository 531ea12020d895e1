"""Keeping each day's value as it is known then: what is told later of that day does not change it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from infra.transaction import transaction
from kernel.actor import Actor
from roadmap.value import queries
from roadmap.value.models import ValueDay


def keep_day(project_id: int, today: date, *, actor: Actor, now: datetime) -> int:
    """Keep the value at the end of the day before, and the days of the milestones; gives its number. Raises NotFound.

    Kept twice, a day has the later figures.
    """
    day = today - timedelta(days=1)
    with transaction(actor, "value.kept") as work:
        found = queries.value_of(project_id, day, today)
        wanted = select(ValueDay).where(ValueDay.project_id == project_id, ValueDay.day == day)
        row = work.session.scalars(wanted).first()
        if row is None:
            row = ValueDay(project_id=project_id, day=day)
            work.session.add(row)
        earned, pace = found.total.earned, found.total.time
        row.at, row.baseline_id, row.currency = now, found.baseline.id if found.baseline else None, found.currency
        row.bac, row.pv, row.ev, row.ac = (round(each) for each in (earned.bac, earned.pv, earned.ev, earned.ac))
        row.earned_weeks, row.weeks = None if pace.over else pace.es, pace.at
        expected = queries.milestones_now(project_id)
        row.milestones = {str(id): due.isoformat() for id, (_name, due) in expected.items()}
        work.session.flush()
        return row.id
