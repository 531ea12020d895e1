"""A small world for the shared parts: things that can be seen, commented on and undone, and two people."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import text

from accounts.access.models import Membership
from accounts.access.queries import actor_of
from accounts.people.models import Company
from infra.database import db
from infra.subjects import Subject
from infra.transaction import transaction
from kernel.actor import INSTANCE, SYSTEM, Actor
from kernel.permission import Policy, Visibility, allow
from tests.factories import person, sign_in
from web.app import create_app
from web.settings import read

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


@pytest.fixture(scope="session")
def tables_on_postgres(postgres_url, tmp_path_factory):
    """The shared PostgreSQL database with all tables."""
    settings = {"ROADMAP_DATA_DIR": str(tmp_path_factory.mktemp("postgres")), "ROADMAP_SECRET_KEY": "x" * 40}
    app = create_app(read(settings | {"ROADMAP_DATABASE_URL": postgres_url}))
    with app.app_context():
        db.create_all()
        db.engine.dispose()
    return postgres_url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either_app(request, make_app):
    """The application on an empty database: on SQLite, then on PostgreSQL."""
    shared = request.param == "postgresql"
    app = make_app(**({"ROADMAP_DATABASE_URL": request.getfixturevalue("tables_on_postgres")} if shared else {}))
    with app.app_context():
        if shared:
            names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
            db.session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
            db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


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
