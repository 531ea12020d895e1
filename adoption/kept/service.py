"""Keeping what stands, for roll-outs whose people no sum of teams tells."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from sqlalchemy import select

from adoption.crew import queries as crews
from adoption.kept.models import AudienceDay
from adoption.kept.queries import WHOLE
from crm.access.queries import access_of
from crm.counts.rules.cells import Ask
from crm.counts.rules.windows import Window
from crm.kpis import queries as kpis
from infra.transaction import transaction
from kernel.actor import Actor

STOCKS = ("data-completeness",)
"""The figures of adoption that stand: of all others what happened can be counted afterwards."""


def keep_day(project_id: int, day: date, *, actor: Actor, now: datetime, zone: tzinfo) -> int:
    """Keep a day of what stands for the people of a roll-out, team by team, as it is seen now; how many rows.

    Again: none. Nothing where nobody is named besides the teams: the days of teams are kept by the CRM.
    """
    crew = crews.crew(project_id)
    if not crew.people:
        return 0
    window, access = Window(day, day, now, zone), access_of(actor)
    with transaction(actor, "adoption.kept", at=now) as work:
        kept = select(AudienceDay.key).where(AudienceDay.project_id == project_id, AudienceDay.day == day)
        known = set(work.session.scalars(kept))
        rows = [
            AudienceDay(
                project_id=project_id, day=day, key=key, team_id=team or WHOLE, top=float(each.numerator or 0),
                bottom=float(each.denominator or 0), n=each.n, taken_at=now,
            )
            for key in STOCKS
            if key not in known
            for ask in [Ask(key, window, "team_id")]
            for team, each in kpis.together([ask], access, teams=crew.teams, people=crew.people).segments(ask)
        ]  # fmt: skip
        work.session.add_all(rows)
    return len(rows)
