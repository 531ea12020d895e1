"""The crew of a roll-out, read from its audience and from who holds a role of the CRM."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select

from accounts.teams import queries as teams
from adoption.crew.rules import Crew, Member
from crm.access.models import CrmHolder
from crm.usage import queries as usage
from infra.database import db
from infra.memo import remembered
from roadmap.audience import queries as audience


@remembered
def crew(project_id: int) -> Crew:
    """Everybody with a role of the CRM in a roll-out's audience: in its teams, or named."""
    found = audience.audience(project_id)
    members = tuple(each for each in _everyone() if found.holds(each.team_id, each.id))
    return Crew(project_id, members, found.teams, found.live_since, found.people)


@remembered
def _everyone() -> tuple[Member, ...]:
    names = {each.id: each.name for each in teams.teams()}
    leads = {each.person_id for each in teams.members() if each.leads}
    roles: dict[int, list[str]] = defaultdict(list)
    for person_id, key in db.session.execute(select(CrmHolder.person_id, CrmHolder.role_key).order_by(CrmHolder.id)):
        roles[person_id].append(key)
    return tuple(
        Member(
            each.id, each.name, each.team_id, names.get(each.team_id or 0, ""), tuple(roles[each.id]),
            each.id in leads, each.since,
        )
        for each in usage.everyone()
    )  # fmt: skip
