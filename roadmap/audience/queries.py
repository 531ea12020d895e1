"""Whom a roll-out is for, and since when they work with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, Integer, cast, func, null, select, union_all

from accounts.teams import queries as teams
from accounts.teams import rules as tree
from infra.database import db
from infra.memo import remembered
from roadmap.audience.models import ProjectLaunch, ProjectNamed, ProjectTeam
from roadmap.projects import queries as projects
from roadmap.projects.models import Project
from roadmap.tasks.models import Task


@dataclass(frozen=True, slots=True)
class Audience:
    """The teams of a roll-out: as they were ``chosen``, and with all below; and who was named besides.

    Nobody chosen and nobody named: everybody who uses the CRM, and ``teams`` is None. ``live_since`` is the day on
    which it went live; None as long as it has not.
    """

    project_id: int
    chosen: frozenset[int]
    teams: frozenset[int] | None
    live_since: date | None
    people: frozenset[int] = frozenset()

    def holds(self, team_id: int | None, person_id: int | None) -> bool:
        """Whether somebody of a team belongs to it."""
        return self.teams is None or team_id in self.teams or person_id in self.people


def audience(project_id: int) -> Audience:
    """The audience of one roll-out."""
    return audiences((project_id,))[project_id]


@remembered
def audiences(project_ids: Sequence[int]) -> dict[int, Audience]:
    """The same for several: two statements, and one for the teams below."""
    chosen: dict[int, set[int]] = {each: set() for each in project_ids}
    named: dict[int, set[int]] = {each: set() for each in project_ids}
    for project_id, team_id, person_id in db.session.execute(_choices(project_ids)):
        if person_id is None:
            chosen[project_id].add(team_id)
        else:
            named[project_id].add(person_id)
    live = _live(project_ids)
    parents = teams.parents() if any(chosen.values()) else {}
    return {
        each: Audience(
            each,
            frozenset(found),
            tree.with_below(parents, found) if found or named[each] else None,
            live.get(each),
            frozenset(named[each]),
        )
        for each, found in chosen.items()
    }


def teams_of(project_id: int) -> frozenset[int] | None:
    """The teams that somebody of a roll-out's audience is in, with those below the chosen; None: everybody."""
    found = audience(project_id)
    if found.teams is None or not found.people:
        return found.teams
    return found.teams | {each.team_id for each in teams.members() if each.person_id in found.people and each.team_id}


def with_people() -> list[int]:
    """The running roll-outs for which people are named: one statement."""
    named = select(ProjectNamed.project_id).distinct()
    query = select(Project.id).where(projects.is_running(), Project.id.in_(named)).order_by(Project.id)
    return list(db.session.scalars(query))


def _choices(project_ids: Sequence[int]) -> CompoundSelect[Any]:
    """A roll-out with a team or with a person, the other one empty."""
    some_team = select(ProjectTeam.project_id, ProjectTeam.team_id, cast(null(), Integer))
    someone = select(ProjectNamed.project_id, cast(null(), Integer), ProjectNamed.person_id)
    return union_all(
        some_team.where(ProjectTeam.project_id.in_(project_ids)),
        someone.where(ProjectNamed.project_id.in_(project_ids)),
    )


def _live(project_ids: Sequence[int]) -> dict[int, date]:
    """The day that was set; else the one on which the go-live milestone was reached."""
    reached = (
        select(Task.project_id, func.min(Task.actual_finish).label("at"))
        .where(Task.project_id.in_(project_ids), Task.is_go_live, Task.actual_finish.is_not(None))
        .group_by(Task.project_id)
        .subquery()
    )
    query = (
        select(Project.id, ProjectLaunch.day, reached.c.at)
        .outerjoin(ProjectLaunch, ProjectLaunch.project_id == Project.id)
        .outerjoin(reached, reached.c.project_id == Project.id)
        .where(Project.id.in_(project_ids))
    )
    days = {id: day or (at and at.date()) for id, day, at in db.session.execute(query)}
    return {id: day for id, day in days.items() if day is not None}
