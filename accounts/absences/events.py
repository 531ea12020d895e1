"""What upper floors may hear of people's time."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class TimeChanged(Event):
    """A person's days off or share changed: what only they can do moves."""

    person_id: int
