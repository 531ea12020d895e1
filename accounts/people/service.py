"""Writing people: add, change, switch off and on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.people import queries, rules
from accounts.people.events import MaySwitchOff, PersonSwitchedOff
from accounts.people.models import Company, Person
from infra.database import db
from infra.transaction import Work, transaction
from infra.wires import ask
from kernel.actor import Actor
from kernel.errors import Conflict, RuleBroken


def add_person(data: rules.PersonData, *, now: datetime, actor: Actor) -> int:
    """Add somebody; with an address they can be invited to sign in. Raises RuleBroken; returns the number."""
    clean = rules.cleaned(data)
    with transaction(actor, "person.added") as work:
        _refuse_taken(clean.email, None)
        person = Person(name=clean.name, email=clean.email, title=clean.title, created_at=now)
        person.company = _company(clean.company, work)
        work.session.add(person)
        work.session.flush()
        return person.id


def change_person(person_id: int, data: rules.PersonData, *, actor: Actor) -> None:
    """Change what is said of a person. Taking the address away ends their sign-in. Raises RuleBroken, NotFound."""
    clean = rules.cleaned(data)
    with transaction(actor, "person.changed") as work:
        person = queries.row(person_id)
        _refuse_taken(clean.email, person_id)
        if clean.email is None and person.email is not None:
            _refuse_while_needed(person_id)
            person.password = None
            work.emit(PersonSwitchedOff(person_id))
        person.name, person.email, person.title = clean.name, clean.email, clean.title
        person.company = _company(clean.company, work)


def switch_off(person_id: int, *, actor: Actor) -> None:
    """Let somebody no longer sign in; what they did stays. Raises RuleBroken with the first obstacle."""
    with transaction(actor, "person.switched_off") as work:
        person = queries.row(person_id)
        _refuse_while_needed(person_id)
        person.active = False
        work.emit(PersonSwitchedOff(person_id))


def switch_on(person_id: int, *, actor: Actor) -> None:
    """Let somebody sign in again."""
    with transaction(actor, "person.switched_on"):
        queries.row(person_id).active = True


def _refuse_while_needed(person_id: int) -> None:
    obstacles = ask(MaySwitchOff(person_id))
    if obstacles:
        raise Conflict("people.switch_off", "%(obstacle)s", obstacle=obstacles[0].sentence)


def _refuse_taken(email: str | None, own_id: int | None) -> None:
    taken = queries.by_email(email) if email else None
    if taken is not None and taken.id != own_id:
        raise RuleBroken(
            "people.email_taken",
            "%(email)s belongs to %(name)s already; one address is one person.",
            field="email",
            email=email,
            name=taken.name,
        )


def _company(name: str, work: Work) -> Company | None:
    if not name:
        return None
    found = db.session.scalar(select(Company).where(Company.name == name))
    if found is None:
        found = Company(name=name)
        work.session.add(found)
        work.session.flush()
    return found
