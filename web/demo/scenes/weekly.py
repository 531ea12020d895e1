"""The weekly word in the demo: on the last Monday before today executives got their page."""

from __future__ import annotations

from datetime import date, time, timedelta

from kernel.actor import SYSTEM
from reports.weekly.jobs import send_words
from web.demo.cast import ROLLOUTS
from web.demo.stage import Stage

AT = time(7, 35)


def play(stage: Stage, day: date) -> None:
    """Send the word of that Monday; it costs the demo a PDF."""
    last = stage.today - timedelta(days=stage.today.weekday() or 7)
    if stage.rollout.name == ROLLOUTS[0].name and day == last:
        send_words(SYSTEM, stage.clock.on(day, AT))
