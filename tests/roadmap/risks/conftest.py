"""A project with a phase, a task, its people, and risks on demand."""

from types import SimpleNamespace

import pytest

from roadmap.projects import service as projects
from roadmap.risks import service
from roadmap.risks.rules import ResponseData, RiskData
from tests import factories
from tests.fixtures.app import NOW


@pytest.fixture
def team(app):
    """A project since 5 January, its manager, two members and a stakeholder, and another project."""
    project = factories.project()
    manager = factories.person("Maren Solberg", projects={project: "manager"})
    return SimpleNamespace(
        project=project,
        phase=projects.add_phase(project, 1, "Migration", actor=manager),
        task=factories.task(project, "Cleanse addresses"),
        manager=manager,
        member=factories.person("Samira Haddad", projects={project: "member"}),
        other=factories.person("Bo Lund", projects={project: "member"}),
        stakeholder=factories.person("Erik Holm", projects={project: "stakeholder"}),
        elsewhere=factories.project("Somewhere else"),
    )


@pytest.fixture
def raised(team):
    """Write a risk down as the manager; its number."""

    def add(title="Addresses can't be matched", probability=4, impact=5, *, now=NOW, actor=None, **more):
        data = RiskData(title, probability=probability, impact=impact, **more)
        return service.add_risk(team.project, data, actor=actor or team.manager, now=now)[0]

    return add


@pytest.fixture
def answered(team):
    """Plan a response to a risk; its number."""

    def add(risk, text="Ask finance for the full export", kind="mitigate", **more):
        data = ResponseData(kind, text, **more)
        return service.add_response(team.project, risk, data, actor=team.manager, now=NOW)[0]

    return add
