"""Who belongs to which team, and which teams lie below which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import String, cast, func, select

from accounts.people.models import Person
from accounts.teams import rules
from accounts.teams.models import Team, TeamMember
from infra.database import db
from infra.memo import remembered
from kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Belonging:
    """The team of a person, as far as permission asks: the team itself and all below it."""

    team_id: int | None = None
    below: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team with its place in the tree."""

    id: int
    name: str
    parent_id: int | None
    members: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody in a team."""

    person_id: int
    name: str
    title: str
    active: bool
    team_id: int
    leads: bool


@remembered
def parents() -> dict[int, int | None]:
    """The team above each team."""
    return {row.id: row.parent_id for row in db.session.execute(select(Team.id, Team.parent_id))}


ABOVE = cast(Team.id, String).concat("/").concat(func.coalesce(cast(Team.parent_id, String), ""))
"""A team and the one above it as one word: whoever asks something else on every page reads it by the same statement."""


def told_above(words: Iterable[str]) -> dict[int, int | None]:
    """The same as `parents` from what was read in words.

    >>> told_above(["1/", "4/1"])
    {1: None, 4: 1}
    """
    pairs = (word.split("/") for word in words)
    return {int(number): int(above) if above else None for number, above in pairs}


@remembered
def belonging(person_id: int) -> Belonging:
    """The team of a person and those below it; nothing for somebody in no team."""
    team_id = db.session.scalar(select(TeamMember.team_id).where(TeamMember.person_id == person_id))
    return Belonging() if team_id is None else Belonging(team_id, rules.below(parents(), team_id))


@remembered
def teams() -> list[TeamRow]:
    """Every team by name, with how many people it has itself."""
    rows = db.session.execute(
        select(Team.id, Team.name, Team.parent_id, func.count(TeamMember.id).label("members"))
        .outerjoin(TeamMember, TeamMember.team_id == Team.id)
        .group_by(Team.id)
        .order_by(func.lower(Team.name), Team.id)
    )
    return [TeamRow(row.id, row.name, row.parent_id, row.members) for row in rows]


@remembered
def members() -> list[MemberRow]:
    """Everybody in a team, by name."""
    rows = db.session.execute(
        select(Person.id, Person.name, Person.title, Person.active, TeamMember.team_id, TeamMember.leads)
        .join(TeamMember, TeamMember.person_id == Person.id)
        .order_by(func.lower(Person.name), Person.id)
    )
    return [MemberRow(row.id, row.name, row.title, row.active, row.team_id, row.leads) for row in rows]


def team_of(person_id: int | None) -> int | None:
    """The team that a person's records belong to."""
    return None if person_id is None else belonging(person_id).team_id


def homes() -> dict[int, int]:
    """The team of everybody who is in one: for whoever needs those of many."""
    return {row.person_id: row.team_id for row in db.session.execute(select(TeamMember.person_id, TeamMember.team_id))}


def row(team_id: int) -> Team:
    """A team by its number. Raises NotFound."""
    found = db.session.get(Team, team_id)
    if found is None:
        raise NotFound("There is no such team.")
    return found
