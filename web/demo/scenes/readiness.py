"""Readiness in the demo: the last six Fridays, and the last evening, are kept as they were computed then."""

from __future__ import annotations

from datetime import date, time

from kernel.actor import SYSTEM
from readiness.evidence.rules import Look
from readiness.verdict import service
from web.demo.stage import Stage

FRIDAY = 4
DAYS = 42
"""How far back days are kept; each costs the demo a look at every gate."""
EVENING = time(18, 45)


def play(stage: Stage, day: date) -> None:
    """Keep the day, as the nightly job does."""
    back = (stage.today - day).days
    if back == 1 or (day.weekday() == FRIDAY and back <= DAYS):
        service.keep_day(Look(stage.project_id, stage.clock.on(day, EVENING), day), actor=SYSTEM)
