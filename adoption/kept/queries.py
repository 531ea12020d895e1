"""Reading kept days: the one place that knows which table tells of a roll-out's people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from adoption.crew.rules import Crew
from adoption.kept.models import AudienceDay
from crm.kpis.models import KpiDay
from infra.database import db

WHOLE = 0
"""The team under which the CRM keeps what is of everybody; under which a roll-out keeps those in no team."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What stood on a day; ``team_id`` is None where teams are not told apart."""

    day: date
    team_id: int | None
    top: float
    bottom: float
    n: int


def stock(crew: Crew, key: str, since: date, until: date) -> list[Stock]:
    """What stood on each kept day of all people of a roll-out, the earliest first.

    With people named besides the teams: days kept before the first was named tell of the teams.
    """
    chosen = [WHOLE] if crew.teams is None else sorted(crew.teams)
    of_teams = _summed(KpiDay, key, since, until).where(KpiDay.team_id.in_(chosen))
    found = _read(of_teams)
    if crew.people:
        own = _summed(AudienceDay, key, since, until).where(AudienceDay.project_id == crew.project_id)
        found |= _read(own)
    return [found[day] for day in sorted(found)]


def of_teams(crew: Crew, key: str, since: date, until: date) -> list[Stock]:
    """The same for each team of those people, the earliest first; of a team some of whom are named only those."""
    teams = {each.team_id for each in crew.members if each.team_id}
    whole = teams if crew.teams is None else teams & crew.teams
    found = _apart(_between(KpiDay, key, since, until).where(KpiDay.team_id.in_(sorted(whole))))
    if crew.people:
        own = _between(AudienceDay, key, since, until).where(AudienceDay.project_id == crew.project_id)
        found += [each for each in _apart(own) if each.team_id not in whole]
    return sorted(found, key=lambda each: each.day)


def _between(table: Any, key: str, since: date, until: date) -> Select[Any]:
    columns = (table.day, table.team_id, table.top, table.bottom, table.n)
    return select(*columns).where(table.key == key, table.day >= since, table.day <= until)


def _summed(table: Any, key: str, since: date, until: date) -> Select[Any]:
    sums = (func.sum(table.top), func.sum(table.bottom), func.sum(table.n))
    return select(table.day, *sums).where(table.key == key, table.day >= since, table.day <= until).group_by(table.day)


def _read(query: Select[Any]) -> dict[date, Stock]:
    rows: Sequence[Any] = db.session.execute(query).all()
    return {day: Stock(day, None, float(top), float(bottom), int(n)) for day, top, bottom, n in rows}


def _apart(query: Select[Any]) -> list[Stock]:
    return [
        Stock(day, team_id or None, float(top), float(bottom), int(n))
        for day, team_id, top, bottom, n in db.session.execute(query)
    ]
