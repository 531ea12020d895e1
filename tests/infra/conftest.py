"""A small world for the shared parts: things that can be seen, commented on and undone, and two people."""

from dataclasses import dataclass, replace

import pytest

from accounts.access.models import Membership
from accounts.access.queries import actor_of
from accounts.people.models import Company
from infra.subjects import Subject
from infra.transaction import transaction
from kernel.actor import INSTANCE, SYSTEM, Actor
from kernel.permission import Policy, Visibility, allow
from tests.factories import person, sign_in

ALL = Visibility.ALL


@dataclass(frozen=True)
class World:
    ann: Actor
    bob: Actor
    admin: Actor
    stranger: Actor

    def company(self, name: str = "Acme", actor: Actor | None = None) -> int:
        with transaction(actor or self.ann, "thing.added") as work:
            company = Company(name=name)
            work.session.add(company)
            work.session.flush()
            return company.id


@pytest.fixture
def world(app):
    wires = app.extensions["launch90"]
    grants = (
        *allow("thing.see", friend=ALL, administrator=ALL),
        *allow("thing.edit", friend=ALL, administrator=ALL),
        *allow("comment.add", friend=ALL),
        *allow("file.add", friend=ALL),
        *allow("audit.see", administrator=ALL),
        *allow("jobs.see", administrator=ALL),
    )
    changed = replace(wires, policy=Policy(grants))
    changed.extras["subjects"] = {"thing": lambda number: _thing(number) if number == 1 else None}
    changed.extras["undoable"] = {
        **wires.extras["undoable"],
        **dict.fromkeys(("thing.added", "thing.changed", "thing.removed"), "thing.edit"),
    }
    app.extensions["launch90"] = changed
    return World(
        _friend("Ann Lee"),
        _friend("Bob Roy"),
        person("Ada Admin", role="administrator"),
        person("Sam Stranger"),
    )


def _friend(name: str) -> Actor:
    """Somebody with a role that only this world knows."""
    who = person(name)
    with transaction(SYSTEM, "role.given") as work:
        work.session.add(Membership(person_id=who.id, role="friend", scope=INSTANCE))
    return actor_of(who.id)


def _thing(number: int) -> Subject:
    return Subject(f"thing:{number}", "The <b>thing</b>", "project:1", f"/things/{number}", see="thing.see")


@pytest.fixture
def browse(client):
    """Signs somebody in and gives the browser."""

    def open_for(actor):
        return sign_in(client, actor)

    return open_for
