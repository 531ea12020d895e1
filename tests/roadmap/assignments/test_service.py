"""Putting people on tasks: what follows, what is refused, what an undo brings back, whose time it takes."""

from __future__ import annotations

from datetime import date

import pytest

from infra.database import db
from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from roadmap.assignments import queries, service
from roadmap.assignments.rules import Fixed
from roadmap.outline import service as outline
from roadmap.resources import queries as resources
from roadmap.staffing import service as staffing
from roadmap.tasks import queries as tasks
from roadmap.tasks import service as progress
from roadmap.tasks.models import Task
from tests import factories
from tests.fixtures.app import NOW

MONDAY = date(2026, 1, 5)


@pytest.fixture
def plan(app) -> tuple[int, int, int]:
    """A project, its task of a week, and a role nobody fills."""
    project_id = factories.project()
    task_id = factories.task(project_id, "Map the fields", duration_minutes=2400)
    role_id, _work = staffing.add_role(project_id, {"name": "Analyst", "share": 100}, actor=SYSTEM)
    return project_id, task_id, role_id


def crew(task_id: int) -> list[tuple[str, float, int]]:
    return [(row.name, row.units, row.work_minutes) for row in queries.of_task(task_id)]


def minutes(task_id: int) -> int:
    return db.session.get_one(Task, task_id).duration_minutes


def test_the_first_brings_the_work_of_the_duration(plan) -> None:
    project_id, task_id, role_id = plan
    service.assign(project_id, task_id, ("role", role_id), 50, actor=SYSTEM)
    assert crew(task_id) == [("Analyst", 50, 1200)]
    assert db.session.get_one(Task, task_id).work_minutes == 1200


def test_twice_the_hands_end_a_fixed_work_at_half_time_and_the_dates_follow(plan) -> None:
    project_id, task_id, role_id = plan
    other, _work = staffing.add_role(project_id, {"name": "Helper", "share": 100}, actor=SYSTEM)
    service.assign(project_id, task_id, ("role", role_id), 100, actor=SYSTEM)
    service.set_kind(project_id, task_id, Fixed.WORK, driven=True, actor=SYSTEM)
    work = service.assign(project_id, task_id, ("role", other), 100, actor=SYSTEM)
    assert minutes(task_id) == 1200
    assert tasks.task(project_id, task_id, MONDAY).finish.isoformat() == "2026-01-07T12:00:00"
    undo(work.transaction_id, actor=SYSTEM)
    assert (minutes(task_id), len(crew(task_id))) == (2400, 1)
    assert tasks.task(project_id, task_id, MONDAY).finish.isoformat() == "2026-01-09T17:00:00"


def test_a_longer_task_is_more_work_for_those_on_it(plan) -> None:
    project_id, task_id, role_id = plan
    service.assign(project_id, task_id, ("role", role_id), 100, actor=SYSTEM)
    progress.change(project_id, task_id, {"duration_minutes": 4800}, actor=SYSTEM, now=NOW)
    assert crew(task_id) == [("Analyst", 100, 4800)]


def test_another_effort_of_the_whole_is_shared_as_before(plan) -> None:
    project_id, task_id, role_id = plan
    service.set_kind(project_id, task_id, Fixed.UNITS, driven=False, actor=SYSTEM)
    service.assign(project_id, task_id, ("role", role_id), 100, actor=SYSTEM)
    progress.change(project_id, task_id, {"work_minutes": 1200}, actor=SYSTEM, now=NOW)
    assert (minutes(task_id), crew(task_id)) == (1200, [("Analyst", 100, 1200)])


def test_who_works_on_a_task_goes_and_comes_back_with_it(plan) -> None:
    project_id, task_id, role_id = plan
    service.assign(project_id, task_id, ("role", role_id), 100, actor=SYSTEM)
    work = outline.delete(project_id, [task_id], actor=SYSTEM)
    undo(work.transaction_id, actor=SYSTEM)
    assert crew(task_id) == [("Analyst", 100, 2400)]


def test_the_load_is_that_of_those_on_the_task_and_no_longer_of_its_owner(plan) -> None:
    project_id, task_id, _role = plan
    owner, helper = factories.person("Ada Owner"), factories.person("Ben Helper")
    for each in (owner, helper):
        staffing.add_member(project_id, each.id, "member", actor=SYSTEM)
    progress.change(project_id, task_id, {"owner_id": owner.id}, actor=SYSTEM, now=NOW)
    service.assign(project_id, task_id, ("person", helper.id), 50, actor=SYSTEM)
    found = {row.name: row for row in resources.loads([project_id], MONDAY, date(2026, 1, 9), SYSTEM)}
    assert [round(day.percent) for day in found["Ben Helper"].days] == [50] * 5
    assert not any(day.minutes for day in found["Ada Owner"].days)


def test_whoever_is_put_on_a_task_finds_it_in_their_work_and_may_report_it(plan, client) -> None:
    project_id, task_id, role_id = plan
    helper, stranger = factories.person("Ben Helper"), factories.person("Cas Stranger")
    for each in (helper, stranger):
        staffing.add_member(project_id, each.id, "member", actor=SYSTEM)
    staffing.change_role(project_id, role_id, {"person_id": helper.id}, actor=SYSTEM)
    service.assign(project_id, task_id, ("role", role_id), 50, actor=SYSTEM)
    report = f"/projects/{project_id}/tasks/{task_id}/progress"
    factories.sign_in(client, stranger)
    assert "Map the fields" not in client.get("/my-work").text
    assert client.post(report, data={"percent_complete": "40"}).status_code == 403
    factories.sign_in(client, helper)
    assert "Map the fields" in client.get("/my-work").text
    assert client.post(report, data={"percent_complete": "40"}).status_code == 303


def test_a_crew_of_two_is_not_overloaded_by_two_tasks(plan) -> None:
    project_id, task_id, role_id = plan
    staffing.change_role(project_id, role_id, {"max_units": 200.0}, actor=SYSTEM)
    for each in (task_id, factories.task(project_id, duration_minutes=2400)):
        service.assign(project_id, each, ("role", role_id), 100, actor=SYSTEM)
    (row,) = resources.loads([project_id], MONDAY, date(2026, 1, 9), SYSTEM)
    assert [round(day.percent) for day in row.days] == [100] * 5
    assert row.overloads == []


@pytest.mark.parametrize(("who", "said"), [(("role", 99_999), "Nobody like that"), (("person", 99_999), "Nobody like")])
def test_strangers_are_refused(plan, who, said) -> None:
    project_id, task_id, _role = plan
    with pytest.raises(RuleBroken, match=said):
        service.assign(project_id, task_id, who, 100, actor=SYSTEM)


def test_twice_and_on_a_milestone_is_refused(plan) -> None:
    project_id, task_id, role_id = plan
    service.assign(project_id, task_id, ("role", role_id), 100, actor=SYSTEM)
    with pytest.raises(RuleBroken, match="on this task already"):
        service.assign(project_id, task_id, ("role", role_id), 100, actor=SYSTEM)
    stone = factories.task(project_id, "Go-live", type="milestone")
    with pytest.raises(RuleBroken, match="no work of its own"):
        service.assign(project_id, stone, ("role", role_id), 100, actor=SYSTEM)


def test_another_projects_assignment_is_not_there(plan) -> None:
    project_id, task_id, role_id = plan
    service.assign(project_id, task_id, ("role", role_id), 100, actor=SYSTEM)
    (row,) = queries.of_task(task_id)
    with pytest.raises(NotFound):
        service.remove(factories.project("Elsewhere"), row.id, actor=SYSTEM)
