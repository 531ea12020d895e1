from dataclasses import replace
from datetime import date

import pytest
from flask import Flask, g
from flask_babel import Babel

from roadmap.gantt import charts
from roadmap.gantt.rules.plan import GanttLink
from roadmap.gantt.rules.sentence import answer_of, driver_of
from tests.roadmap.gantt.plans import plan_of, roll_out

GO_LIVE, VALIDATE, SIGNED_OFF = 39, 13, 15


@pytest.fixture(scope="module")
def app():
    app = Flask("gantt")
    Babel(app)
    return app


def said(app, plan):
    with app.test_request_context():
        g.today = date(2026, 2, 18)
        return charts.sentence(answer_of(plan), "?late=1").striptags()


def changed(plan, id, **values):
    return replace(plan, tasks=tuple(replace(task, **values) if task.id == id else task for task in plan.tasks))


def project(**values):
    return replace(roll_out(), **{"go_live": GO_LIVE, "target": date(2026, 3, 3), **values})


def leaves(plan):
    return [task for task in plan.tasks if task.type != "summary"]


CASES = [
    (project(), "Go-live lands on Thu 5 Mar, two days late. “Validate and reconcile” drives it;"),
    (project(target=date(2026, 3, 4)), "Go-live lands on Thu 5 Mar, one day late."),
    (project(target=date(2026, 3, 5)), "Go-live lands on Thu 5 Mar, on its target."),
    (project(target=date(2026, 3, 9)), "Go-live lands on Thu 5 Mar, four days early."),
    (project(target=None), "Go-live lands on Thu 5 Mar; no target is set."),
    (project(go_live=None), "The plan ends on Fri 27 Mar; no milestone in it is the go-live."),
    (changed(project(), GO_LIVE, percent=100), "Went live on Thu 5 Mar, two days late. 37 of 38"),
    (changed(project(target=None), GO_LIVE, percent=100), "Went live on Thu 5 Mar."),
    (project(tasks=()), "The plan has phases and no tasks yet. 0 of 0 tasks are on time."),
    (project(links=()), "It waits for nothing else; 37 of 38 tasks are on time."),
]


@pytest.mark.parametrize(("plan", "words"), CASES, ids=[words[:40] for _, words in CASES])
def test_the_answer_says_when_how_late_and_why(app, plan, words):
    assert words in said(app, plan)


def test_a_name_with_markup_stays_text(app):
    plan = changed(project(), VALIDATE, name="<b>Ship</b> %(day)s")
    with app.test_request_context():
        g.today = date(2026, 2, 18)
        text = str(charts.sentence(answer_of(plan), "?late=1"))
    assert "“&lt;b&gt;Ship&lt;/b&gt; %(day)s”" in text


def test_what_is_done_drives_nothing():
    plan = changed(project(), VALIDATE, percent=100)
    assert answer_of(plan).driver.id != VALIDATE


def test_what_a_summary_waits_for_drives_all_below_it():
    plan = project()
    parent = next(task.parent for task in plan.tasks if task.id == GO_LIVE)
    plan = replace(plan, links=(GanttLink(SIGNED_OFF, parent),))
    assert driver_of(plan, next(task for task in plan.tasks if task.id == GO_LIVE)).id == SIGNED_OFF


def test_a_summary_drives_by_its_last_unfinished_task():
    plan = project()
    summary = next(task.parent for task in plan.tasks if task.id == VALIDATE)
    plan = replace(plan, links=(GanttLink(summary, GO_LIVE), GanttLink(VALIDATE, SIGNED_OFF)))
    assert driver_of(plan, next(task for task in plan.tasks if task.id == GO_LIVE)).id == VALIDATE


def test_links_in_a_circle_end_the_search():
    plan = replace(plan_of(6), links=(GanttLink(2, 3), GanttLink(3, 2)))
    assert driver_of(plan, plan.tasks[2]) is not None


def test_late_tasks_are_what_is_not_on_time():
    answer = answer_of(project())
    assert answer.late == sum(task.late for task in leaves(project())) == answer.total - answer.on_time
