"""Choosing whom a roll-out is for, and saying when it went live."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from accounts.people.models import Person
from accounts.teams.models import Team
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken
from roadmap.audience.models import ProjectLaunch, ProjectNamed, ProjectTeam
from roadmap.projects import service as projects
from roadmap.projects.events import ProjectCopied

UNDOABLE = {
    "audience.chosen": "audience.edit",
    "audience.launched": "audience.edit",
}
"""What can be taken back, and the permission that this needs."""


def choose(project_id: int, team_ids: Iterable[int], *, actor: Actor) -> Work:
    """Say which teams a roll-out is for; none: everybody who uses the CRM. Raises RuleBroken for an unknown team."""
    wanted = set(team_ids)
    with transaction(actor, "audience.chosen") as work:
        projects.check_open(project_id)
        known = set(work.session.scalars(select(Team.id).where(Team.id.in_(wanted))))
        if known != wanted:
            raise RuleBroken("audience.team", "Choose teams from the list.", field="teams")
        there = {row.team_id: row for row in _chosen(work, project_id)}
        for team_id in sorted(wanted - set(there)):
            work.session.add(ProjectTeam(project_id=project_id, team_id=team_id))
        for team_id in sorted(set(there) - wanted):
            work.session.delete(there[team_id])
    return work


def name(project_id: int, person_id: int | None, *, actor: Actor) -> Work:
    """Say that a roll-out is for somebody besides its teams. Raises RuleBroken for who is named already."""
    with transaction(actor, "audience.chosen") as work:
        projects.check_open(project_id)
        wanted = work.session.get(Person, person_id) if person_id else None
        if wanted is None or not wanted.active:
            raise RuleBroken("audience.person", "Choose somebody from the list.", field="person_id")
        if any(row.person_id == wanted.id for row in _named(work, project_id)):
            raise RuleBroken(
                "audience.twice", "The roll-out is for %(name)s already.", field="person_id", name=wanted.name
            )
        work.session.add(ProjectNamed(project_id=project_id, person_id=wanted.id))
    return work


def unname(project_id: int, person_id: int, *, actor: Actor) -> Work:
    """Leave out somebody who was named. Raises NotFound."""
    with transaction(actor, "audience.chosen") as work:
        projects.check_open(project_id)
        row = next((row for row in _named(work, project_id) if row.person_id == person_id), None)
        if row is None:
            raise NotFound
        work.session.delete(row)
    return work


def launch(project_id: int, day: date | None, *, actor: Actor) -> Work:
    """Say when a roll-out went live; None leaves it to the milestone."""
    with transaction(actor, "audience.launched") as work:
        projects.check_open(project_id)
        row = work.session.scalars(select(ProjectLaunch).where(ProjectLaunch.project_id == project_id)).first()
        if day is None and row is not None:
            work.session.delete(row)
        elif day is not None and row is None:
            work.session.add(ProjectLaunch(project_id=project_id, day=day))
        elif day is not None and row is not None:
            row.day = day
    return work


def follow_copy(event: ProjectCopied, work: Work) -> None:
    """A copy is for the same teams and people."""
    for row in _chosen(work, event.source_id):
        work.session.add(ProjectTeam(project_id=event.project_id, team_id=row.team_id))
    for named in _named(work, event.source_id):
        work.session.add(ProjectNamed(project_id=event.project_id, person_id=named.person_id))


def _chosen(work: Work, project_id: int) -> list[ProjectTeam]:
    query = select(ProjectTeam).where(ProjectTeam.project_id == project_id).order_by(ProjectTeam.id)
    return list(work.session.scalars(query))


def _named(work: Work, project_id: int) -> list[ProjectNamed]:
    query = select(ProjectNamed).where(ProjectNamed.project_id == project_id).order_by(ProjectNamed.id)
    return list(work.session.scalars(query))
