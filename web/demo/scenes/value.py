"""Value in the demo: the plan is frozen at kick-off and again when it has moved; each week's figures are kept."""

from __future__ import annotations

from datetime import date, time

from kernel.actor import SYSTEM
from roadmap.baselines import service as baselines
from roadmap.value import service
from web.demo.cast import ROLLOUTS
from web.demo.stage import Stage

MONDAY = 0
KICK_OFF, REPLAN = "Kick-off", "After the re-plan"
KICK_OFF_DAY = 2
REPLAN_DAY = 39
"""Two days after the accounting system is connected at last: what it cost is in the plan."""
BASELINES: dict[str, dict[int, tuple[str, str]]] = {
    ROLLOUTS[0].name: {
        KICK_OFF_DAY: (KICK_OFF, "As the steering group agreed it."),
        REPLAN_DAY: (REPLAN, "The accounting system cost days; the steering group agreed to the later go-live."),
    },
    ROLLOUTS[1].name: {KICK_OFF_DAY: (KICK_OFF, "As the steering group agreed it.")},
    ROLLOUTS[2].name: {KICK_OFF_DAY: (KICK_OFF, "As the pilot began.")},
}
"""What is frozen, by day since the start; each takes the place of the one before."""


def play(stage: Stage, day: date) -> None:
    """Freeze what is to be frozen; keep the week that is over each Monday, and the day before the story's last."""
    said = BASELINES.get(stage.rollout.name, {}).get(stage.day_of(day))
    if said is not None:
        now = stage.clock.on(day, time(16, 40))
        baselines.take(stage.project_id, *said, reference=True, actor=stage.manager, now=now)
    if (day.weekday() == MONDAY and day > stage.start) or day == stage.today:
        service.keep_day(stage.project_id, day, actor=SYSTEM, now=stage.clock.on(day, time(3, 20)))
