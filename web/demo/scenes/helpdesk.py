"""The help desk of the demo's big roll-out: its manager gives it a queue on the first day."""

from __future__ import annotations

from datetime import date

from roadmap.helpdesk import queries, service
from web.demo.cast import ROLLOUTS
from web.demo.stage import Stage


def play(stage: Stage, day: date) -> None:
    """Join the queue for colleagues."""
    if stage.rollout is ROLLOUTS[0] and day == stage.start:
        free = queries.free()
        service.join_queue(stage.project_id, free[0].id, actor=stage.manager)
