"""What upper floors may hear of people, and what they are asked."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.events import Event
from kernel.questions import Question


@dataclass(frozen=True, slots=True)
class MaySwitchOff(Question):
    """May this person be switched off? An obstacle is work that only they hold."""

    person_id: int


@dataclass(frozen=True, slots=True)
class PersonSwitchedOff(Event):
    """A person can no longer sign in."""

    person_id: int
