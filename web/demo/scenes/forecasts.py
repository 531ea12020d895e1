"""Forecasts: one is kept on every second Monday, as the timetable would, and one on the eve with all its runs."""

from __future__ import annotations

from datetime import date, time, timedelta

from kernel.actor import SYSTEM
from roadmap.forecast import service
from roadmap.forecast.rules.answer import RUNS
from web.demo.stage import Stage

MONDAY, FRIDAY = 0, 4
FEWER_RUNS = 1_000
"""Enough to tell the weeks that are over; the last forecast has all runs."""


def play(stage: Stage, day: date) -> None:
    """Keep the forecast of two weeks in the night to Monday, before anybody works, and one on the last day lived."""
    ahead = stage.today - day
    last = ahead <= timedelta(days=1) or (day.weekday() == FRIDAY and ahead <= timedelta(days=3))
    due = day.weekday() == MONDAY and stage.day_of(day) // 7 % 2 == 0
    if not due and not last:
        return
    now = stage.clock.on(day, time(3, 20) if not last else time(16, 20))
    service.publish(stage.project_id, day, actor=SYSTEM, now=now, runs=RUNS if last else FEWER_RUNS)
