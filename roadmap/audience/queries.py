"""Whom a roll-out is for, and since when they work with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from accounts.teams import queries as teams
from accounts.teams import rules as tree
from infra.database import db
from infra.memo import remembered
from roadmap.audience.models import ProjectLaunch, ProjectTeam
from roadmap.tasks.models import Task


@dataclass(frozen=True, slots=True)
class Audience:
    """The teams of a roll-out: as they were ``chosen``, and with all below. None chosen: everybody who uses the CRM.

    ``live_since`` is the day on which it went live; None as long as it has not.
    """

    project_id: int
    chosen: frozenset[int]
    teams: frozenset[int] | None
    live_since: date | None


def audience(project_id: int) -> Audience:
    """The audience of one roll-out."""
    return audiences((project_id,))[project_id]


def teams_of(project_id: int) -> frozenset[int] | None:
    """The teams that a roll-out is for, with all below; None for everybody."""
    return audience(project_id).teams


@remembered
def audiences(project_ids: Sequence[int]) -> dict[int, Audience]:
    """The same for several: three statements."""
    chosen: dict[int, set[int]] = {each: set() for each in project_ids}
    query = select(ProjectTeam.project_id, ProjectTeam.team_id).where(ProjectTeam.project_id.in_(project_ids))
    for project_id, team_id in db.session.execute(query):
        chosen[project_id].add(team_id)
    live = _live(project_ids)
    parents = teams.parents() if any(chosen.values()) else {}
    return {
        each: Audience(
            each,
            frozenset(found),
            frozenset().union(*({team} | tree.below(parents, team) for team in found)) if found else None,
            live.get(each),
        )
        for each, found in chosen.items()
    }


def _live(project_ids: Sequence[int]) -> dict[int, date]:
    """The day that was set; else the one on which the go-live milestone was reached."""
    reached = (
        select(Task.project_id, func.min(Task.actual_finish))
        .where(Task.project_id.in_(project_ids), Task.is_go_live, Task.actual_finish.is_not(None))
        .group_by(Task.project_id)
    )
    found = {project_id: at.date() for project_id, at in db.session.execute(reached) if at is not None}
    rows = db.session.scalars(select(ProjectLaunch).where(ProjectLaunch.project_id.in_(project_ids)))
    return found | {row.project_id: row.day for row in rows}
