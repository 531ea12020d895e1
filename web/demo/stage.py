"""What a scene of the demo finds on the stage: one roll-out, its people and the story's clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from accounts.access.queries import actor_of
from kernel.actor import SYSTEM, Actor
from web.demo.cast import Rollout

WORK_BEGINS = time(8, 5)


class StoryClock:
    """The application's clock while the demo is played: whoever plays moves it."""

    def __init__(self, now: datetime) -> None:
        """Start at a moment."""
        self.now = now

    def __call__(self) -> datetime:
        """The moment in the story."""
        return self.now

    def on(self, day: date, at: time = WORK_BEGINS) -> datetime:
        """Move to a time of a day, and say it."""
        self.now = datetime.combine(day, at, UTC)
        return self.now


@dataclass(frozen=True, slots=True)
class Stage:
    """One roll-out: ``ids`` are people by their key of the cast, ``manager_key`` is who manages it."""

    rollout: Rollout
    project_id: int
    start: date
    today: date
    clock: StoryClock
    ids: Mapping[str, int]
    manager_key: str

    @property
    def manager(self) -> Actor:
        """Who manages the roll-out, with the roles held now."""
        return self.actor(self.manager_key)

    def actor(self, key: str) -> Actor:
        """Somebody of the cast, with the roles held now."""
        return person(self.ids[key])

    def day_of(self, day: date) -> int:
        """Calendar days since the start: 0 on the first day."""
        return (day - self.start).days


def person(person_id: int) -> Actor:
    """Somebody as the author of an action; the system for somebody who can't act."""
    return actor_of(person_id) or SYSTEM


Scene = Callable[[Stage, date], None]
"""Called on every working day of every open roll-out, after ticks and reports; plays through the rooms' services."""
