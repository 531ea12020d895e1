"""Benefits in the demo: baselines are frozen early, and a roll-out that was closed has answered for its aims."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from readiness.benefits import queries, service
from readiness.benefits.service import Wanted
from readiness.gates.rules.sources import Look
from web.demo.stage import Stage

FREEZES, BASELINE_DAYS = 9, 60
"""On which day of a roll-out its baselines are frozen, and of how many days before it."""
STATED = {
    "csat": (71.0, 140, "Survey of last autumn, answers of 4 and 5, kept with the service team."),
    "revenue": (4_100_000.0, 61, "Accounting: invoices of these sixty days, before deals were kept here."),
}
"""Values from elsewhere, from how many, and where they come from. Revenue is measured where deals are kept already."""
MEASURED = frozenset({"revenue"})
"""What was kept before go-live, so that it can be counted."""
CAME_OF_IT = {
    "revenue": ("open", "The service desk sells little; the figure is followed with the Nordic launch."),
    "csat": ("open", "The survey of the spring says; Samira Haddad asks for it."),
    "first-response": ("partly", "Answers come the same day; how long they took before nobody wrote down."),
}
"""What the manager of a finished roll-out says, by figure."""


def play(stage: Stage, day: date) -> None:
    """Freeze the baselines once the charter is written."""
    if stage.day_of(day) == FREEZES:
        _freeze(stage, day)


def farewell(stage: Stage, day: date) -> None:
    """Before a roll-out is closed its manager says what has come of each objective."""
    stage.clock.on(day, time(16, 20))
    look = _look(stage, day)
    for each in queries.objectives(look):
        service.answer(look, each.id, *CAME_OF_IT[each.aim.kpi], actor=stage.manager)


def _freeze(stage: Stage, day: date) -> None:
    """Measured where a figure is kept, stated where it is not; of one nobody knows how it was."""
    look, until = _look(stage, day), day - timedelta(days=1)
    since = until - timedelta(days=BASELINE_DAYS - 1)
    stage.clock.on(day, time(15, 25))
    for each in queries.objectives(look):
        if each.aim.kpi in MEASURED and not stage.rollout.finished:
            service.freeze(look, each.id, Wanted(since, until), actor=stage.manager)
        elif each.aim.kpi in STATED:
            value, n, note = STATED[each.aim.kpi]
            service.freeze(look, each.id, Wanted(since, until, value, n, note), actor=stage.manager)


def _look(stage: Stage, day: date) -> Look:
    return Look(stage.project_id, datetime.combine(day, time(19, 30), UTC), day)
