"""A plan that can be forecast, and risks on demand."""

from datetime import UTC, date, datetime

import pytest

from infra.transaction import transaction
from kernel.actor import SYSTEM
from roadmap.risks import service as risks
from roadmap.risks.rules import RiskData
from roadmap.tasks.models import Task
from tests import factories

DAY = 480
NOW = datetime(2026, 1, 7, 9, tzinfo=UTC)


@pytest.fixture
def plan(app):
    """Two tasks of ten and five days, the first with an estimate, and the go-live after them, meant for 26 January."""
    project = factories.project(target_go_live=date(2026, 1, 26))
    guess = {"estimate_low": 8 * DAY, "estimate_likely": 10 * DAY, "estimate_high": 15 * DAY}
    first = factories.task(project, "Migrate", duration_minutes=10 * DAY, **guess)
    second = factories.task(project, "Train", duration_minutes=5 * DAY, after=first)
    live = factories.task(project, "Go-live", type="milestone", after=second)
    with transaction(SYSTEM, "task.changed") as work:
        work.session.get(Task, live).is_go_live = True
    return project, first, second, live


@pytest.fixture
def strike(app):
    """Write down a risk that hits a task; its number."""

    def add(project, task, chance, low, high, **more):
        data = RiskData("It breaks", probability=3, impact=3, chance=chance, days_low=low, days_high=high, **more)
        number, _work = risks.add_risk(project, data, actor=SYSTEM, now=NOW)
        risks.link(project, number, f"task:{task}", actor=SYSTEM)
        return number

    return add
