"""Readiness in the demo: every Friday, and each of the last days, is kept as it was computed that evening."""

from __future__ import annotations

from datetime import date, time

from kernel.actor import SYSTEM
from readiness.evidence.rules import Look
from readiness.verdict import service
from web.demo.stage import Stage

FRIDAY, LAST_DAYS = 4, 2
EVENING = time(18, 45)


def play(stage: Stage, day: date) -> None:
    """Keep the day, as the nightly job does."""
    if day.weekday() == FRIDAY or (stage.today - day).days <= LAST_DAYS:
        service.keep_day(Look(stage.project_id, stage.clock.on(day, EVENING), day), actor=SYSTEM)
