"""What a job is and when it is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again after so many seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day at a time of UTC, which no change of clocks repeats or leaves out."""

    hour: int
    minute: int = 0


@dataclass(frozen=True, slots=True)
class Monthly:
    """Once a month on a day that every month has, at a time of UTC."""

    day: int
    hour: int
    minute: int = 0


Trigger = Every | Daily | Monthly


@dataclass(frozen=True, slots=True)
class Job:
    """A line of the timetable. ``act`` gets the author and the moment, and gives what a person would like to read.

    Running it twice does no harm. A ``quiet`` job is recorded only when it did something or failed.
    """

    name: str
    title: str
    trigger: Trigger
    act: Callable[[Actor, datetime], object]
    quiet: bool = False


_ROUND = {1: "every second", 60: "every minute", 3600: "every hour"}


def describe(trigger: Trigger) -> str:
    """When a job runs, in words.

    >>> describe(Every(1)), describe(Every(60)), describe(Every(300)), describe(Daily(2, 5))
    ('every second', 'every minute', 'every 5 minutes', 'daily at 02:05 UTC')
    >>> describe(Monthly(3, 4))
    'monthly on day 3 at 04:00 UTC'
    """
    if isinstance(trigger, Monthly):
        return f"monthly on day {trigger.day} at {trigger.hour:02}:{trigger.minute:02} UTC"
    if isinstance(trigger, Daily):
        return f"daily at {trigger.hour:02}:{trigger.minute:02} UTC"
    if trigger.seconds in _ROUND:
        return _ROUND[trigger.seconds]
    minutes, rest = divmod(trigger.seconds, 60)
    return f"every {trigger.seconds} seconds" if rest else f"every {minutes} minutes"
