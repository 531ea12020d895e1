"""A roll-out with everything that the 90-day template foresees, and browsers of its people."""

from datetime import date

import pytest

from desk.setup import service as setup
from desk.setup.service import NewProject
from infra.database import db
from kernel.actor import SYSTEM
from phases.foreseen import queries
from tests import factories
from tests.fixtures.app import NOW

START = date(2026, 1, 5)


@pytest.fixture
def project(app):
    app.url_build_error_handlers.append(lambda _error, endpoint, _values: f"/{endpoint}")
    return setup.create(NewProject("Europe launch", START), actor=SYSTEM, now=NOW)


@pytest.fixture
def manager(project):
    return factories.person("Priya Nair", projects={project: "manager"})


@pytest.fixture
def browser(client, manager, project):
    return factories.sign_in(client, factories.person("Mara", projects={project: "member"}))


@pytest.fixture
def find(project):
    """An element by its name, read anew."""

    def by_name(name):
        db.session.rollback()
        return next(each for each in queries.elements(project) if each.name == name)

    return by_name
