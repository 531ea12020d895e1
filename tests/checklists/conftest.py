"""A project with a manager, and the manager's browser."""

import pytest

from tests import factories


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
