"""Roll-outs to decide about: gates with criteria that nothing measures, statements, kept days."""

from datetime import datetime, timedelta

import pytest

from infra.transaction import transaction
from kernel.actor import SYSTEM
from readiness.evidence import service as evidence
from readiness.evidence.rules import Look
from readiness.gates import service as criteria
from readiness.gates.models import ReadinessGate
from readiness.verdict import service as verdict
from tests import factories
from tests.fixtures.app import NOW

TODAY = NOW.date()


def plan(name, day=datetime(2026, 3, 6, 17), **more):
    """A roll-out with a go-live on a day and its gate; the number of the roll-out."""
    made = factories.project(name, **more)
    at = {"constraint_type": "SNET", "constraint_date": day}
    go_live = factories.task(made, "Go-live", type="milestone", is_go_live=True, **at)
    with transaction(SYSTEM, "project.created") as work:
        gate = ReadinessGate(
            project_id=made,
            key="go-live",
            name="Go-live gate",
            milestone_id=go_live,
            minimum_score=85,
            minimum_confidence=80,
        )
        work.session.add(gate)
    return made


def ask(project, statement, value=None, **more):
    """A must-have of the gate, with what somebody states of it; its number."""
    values = {"statement": statement, "source": "survey", "must_have": True, **more}
    number = criteria.add_criterion(project, "go-live", values, actor=SYSTEM)[0]
    if value is not None:
        soon = TODAY + timedelta(days=14)
        evidence.state(project, number, value, "Seen", soon, actor=SYSTEM, now=NOW, today=TODAY)
    return number


def keep(project, day=TODAY):
    """Keep a day of the gate."""
    verdict.keep_day(Look(project, datetime.combine(day, NOW.timetz()), day), actor=SYSTEM)


@pytest.fixture
def browse(app):
    """Open pages as somebody."""
    app.url_build_error_handlers.append(lambda _error, endpoint, _values: f"/{endpoint}")
    return lambda who: factories.sign_in(app.test_client(), who)
