"""What upper floors may hear of calendars."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class CalendarChanged(Event):
    """The working time of a calendar is another one: every date that hangs on it may move."""

    calendar_id: int
