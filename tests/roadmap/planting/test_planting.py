"""Planting a plan all at once, and how little it takes to read and to re-schedule it."""

from datetime import date, timedelta

import pytest

from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from roadmap.planting import service as planting
from roadmap.planting.rules import RowSeed, TieSeed
from roadmap.projects import service as projects
from roadmap.staffing import service as staffing
from roadmap.tasks import queries, service
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)


@pytest.fixture
def project(app):
    return factories.project()


def plant(project, seeds, links=()):
    with transaction(SYSTEM, "plan.planted") as work:
        return planting.plant(project, seeds, links, work)


def test_a_plan_is_planted_with_its_tree_and_links(project):
    numbers = plant(
        project,
        [
            RowSeed("p", "Migration"),
            RowSeed("a", "Map", "p", {"duration_minutes": 960}),
            RowSeed("b", "Signed off", "p", {"type": "milestone"}),
        ],
        [TieSeed("a", "b")],
    )
    rows = queries.rows(project, TODAY)
    assert [(row.wbs, row.key, row.type) for row in rows] == [
        ("1", "p", "summary"),
        ("1.1", "a", "task"),
        ("1.2", "b", "milestone"),
    ]
    assert rows[2].start == rows[1].finish
    assert numbers["b"] == rows[2].id


@pytest.mark.parametrize(
    ("seeds", "says"),
    [
        ([RowSeed("a", "Map"), RowSeed("a", "Load")], "two rows"),
        ([RowSeed("a", "Map", "z")], "does not exist"),
        ([RowSeed("a", "Map", None, {"percent_complete": 140})], "140 %"),
    ],
)
def test_a_plan_that_makes_no_sense_leaves_nothing(project, seeds, says):
    with pytest.raises(RuleBroken, match=says):
        plant(project, seeds)
    assert queries.rows(project, TODAY) == []


def test_a_copy_has_the_plan_without_its_progress(project):
    phase = projects.add_phase(project, 1, "Kick-off", actor=SYSTEM, week_from=1, week_to=2)
    role, _work = staffing.add_role(project, {"name": "Project manager", "share_min": 50}, actor=SYSTEM)
    summary = factories.task(project, "Kick-off", phase_id=phase)
    first = factories.task(project, "Meet", parent_id=summary, role_id=role, deadline=date(2026, 1, 9))
    factories.task(project, "Agree", parent_id=summary, after=first)
    service.set_progress(project, first, 100, actor=SYSTEM, now=NOW)
    copied = projects.copy(project, "Asia launch", date(2026, 2, 2), actor=SYSTEM, now=NOW)
    rows = queries.rows(copied, TODAY)
    assert [(row.wbs, row.name, row.percent, row.phase) for row in rows] == [
        ("1", "Kick-off", 0, "Kick-off"),
        ("1.1", "Meet", 0, "Kick-off"),
        ("1.2", "Agree", 0, "Kick-off"),
    ]
    assert (rows[1].role, rows[1].deadline, rows[2].predecessors_text) == ("Project manager", date(2026, 2, 6), "1.1")
    assert rows[2].start - queries.rows(project, TODAY)[2].start >= timedelta(days=-365)


def big_plan(project):
    seeds, links = [], []
    for phase in range(6):
        seeds.append(RowSeed(f"p{phase}", f"Phase {phase}"))
        for step in range(21):
            key = f"{phase}.{step}"
            seeds.append(RowSeed(key, f"Task {key}", f"p{phase}", {"duration_minutes": 480}))
            if step:
                links.append(TieSeed(f"{phase}.{step - 1}", key))
    return plant(project, seeds, links)


def test_reading_130_rows_takes_two_statements(project, asked):
    big_plan(project)
    with asked() as seen:
        assert len(queries.rows(project, TODAY)) == 132
    assert len([each for each in seen if each.startswith("SELECT")]) == 2


def test_a_report_of_progress_on_130_tasks_takes_few_statements(project, asked):
    numbers = list(big_plan(project).values())
    with asked() as seen:
        service.set_progress(project, numbers[5], 50, actor=SYSTEM, now=NOW)
    assert len(seen) <= 20
