from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from accounts.access import service as access
from accounts.notices.models import Notice
from checklists import service as checklists
from desk.my_work import jobs, service
from infra.database import db
from infra.undo import undo
from kernel.actor import SYSTEM, project_scope
from roadmap.outline import service as outline
from roadmap.tasks import service as tasks
from tests import factories
from tests.fixtures.app import NOW

MORNING = NOW.replace(hour=6, minute=5)


@pytest.fixture
def world(app):
    project = factories.project()
    return SimpleNamespace(
        project=project,
        maren=factories.person("Maren Solberg", projects={project: "manager"}),
        samira=factories.person("Samira Haddad", projects={project: "member"}),
        tasks=[factories.task(project, f"Task {number}") for number in range(3)],
    )


def told(kind):
    db.session.rollback()
    rows = db.session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id))
    return [(row.person_id, row.subject, row.params["count"]) for row in rows]


def give(world, ids, to, actor=None):
    owner = {"owner_id": to.id}
    return tasks.bulk_change(world.project, ids, owner, actor=actor or world.maren, now=NOW)


def test_a_new_owner_is_told_and_the_old_one_is_not(world):
    give(world, world.tasks[:1], world.samira)
    assert told("assigned") == [(world.samira.id, f"task:{world.tasks[0]}", 1)]


def test_several_tasks_at_once_make_one_notice(world):
    give(world, world.tasks, world.samira)
    assert told("assigned") == [(world.samira.id, f"work:{world.samira.id}", 3)]


def test_nobody_is_told_what_they_took_themselves_or_had_already(world):
    give(world, world.tasks, world.maren)
    give(world, world.tasks, world.samira)
    tasks.change(world.project, world.tasks[0], {"name": "Other"}, actor=world.maren, now=NOW)
    assert len(told("assigned")) == 1


def test_a_task_that_is_made_for_somebody_tells_them(world):
    outline.add(world.project, {"name": "New", "owner_id": world.samira.id}, actor=world.maren)
    assert told("assigned")[0][0] == world.samira.id


def test_items_of_checklists_tell_their_owner_too(world):
    _list, (first, second) = factories.checklist(world.project, "Before", "One", "Two")
    checklists.assign_many(world.project, [first, second], world.samira.id, actor=world.maren)
    assert told("assigned") == [(world.samira.id, f"work:{world.samira.id}", 2)]
    checklists.change_item(world.project, first, {"owner_id": world.maren.id}, actor=world.samira)
    assert told("assigned")[1] == (world.maren.id, f"item:{first}", 1)


def test_undoing_takes_the_unread_notice_back_and_tells_nobody(world):
    work = give(world, world.tasks, world.samira)
    undo(work.transaction_id, actor=world.maren)
    assert told("assigned") == []


def test_giving_many_tasks_costs_two_statements_for_the_notice(world, asked):
    with asked() as seen:
        give(world, world.tasks, world.samira)
    assert len([each for each in seen if "notice" in each]) == 2


def due(world, task_id, day):
    constraint = {"constraint_type": "MSO", "constraint_date": datetime.combine(day, datetime.min.time())}
    tasks.change(world.project, task_id, constraint, actor=SYSTEM, now=NOW)


def test_people_are_told_once_a_day_what_is_due_tomorrow_and_what_is_late(world):
    give(world, world.tasks, world.samira, actor=world.samira)
    due(world, world.tasks[0], date(2026, 2, 19))
    due(world, world.tasks[1], date(2026, 2, 18))
    assert jobs.tell_due(SYSTEM, MORNING) == 1
    jobs.tell_due(SYSTEM, MORNING + timedelta(hours=1))
    assert told("due_tomorrow") == [(world.samira.id, f"task:{world.tasks[0]}", 1)]
    assert told("overdue") == [(world.samira.id, f"task:{world.tasks[2]}", 1)]


def test_what_is_late_for_days_is_one_notice_until_it_is_read(world):
    give(world, world.tasks, world.samira, actor=world.samira)
    service.tell_due(MORNING)
    service.tell_due(MORNING + timedelta(days=1))
    assert told("overdue") == [(world.samira.id, f"work:{world.samira.id}", 3)]


def test_people_are_told_in_the_morning_only(world):
    give(world, world.tasks, world.samira, actor=world.samira)
    assert jobs.tell_due(SYSTEM, MORNING - timedelta(hours=1)) == 0
    assert jobs.tell_due(SYSTEM, MORNING + timedelta(hours=7)) == 0


def test_whoever_left_the_project_is_told_nothing_of_it(world):
    give(world, world.tasks, world.samira, actor=world.samira)
    access.revoke_role(world.samira.id, "member", project_scope(world.project), actor=SYSTEM)
    service.tell_due(MORNING)
    assert told("overdue") == []
