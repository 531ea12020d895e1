"""Whom a roll-out is for, and since when it is live."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from roadmap.audience import queries, service
from roadmap.projects.events import ProjectCopied
from roadmap.tasks.models import Task
from tests import factories


@pytest.fixture
def project(app) -> int:
    return factories.project()


def test_without_a_choice_it_is_for_everybody(project):
    assert queries.audience(project).teams is None


def test_a_team_brings_those_below_it(project):
    sales = factories.team("Sales")
    north, _service = factories.team("Sales north", sales), factories.team("Service")
    service.choose(project, [sales], actor=SYSTEM)
    found = queries.audience(project)
    assert (found.chosen, found.teams) == (frozenset({sales}), frozenset({sales, north}))
    service.choose(project, [north], actor=SYSTEM)
    assert queries.audience(project).teams == frozenset({north})


def test_a_team_that_is_not_there_is_refused(project):
    with pytest.raises(RuleBroken):
        service.choose(project, [4711], actor=SYSTEM)


def test_people_are_named_besides_the_teams(project):
    sales, other = factories.team("Sales"), factories.team("Service")
    ruth = factories.person("Ruth")
    assert queries.audience(project).holds(other, ruth.id)
    service.name(project, ruth.id, actor=SYSTEM)
    found = queries.audience(project)
    assert (found.teams, found.people) == (frozenset(), frozenset({ruth.id}))
    assert [found.holds(other, ruth.id), found.holds(sales, ruth.id + 1)] == [True, False]
    service.choose(project, [sales], actor=SYSTEM)
    assert queries.audience(project).holds(sales, ruth.id + 1)
    for unfit in (ruth.id, 4711, None):
        with pytest.raises(RuleBroken):
            service.name(project, unfit, actor=SYSTEM)
    copy = factories.project(name="A copy")
    with transaction(SYSTEM, "project.copied") as work:
        service.follow_copy(ProjectCopied(project, copy, 0), work)
    assert queries.audiences((project, copy))[copy].people == frozenset({ruth.id})
    service.unname(project, ruth.id, actor=SYSTEM)
    assert queries.audience(project).people == frozenset()


def test_it_is_live_since_the_milestone_unless_a_day_was_set(project):
    assert queries.audience(project).live_since is None
    with transaction(SYSTEM, "task.changed") as work:
        work.session.add(
            Task(project_id=project, position=0, type="milestone", name="Go-live", is_go_live=True,
                 actual_finish=datetime(2026, 3, 2, 17))
        )  # fmt: skip
    assert queries.audience(project).live_since == date(2026, 3, 2)
    service.launch(project, date(2026, 3, 4), actor=SYSTEM)
    assert queries.audience(project).live_since == date(2026, 3, 4)
    service.launch(project, None, actor=SYSTEM)
    assert queries.audience(project).live_since == date(2026, 3, 2)
