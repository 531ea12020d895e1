"""Writing teams: make, change, remove, and put people into them."""

from __future__ import annotations

from sqlalchemy import select

from accounts.people import queries as people
from accounts.teams import queries, rules
from accounts.teams.models import Team, TeamMember
from infra.database import db
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import RuleBroken


def add_team(name: str, parent_id: int | None = None, *, actor: Actor) -> tuple[int, Work]:
    """Make a team below another or at the top; its number. Raises RuleBroken, NotFound."""
    with transaction(actor, "team.added") as work:
        team = Team(name=_free(rules.check_name(name), None), parent_id=_existing(parent_id))
        work.session.add(team)
        work.session.flush()
    return team.id, work


def change_team(team_id: int, name: str, parent_id: int | None, *, actor: Actor) -> Work:
    """Rename a team or hang it below another. Raises RuleBroken, NotFound."""
    with transaction(actor, "team.changed") as work:
        team = queries.row(team_id)
        rules.check_parent(queries.parents(), team_id, parent_id)
        team.name, team.parent_id = _free(rules.check_name(name), team_id), _existing(parent_id)
    return work


def remove_team(team_id: int, *, actor: Actor) -> Work:
    """Remove a team without people and without teams below it. Raises RuleBroken, NotFound."""
    with transaction(actor, "team.removed") as work:
        team = queries.row(team_id)
        if db.session.scalar(select(TeamMember.id).where(TeamMember.team_id == team_id).limit(1)) is not None:
            raise RuleBroken("teams.members", "There are people in this team. Move them first.")
        if team_id in queries.parents().values():
            raise RuleBroken("teams.below", "There are teams below this one. Hang them elsewhere first.")
        work.session.delete(team)
    return work


def put(person_id: int, team_id: int | None, *, leads: bool = False, actor: Actor) -> Work:
    """Put a person into a team, out of the one before; None: into none. Raises NotFound."""
    with transaction(actor, "team.joined") as work:
        people.row(person_id)
        member = db.session.scalar(select(TeamMember).where(TeamMember.person_id == person_id))
        if team_id is None:
            if member is not None:
                work.session.delete(member)
            return work
        team = queries.row(team_id)
        if member is None:
            work.session.add(TeamMember(person_id=person_id, team_id=team.id, leads=leads))
        else:
            member.team_id, member.leads = team.id, leads
        work.session.flush()
    return work


def _existing(team_id: int | None) -> int | None:
    return None if team_id is None else queries.row(team_id).id


def _free(name: str, team_id: int | None) -> str:
    taken = db.session.scalar(select(Team.id).where(Team.name == name, Team.id != (team_id or 0)))
    if taken is not None:
        raise RuleBroken("teams.taken", "There is a team “%(name)s” already.", field="name", name=name)
    return name
