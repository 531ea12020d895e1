"""The page of who works on a task, and what it is told in error."""

from __future__ import annotations

import pytest

from kernel.actor import SYSTEM
from roadmap.assignments import queries, service
from roadmap.staffing import service as staffing
from tests import factories


@pytest.fixture
def where(app, client):
    """A manager's browser on a task of a week, and a role."""
    boss = factories.administrator()
    factories.sign_in(client, boss)
    project_id = factories.project()
    task_id = factories.task(project_id, "Map the fields", duration_minutes=2400)
    role_id, _work = staffing.add_role(project_id, {"name": "Analyst", "share": 100}, actor=SYSTEM)
    return f"/projects/{project_id}/tasks/{task_id}", task_id, role_id


def test_somebody_joins_and_the_task_says_so(client, where):
    at, task_id, role_id = where
    answer = client.post(f"{at}/people", data={"who": f"role-{role_id}", "units": "50 %"}, follow_redirects=True)
    assert "Saved. It takes 5 d" in answer.text
    assert [(row.units, row.work_minutes) for row in queries.of_task(task_id)] == [(50, 1200)]
    assert "Analyst" in client.get(at).text


def test_more_work_and_another_share_are_told_apart(client, where):
    at, task_id, role_id = where
    client.post(f"{at}/people", data={"who": f"role-{role_id}", "units": "100"})
    client.post(f"{at}/people/kind", data={"fixed": "units"})
    (row,) = queries.of_task(task_id)
    client.post(f"{at}/people/{row.id}", data={"units": "100", "work": "10d"})
    assert [(each.units, each.work_minutes) for each in queries.of_task(task_id)] == [(100, 4800)]
    client.post(f"{at}/people/{row.id}", data={"units": "200", "work": "10d"})
    assert [(each.units, each.work_minutes) for each in queries.of_task(task_id)] == [(200, 4800)]
    client.post(f"{at}/people/{row.id}/remove")
    assert queries.of_task(task_id) == []


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"who": "", "units": "50"}, "Choose who."),
        ({"who": "role-0", "units": "50"}, "Nobody like that works in this project"),
        ({"who": "everybody", "units": "50"}, "Choose a role or a person of the list"),
        ({"who": "ROLE", "units": "half"}, "“half” is no share of a day"),
        ({"who": "ROLE", "units": "0"}, "0 % of a day is not possible"),
        ({"who": "ROLE", "units": "9999999"}, "not possible"),
        ({"who": "ROLE", "units": "<script>"}, "is no share of a day"),
    ],
)
def test_what_makes_no_sense_is_said_and_kept(client, where, sent, said):
    at, task_id, role_id = where
    filled = {**sent, "who": sent["who"].replace("ROLE", f"role-{role_id}")}
    answer = client.post(f"{at}/people", data=filled)
    assert answer.status_code == 422
    assert said in answer.text.replace("&nbsp;", " ").replace("\u202f", " ")
    assert queries.of_task(task_id) == []


def test_another_tasks_number_is_not_found(client, where):
    at, _task, _role = where
    other = factories.project("Elsewhere")
    task_id = factories.task(other)
    elsewhere, _work = staffing.add_role(other, {"name": "Analyst", "share": 100}, actor=SYSTEM)
    service.assign(other, task_id, ("role", elsewhere), 100, actor=SYSTEM)
    (row,) = queries.of_task(task_id)
    assert client.post(f"{at}/people/{row.id}/remove").status_code == 404
    assert client.get(f"{at.rpartition('/')[0]}/{task_id}/people").status_code == 404
