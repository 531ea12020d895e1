"""A database with something of everything, on SQLite and on PostgreSQL, and what all its rows are."""

import json
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import sqlalchemy as sa

from crm.notes import service as notes
from crm.notes.service import NoteData
from crm.records import service as records
from crm.records.models import Stage
from infra.attachments import service as attachments
from infra.audit.sealing import seal
from infra.backup.snapshot import snapshot
from infra.backup.writing import here
from infra.database import db
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures import once
from tests.fixtures.app import NOW


def plant():
    """A person, a project with tasks and a list, a file on a task; gives the project's number."""
    who = factories.person("Zoë “Z” Ørsted", email="zoe@example.org")
    project = factories.project("Läunch\t\\N \x7f", actor=who)
    first = factories.task(project, "First\nsecond line")
    factories.task(project, after=first)
    factories.checklist(project, "List", "one", "two")
    manager = factories.person(projects={project: "manager"})
    attachments.add_file(f"task:{first}", "plan.txt", BytesIO(b"hello files"), actor=manager)
    seal()
    return project


def plant_crm():
    """Records of every object with what hangs on them: a team, roles, a rate, a note, a tag, the bin."""
    north = factories.team("Nørth")
    rep = factories.crm_role(factories.person("Oskar Ødegård"), "sales-representative", north)
    account = factories.record("account", by=rep, name="Ångström & Söhne GmbH", email="office@angstroem.example")
    contact = factories.record(
        "contact", last_name="Weiß", private_phone="+3225550123", account_id=account, owner_id=rep.id
    )
    stage = db.session.scalar(sa.select(Stage.id).where(Stage.key == "demo"))
    deal = {"account_id": account, "contact_id": contact, "stage_id": stage, "currency": "EUR"}
    factories.record("opportunity", by=rep, name="Framework", amount=Decimal("19999999.99"), **deal)
    factories.record("opportunity", by=rep, name="Not known yet", amount=None, **deal)
    factories.record("lead", by=rep, last_name="Lovelace", company="Analytical\nEngines\t\\N", email="ada@example.org")
    factories.record("activity", by=rep, kind="call", contact_id=contact, occurred_at=NOW)
    factories.record("campaign", name="Spring", starts_on=date(2026, 3, 1))
    factories.record("product", name="Licence", code="L-1")
    records.remove("lead", [factories.record("lead", by=rep, last_name="Gone")], actor=SYSTEM, now=NOW)
    notes.add("account", account, NoteData("Plan", "Ring – “soon” \U0001f4de"), actor=rep, now=NOW)


@pytest.fixture(autouse=True)
def migrations_once(monkeypatch):
    """A restore builds its tables by what the first one was told by the migrations."""
    once.migrate_empty_databases_once(monkeypatch)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_app(request, make_app):
    """The application on an empty database of its own: on SQLite, then on PostgreSQL."""
    other = request.param != "sqlite"
    app = make_app(**({"ROADMAP_DATABASE_URL": request.getfixturevalue("postgres_with_tables")} if other else {}))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def planted(any_app):
    """The same with rows and a file."""
    plant()
    db.session.remove()
    return any_app


@pytest.fixture
def planted_sqlite(app):
    """The application on SQLite with rows and a file."""
    plant()
    db.session.remove()
    return app


@pytest.fixture
def rows():
    """Every row of every table of the database in use, as a backup would write it, but for records of backups."""

    def read():
        with snapshot(db.engine) as state:
            columns = state.columns()
            return {
                name: [
                    dict(zip(columns[name], json.loads(line), strict=True))
                    for part, _count in state.parts(name)
                    for line in part.split(b"\n")
                ]
                for name in state.tables
                if name not in {"backup_run", "drill_run", "audit_entry"}
            }

    return read


@pytest.fixture
def spot():
    """What is backed up."""
    return here
