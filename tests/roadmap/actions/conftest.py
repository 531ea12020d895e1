"""A project with a task, its people, and a browser of each."""

from types import SimpleNamespace

import pytest

from infra.comments import service as comments
from infra.comments.models import Comment
from infra.database import db
from roadmap.actions import service
from roadmap.actions.rules import ActionData
from tests import factories
from tests.fixtures.app import NOW


@pytest.fixture
def team(app):
    """The project 1 with a task, a manager, two members, a stakeholder, and another project."""
    project = factories.project()
    held = {project: "member"}
    return SimpleNamespace(
        project=project,
        task=factories.task(project, "Cleanse addresses"),
        manager=factories.person("Maren Solberg", projects={project: "manager"}),
        member=factories.person("Samira Haddad", projects=held),
        other=factories.person("Bo Lund", projects=held),
        stakeholder=factories.person("Erik Holm", projects={project: "stakeholder"}),
        elsewhere=factories.project("Somewhere else"),
    )


@pytest.fixture
def ask(team):
    """Ask for an action item as the manager, or as somebody else; its number."""

    def asked(title="Call the vendor", *, actor=None, **more):
        data = ActionData(title, **more)
        return service.add_action(team.project, data, actor=actor or team.manager, now=NOW)[0]

    return asked


@pytest.fixture
def said(team):
    """The key of a comment on the task."""
    with_request = comments.add_comment(f"task:{team.task}", "We should ask finance.\nSoon.", actor=team.manager)
    assert with_request
    return f"comment:{db.session.query(Comment.id).one()[0]}"
