"""A project with a manager and a member, on both databases where a test asks for it."""

import pytest
from sqlalchemy import text

from infra.database import db
from tests import factories
from web.app import create_app
from web.settings import read


@pytest.fixture(scope="session")
def checklist_tables_on_postgres(postgres, tmp_path_factory):
    """A PostgreSQL database of this room with all tables."""
    with postgres.database() as url:
        settings = {"ROADMAP_DATA_DIR": str(tmp_path_factory.mktemp("postgres")), "ROADMAP_SECRET_KEY": "x" * 40}
        app = create_app(read(settings | {"ROADMAP_DATABASE_URL": url}))
        with app.app_context():
            db.create_all()
            db.engine.dispose()
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either_app(request, make_app):
    """The application on an empty database: on SQLite, then on PostgreSQL."""
    shared = request.param == "postgresql"
    url = request.getfixturevalue("checklist_tables_on_postgres") if shared else ""
    app = make_app(**({"ROADMAP_DATABASE_URL": url} if shared else {}))
    with app.app_context():
        if shared:
            names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
            db.session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
            db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def project(app):
    return factories.project()


@pytest.fixture
def manager(project):
    return factories.person("Priya Nair", projects={project: "manager"})


@pytest.fixture
def page(client, manager):
    """The manager's browser."""
    return factories.sign_in(client, manager)
