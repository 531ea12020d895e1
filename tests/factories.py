"""People and things for tests, made the way the product makes them. Each room adds its own below."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.access import service as access
from accounts.access.queries import actor_of
from accounts.people import service as people
from accounts.people.rules import PersonData
from accounts.signin import service as signin
from accounts.signin.queries import TOKEN
from accounts.teams import service as teams
from accounts.tries.rules import Visit
from checklists import service as checklists
from checklists.models import Section
from crm.access import service as crm_access
from crm.records import service as records
from infra.database import db
from infra.wires import wires
from kernel.actor import INSTANCE, SYSTEM, Actor, project_scope
from roadmap.outline import service as outline
from roadmap.projects import service as projects

PASSWORD = "otter lamp Tuesday 7"
"""The password of whoever was made with `password=True`."""
_NUMBERS = count(1)


def person(
    name: str = "",
    *,
    email: str | None = "",
    role: str = "person",
    projects: Mapping[int, str] | None = None,
    company: str = "",
    password: bool = False,
) -> Actor:
    """Somebody with a role in the instance and roles in projects. No password is hashed unless wanted (it is slow).

    ``email`` None makes a person without sign-in; leave it out for an address made from a number.
    """
    number = next(_NUMBERS)
    name = name or f"Person {number}"
    address = f"person{number}@example.org" if email == "" else email
    made = people.add_person(PersonData(name, address, company=company), now=_now(), actor=SYSTEM)
    access.grant_role(made, role, INSTANCE, actor=SYSTEM)
    for project_id, held in (projects or {}).items():
        access.grant_role(made, held, project_scope(project_id), actor=SYSTEM)
    if password:
        signin.set_password(made, PASSWORD, actor=SYSTEM)
    found = actor_of(made)
    assert found is not None
    return found


def crm_role(who: Actor, role: str, team: int | None = None, *, leads: bool = False) -> Actor:
    """Give somebody a role of the CRM, and a team where one is named."""
    assert who.id is not None
    crm_access.give_role(who.id, role, actor=SYSTEM)
    if team is not None:
        teams.put(who.id, team, leads=leads, actor=SYSTEM)
    return who


def team(name: str, parent: int | None = None) -> int:
    """A team, below another where one is named."""
    return teams.add_team(name, parent, actor=SYSTEM)[0]


def record(kind: str, /, *, by: Actor = SYSTEM, at: datetime | None = None, **values: Any) -> int:
    """A record of the CRM, with what it needs filled in; ``by`` owns it unless ``owner_id`` says otherwise."""
    needed: dict[str, dict[str, Any]] = {
        "lead": {"last_name": f"Lead {next(_NUMBERS)}"},
        "contact": {"last_name": f"Contact {next(_NUMBERS)}"},
    }
    full = {**needed.get(kind, {"name": f"{kind.title()} {next(_NUMBERS)}"}), **values}
    return records.create(kind, full, actor=by, now=at or _now())[0]


def administrator(name: str = "Ada Admin", *, password: bool = False) -> Actor:
    """Somebody who looks after the instance."""
    return person(name, role="administrator", password=password)


def sign_in(client: FlaskClient, who: Actor) -> FlaskClient:
    """Open a session for somebody in a browser, without a password; returns the browser."""
    assert who.id is not None
    token = signin.open_session(who.id, stays=False, visit=Visit("127.0.0.1", "tests", _now()))
    with client.session_transaction() as session:
        session.clear()
        session[TOKEN] = token
    return client


def _now() -> datetime:
    return wires().clock()


def project(name: str = "Europe launch", *, start: date = date(2026, 1, 5), actor: Actor = SYSTEM, **more: Any) -> int:
    """An empty project that starts on a Monday; its number."""
    return projects.create_empty(name, start, actor=actor, now=_now(), **more)


def task(project_id: int, name: str = "", *, after: int | None = None, **values: Any) -> int:
    """A task of a day, or as the values say; ``after`` is what it waits for. Its number."""
    parent_id, position = values.pop("parent_id", None), values.pop("position", None)
    filled = {"name": name or f"Task {next(_NUMBERS)}", **values}
    made, _work = outline.add(project_id, filled, actor=SYSTEM, parent_id=parent_id, position=position)
    if after is not None:
        outline.link(project_id, after, made, actor=SYSTEM)
    return made


def checklist(project_id: int, name: str = "Pre-implementation", *items: str, **values: Any) -> tuple[int, list[int]]:
    """A list with one section and required items of these names; its number and theirs."""
    made, _work = checklists.add_list(project_id, {"name": name, **values}, actor=SYSTEM)
    section = db.session.scalars(select(Section.id).where(Section.checklist_id == made)).one()
    return made, [item(project_id, section, each) for each in items]


def item(project_id: int, section_id: int, name: str = "", **values: Any) -> int:
    """An item at the end of a section, required unless the values say otherwise; its number."""
    filled = {"name": name or f"Item {next(_NUMBERS)}", "required": True, **values}
    return checklists.add_item(project_id, section_id, filled, actor=SYSTEM)[0]
