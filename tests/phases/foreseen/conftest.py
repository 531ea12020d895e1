"""A roll-out with everything that the 90-day template foresees, and browsers of its people."""

import pytest

from infra.database import db
from phases.foreseen import queries
from tests import factories


@pytest.fixture
def project(app, roll_out):
    app.url_build_error_handlers.append(lambda _error, endpoint, _values: f"/{endpoint}")
    return roll_out


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
