"""Reading people and companies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from accounts.people.models import Company, Person
from infra.database import db
from infra.memo import remembered_each
from kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as others show them."""

    id: int
    name: str
    email: str | None
    title: str
    company: str
    active: bool
    has_password: bool

    @property
    def signs_in(self) -> bool:
        """Whether this person can have a session at all."""
        return self.email is not None


def person(person_id: int) -> PersonRow:
    """One person. Raises NotFound."""
    return _row(row(person_id))


def row(person_id: int) -> Person:
    """The table's row, for writers in this package. Raises NotFound."""
    found = db.session.get(Person, person_id)
    if found is None:
        raise NotFound("There is no such person.")
    return found


def people(*, active_only: bool = False) -> list[PersonRow]:
    """Everybody, by name."""
    statement = select(Person).order_by(func.lower(Person.name), Person.id)
    if active_only:
        statement = statement.where(Person.active)
    return [_row(found) for found in db.session.scalars(statement)]


def by_email(email: str) -> PersonRow | None:
    """The person with this address, in whatever letters it is typed."""
    found = db.session.scalar(select(Person).where(Person.email == email.strip().lower()))
    return _row(found) if found else None


@remembered_each
def names_of(person_ids: Iterable[int]) -> dict[int, str]:
    """The names behind numbers, in one statement."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {found.id: found.name for found in rows}


def company_name(company_id: int) -> str:
    """What a company is called; nothing for one that is not there."""
    return db.session.scalar(select(Company.name).where(Company.id == company_id)) or ""


def companies() -> list[str]:
    """The names of all companies."""
    return list(db.session.scalars(select(Company.name).order_by(func.lower(Company.name))))


def _row(found: Person) -> PersonRow:
    return PersonRow(
        found.id,
        found.name,
        found.email,
        found.title,
        found.company.name if found.company else "",
        found.active,
        found.password is not None,
    )
