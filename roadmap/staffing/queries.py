"""The roles of a project and who fills them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select

from accounts.access.models import Membership
from accounts.calendars import queries as calendars
from accounts.calendars.queries import CalendarRow
from accounts.people.models import Company, Person
from infra.database import db
from infra.memo import remembered
from kernel.actor import project_scope
from roadmap.projects.queries import home_of, trunk_of
from roadmap.staffing import rules
from roadmap.staffing.models import Allocation, ProjectRole


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role of a project with the person who fills it, and whether the share lies outside the role's range."""

    id: int
    key: str
    name: str
    description: str
    share_min: int | None
    share_max: int | None
    share: int
    person_id: int | None
    kind: str
    max_units: float
    calendar_id: int | None
    uid: str | None
    person: str

    @property
    def range(self) -> str:
        """The range in a few signs."""
        return rules.range_text(self.share_min, self.share_max)

    @property
    def outside(self) -> bool:
        """Whether the share lies outside the range."""
        return rules.outside(self.share, self.share_min, self.share_max)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody with a role that opens the project to them."""

    person_id: int
    name: str
    title: str
    company: str
    role: str


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """Somebody who can be chosen."""

    id: int
    name: str
    detail: str


def roles(project_id: int) -> list[RoleRow]:
    """The roles of a project in the order they were added."""
    query = (
        select(
            ProjectRole.id,
            ProjectRole.key,
            ProjectRole.name,
            ProjectRole.description,
            ProjectRole.share_min,
            ProjectRole.share_max,
            ProjectRole.share,
            ProjectRole.person_id,
            ProjectRole.kind,
            ProjectRole.max_units,
            ProjectRole.calendar_id,
            ProjectRole.uid,
            Person.name.label("person"),
        )
        .outerjoin(Person, Person.id == ProjectRole.person_id)
        .where(ProjectRole.project_id == project_id)
        .order_by(ProjectRole.id)
    )
    return [RoleRow(**{**row._asdict(), "person": row.person or ""}) for row in db.session.execute(query)]


def twins(source_id: int, project_id: int) -> dict[int, int]:
    """The roles of a project and those with the same key in its copy, by id."""
    copies = {row.key: row.id for row in roles(project_id)}
    return {row.id: copies[row.key] for row in roles(source_id) if row.key in copies}


def members(project_id: int) -> list[MemberRow]:
    """Everybody with a role in the project, managers first, then by name."""
    query = (
        select(Person.id, Person.name, Person.title, Company.name.label("company"), Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(Company, Company.id == Person.company_id)
        .where(Membership.scope == _home(project_id))
    )
    rows = [MemberRow(row[0], row[1], row[2], row[3] or "", row[4]) for row in db.session.execute(query)]
    return sorted(rows, key=lambda row: (_rank(row.role), row.name.casefold(), row.person_id))


@remembered
def people_of(project_id: int) -> list[PersonChoice]:
    """Who can own work in a project: its members, and those who fill its roles at any time, by name."""
    in_project = select(Membership.person_id).where(Membership.scope == _home(project_id))
    in_role = select(ProjectRole.person_id).where(
        ProjectRole.project_id == project_id, ProjectRole.person_id.is_not(None)
    )
    allocated = select(Allocation.person_id).where(
        Allocation.project_id == project_id, Allocation.person_id.is_not(None)
    )
    return _choices(or_(Person.id.in_(in_project), Person.id.in_(in_role), Person.id.in_(allocated)))


def everybody() -> list[PersonChoice]:
    """Everybody who is active, by name: who can be taken into a project."""
    return _choices(Person.active.is_(True))


def calendars_of(project_id: int) -> list[CalendarRow]:
    """The calendars that a role of the project may follow: everybody's, and the project's own."""
    return [each for each in calendars.calendars() if each.project_id in (None, trunk_of(project_id))]


def _home(project_id: int) -> str:
    """The scope of those who have a part in a project; in a branch it is its trunk's."""
    return home_of(project_scope(project_id))


def _choices(which: object) -> list[PersonChoice]:
    query = select(Person.id, Person.name, Person.title, Company.name.label("company"))
    query = query.outerjoin(Company, Company.id == Person.company_id).where(which)  # type: ignore[arg-type]  # any SQL criterion
    found = [
        PersonChoice(row.id, row.name, ", ".join(filter(None, (row.title, row.company))))
        for row in db.session.execute(query)
    ]
    return sorted(found, key=lambda each: (each.name.casefold(), each.id))


def _rank(role: str) -> int:
    return rules.MEMBER_ROLES.index(role) if role in rules.MEMBER_ROLES else len(rules.MEMBER_ROLES)
