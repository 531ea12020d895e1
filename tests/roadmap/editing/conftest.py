"""A small plan, a manager and a browser of theirs, and how a script speaks with the server."""

from types import SimpleNamespace

import pytest

from tests import factories

DAY = 480


@pytest.fixture
def plan(app):
    """Two phases' worth of rows: A, then B after it, C beside them, all below a summary; D at the top after B."""
    project = factories.project(target_go_live=None)
    above = factories.task(project, "Prepare")
    a = factories.task(project, "A", parent_id=above, duration_minutes=2 * DAY)
    b = factories.task(project, "B", parent_id=above, after=a, duration_minutes=3 * DAY)
    c = factories.task(project, "C", parent_id=above)
    d = factories.task(project, "D", after=b)
    live = factories.task(project, "Go live", after=d, type="milestone")
    return SimpleNamespace(project=project, above=above, a=a, b=b, c=c, d=d, live=live)


@pytest.fixture
def managers(plan):
    """Two people who may edit the plan."""
    return [factories.person(name, projects={plan.project: "manager"}) for name in ("Maren Vogel", "Erik Lund")]


class Editor:
    """One person's page: it keeps the version that it saw last."""

    def __init__(self, client, project, version=None):
        self.client, self.base, self.version = client, f"/projects/{project}/plan", version
        self.version = version or self.rows()["version"]

    def rows(self, since=None):
        answer = self.client.get(f"{self.base}/rows", query_string={"since": since} if since else None)
        assert answer.status_code == 200, answer.text
        return answer.json

    def send(self, what, *acts, **more):
        body = {"version": self.version, "acts": list(acts), **more}
        return self.client.post(f"{self.base}/{what}", json=body, headers={"Accept": "application/json"})

    def preview(self, *acts):
        answer = self.send("preview", *acts)
        assert answer.status_code == 200, answer.text
        return answer.json

    def act(self, *acts, **more):
        answer = self.send("acts", *acts, **more)
        assert answer.status_code == 200, answer.text
        self.version = answer.json["version"]
        return answer.json

    def turn(self, which):
        answer = self.send(which)
        if answer.status_code == 200:
            self.version = answer.json["version"]
        return answer


@pytest.fixture
def editor(app, plan, managers):
    """The first manager's page."""
    return Editor(factories.sign_in(app.test_client(), managers[0]), plan.project)


@pytest.fixture
def other(app, plan, managers, editor):
    """The second manager's page."""
    return Editor(factories.sign_in(app.test_client(), managers[1]), plan.project)
