"""What the pilot taught is kept: its manager saves it as a template and shares it."""

from __future__ import annotations

from datetime import date, time

from desk.shelf import service
from web.demo.stage import Stage

NAME = "Service desk roll-out"
ABOUT = "For one team of twenty to fifty people: what the pilot in Aarhus did, without what nobody needed."
NOTE = "As the pilot ended."


def farewell(stage: Stage, day: date) -> None:
    """Save the roll-out that ends as a template for everybody."""
    now, actor = stage.clock.on(day, time(16, 25)), stage.manager
    key, _found = service.save_project(stage.project_id, NAME, ABOUT, NOTE, actor=actor, now=now)
    service.share(key, shared=True, actor=actor)
