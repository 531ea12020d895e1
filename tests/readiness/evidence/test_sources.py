"""All that a roll-out of the template is asked, judged together."""

from __future__ import annotations

from datetime import date

from desk.setup import service as setup
from desk.setup.service import NewProject
from kernel.actor import SYSTEM
from readiness.evidence.queries import SOURCES
from readiness.evidence.rules import Look
from readiness.gates import queries as gates
from readiness.gates.rules.results import Result
from readiness.verdict import queries as verdict
from tests.fixtures.app import NOW

MOST_STATEMENTS = 65
"""A third of them are those of health, as its page has them (value against the baselines twelve);
sign-offs take five, for all gates."""


def test_every_criterion_of_the_template_is_answered_in_few_statements(app, asked):
    project = setup.create(NewProject(name="Europe", start=date(2026, 1, 5), country="BE"), actor=SYSTEM, now=NOW)
    found = gates.gates(project)
    with asked() as statements:
        standings = verdict.standings(found, Look(project, NOW, date(2026, 2, 18)))
    lines = [line for standing in standings for line in standing.lines]
    assert len(lines) >= 57
    assert {line.criterion.source for line in lines} <= set(SOURCES)
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
    for line in lines:
        assert line.evidence.value is not None or line.evidence.why, line.criterion.key
    known = {line.criterion.key: line.result for line in lines if line.result is not Result.UNKNOWN}
    planned = {line.criterion.key for line in lines if line.criterion.source in ("checklist", "milestone", "task")}
    assert planned <= set(known)
    assert known["go-live-help-desk-ready"] is Result.FAIL
