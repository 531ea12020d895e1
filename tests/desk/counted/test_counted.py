"""Progress that a checklist counts: with each tick, in its own action, and back with its undo."""

from __future__ import annotations

import pytest

from checklists import service as checklists
from desk.counted import service
from infra.database import db
from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from roadmap.tasks import service as progress
from roadmap.tasks.models import Task
from tests import factories
from tests.fixtures.app import NOW


@pytest.fixture
def plan(app):
    """A project, its task, and the three items of the list that is tied to it."""
    project_id = factories.project()
    task_id = factories.task(project_id, "Cleanse the data", duration_minutes=2400)
    list_id, items = factories.checklist(project_id, "Cleansing", "One", "Two", "Three")
    checklists.change_list(project_id, list_id, {"task_id": task_id}, actor=SYSTEM)
    return project_id, task_id, items


def percent(task_id):
    db.session.expire_all()
    return db.session.get_one(Task, task_id).percent_complete


def test_each_tick_moves_the_task_and_an_undo_takes_it_back(plan):
    project_id, task_id, items = plan
    service.count(project_id, task_id, actor=SYSTEM)
    ticked = checklists.tick(project_id, items[0], actor=SYSTEM, now=NOW)
    assert percent(task_id) == 33
    assert db.session.get_one(Task, task_id).actual_start is not None
    undo(ticked.work.transaction_id, actor=SYSTEM)
    assert percent(task_id) == 0
    checklists.tick_many(project_id, items, actor=SYSTEM, now=NOW)
    assert percent(task_id) == 100


def test_what_is_ticked_already_counts_at_once_and_so_does_an_item_more(plan):
    project_id, task_id, items = plan
    checklists.tick_many(project_id, items[:2], actor=SYSTEM, now=NOW)
    assert percent(task_id) == 0
    service.count(project_id, task_id, actor=SYSTEM)
    assert percent(task_id) == 66
    checklists.remove_item(project_id, items[2], actor=SYSTEM)
    assert percent(task_id) == 100


def test_only_required_items_count_where_there_are_any(plan):
    project_id, task_id, items = plan
    checklists.change_item(project_id, items[0], {"required": False}, actor=SYSTEM)
    service.count(project_id, task_id, actor=SYSTEM)
    checklists.tick(project_id, items[0], actor=SYSTEM, now=NOW)
    assert percent(task_id) == 0
    checklists.tick(project_id, items[1], actor=SYSTEM, now=NOW)
    assert percent(task_id) == 50


def test_nobody_reports_by_hand_meanwhile(plan):
    project_id, task_id, _items = plan
    service.count(project_id, task_id, actor=SYSTEM)
    with pytest.raises(RuleBroken, match="counts its checklist"):
        progress.set_progress(project_id, task_id, 40, actor=SYSTEM, now=NOW)
    service.report_again(project_id, task_id, actor=SYSTEM)
    progress.set_progress(project_id, task_id, 40, actor=SYSTEM, now=NOW)
    assert percent(task_id) == 40


def test_a_task_without_a_list_has_nothing_to_count(plan):
    project_id, _task, _items = plan
    with pytest.raises(RuleBroken, match="no checklist"):
        service.count(project_id, factories.task(project_id), actor=SYSTEM)


def test_the_page_says_what_it_means_and_does_it(plan, client):
    project_id, task_id, items = plan
    factories.sign_in(client, factories.administrator())
    at = f"/projects/{project_id}/tasks/{task_id}"
    assert "Let the checklist say it" in client.get(at).text
    assert "0 of 3" in client.get(f"{at}/progress-from-checklist").text
    client.post(f"{at}/progress-from-checklist")
    checklists.tick(project_id, items[0], actor=SYSTEM, now=NOW)
    assert "1 of 3 items" in client.get(at).text
    client.post(f"{at}/progress-from-checklist/stop")
    assert not db.session.get_one(Task, task_id).counted
