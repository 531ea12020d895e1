"""Everybody's access at once, who looks as whom, with whom a record is shared, and what the tests of access found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import g
from sqlalchemy import func, not_, or_, select

from accounts.access.models import Membership
from accounts.access.queries import actor_of
from accounts.access.rules import ADMINISTRATOR as INSTANCE_ADMINISTRATOR
from accounts.people.models import Person
from accounts.teams import queries as teams
from accounts.teams import rules as team_rules
from crm.access import queries as access_queries
from crm.access import rules as access_rules
from crm.access.models import CrmHolder
from crm.access.queries import access_of, reach
from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS
from crm.records.models import TABLES
from crm.trust.rules import viewing
from infra.database import db
from infra.memo import remembered
from kernel.actor import INSTANCE, Actor


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a role of the CRM: what they hold, and what follows from it."""

    person_id: int
    name: str
    active: bool
    roles: tuple[str, ...]
    team: str
    access: Access
    administers: bool = False

    @property
    def initials(self) -> str:
        """Up to two letters that stand for the name."""
        return Actor(self.person_id, self.name).initials


@remembered
def holders() -> list[Holder]:
    """Everybody who holds a role of the CRM, by name, switched off or not: five statements for all of them."""
    keys = _keys()
    rows = db.session.execute(
        select(Person.id, Person.name, Person.active)
        .where(Person.id.in_(sorted(keys)))
        .order_by(func.lower(Person.name), Person.id)
    )
    known, modules, parents = access_queries.roles(), access_queries.modules_on(), teams.parents()
    places = {each.person_id: each.team_id for each in teams.members()}
    names = {each.id: each.name for each in teams.teams()}
    found = []
    for row in rows:
        held, administers = keys[row.id]
        team_id = places.get(row.id)
        below = frozenset[int]() if team_id is None else team_rules.below(parents, team_id)
        grants = tuple(grant for key in sorted(held) if key in known for grant in known[key].grants)
        access = Access(row.id, grants, team_id, below, modules)
        roles = tuple(known[key].name for key in sorted(held) if key in known)
        found.append(Holder(row.id, row.name, row.active, roles, names.get(team_id or 0, ""), access, administers))
    return found


def holder(person_id: int | None) -> Holder | None:
    """One of them; None for somebody who holds no role of the CRM."""
    return next((each for each in holders() if each.person_id == person_id), None)


def _keys() -> dict[int, tuple[set[str], bool]]:
    """By person the keys of the roles held, and whether they look after the instance: that makes an administrator."""
    found: dict[int, tuple[set[str], bool]] = {}
    for person_id, key in db.session.execute(select(CrmHolder.person_id, CrmHolder.role_key)):
        found.setdefault(person_id, (set(), False))[0].add(key)
    looking_after = select(Membership.person_id).where(
        Membership.role == INSTANCE_ADMINISTRATOR, Membership.scope == INSTANCE
    )
    for person_id in db.session.scalars(looking_after):
        held, _no = found.get(person_id, (set(), False))
        found[person_id] = (held | {access_rules.ADMINISTRATOR}, True)
    return found


def obstacle_to_view(viewer: Actor, other: Holder | None) -> str:
    """Why somebody may not look as another person: a sentence, empty where they may."""
    if other is None or not other.active:
        return "They hold no role of the CRM, or are switched off."
    if other.person_id == viewer.id:
        return "That is you."
    if other.administers and INSTANCE_ADMINISTRATOR not in viewer.roles_in(INSTANCE):
        return "They look after the whole instance."
    mine = access_of(viewer)
    if "view_as" not in mine.functions():
        return "You don't hold the function to look as somebody else."
    more = viewing.beyond(mine, other.access)
    if more:
        return f"They may do more than you: {'; '.join(more[:3])}{' and more' if more[3:] else ''}."
    return "Records are theirs, or shared with them, that you may not see." if _strays(mine, other.access) else ""


def _strays(mine: Access, theirs: Access) -> bool:
    """Whether the other sees any record that oneself does not: one that is shared, or filed under another team."""
    found = []
    for grant in theirs.grants:
        covering = viewing.cover(mine, theirs, grant)
        if grant.action != access_rules.SEE or covering is None or covering.visibility is access_rules.ALL:
            continue
        subject, table = OBJECTS[grant.object], TABLES[grant.object]
        seen = reach(viewing.narrow(theirs, grant), access_rules.SEE, subject, table)
        own = reach(viewing.narrow(mine, covering), access_rules.SEE, subject, table)
        found.append(select(table.id).where(seen, or_(not_(own), own.is_(None))).exists())
    return bool(found and db.session.scalar(select(or_(*found))))


def load_viewed() -> Actor | None:
    """Whoever the signed-in person looks as in this session, in their stead; None where they look as themselves.

    Asked again at every request: what was allowed when the view began may have changed since; then it is over.
    """
    viewer, person_id = g.get("actor"), g.get("seen_as_id")
    g.view_over = ""
    if viewer is None or person_id is None:
        return None
    viewed = actor_of(person_id)
    g.view_over = obstacle_to_view(viewer, holder(person_id)) if viewed else "They are switched off."
    if viewed is None or g.view_over:
        return None
    held = tuple(each for each in viewed.memberships if each.scope == INSTANCE)
    return Actor(viewed.id, viewed.name, viewed.email, held, viewer)


def names_of(people: Iterable[int]) -> dict[int, str]:
    """The names of people by number."""
    wanted = sorted(set(people))
    return {row.id: row.name for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))}
