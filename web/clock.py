"""Clocks: the system's, and one that pretends that today is another day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time

TODAY = "LAUNCH90_TODAY"
"""The day that a demo's processes and commands live on; not a setting for operators."""


def system_clock() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def clock_of_day(day: date) -> Callable[[], datetime]:
    """A clock that runs, but whose day is the given one: for a demo that must look the same at any time."""

    def clock() -> datetime:
        return datetime.combine(day, datetime.now(UTC).time(), UTC)

    return clock


def clock_in(environ: Mapping[str, str]) -> Callable[[], datetime]:
    """The clock that the environment names: that of the demo's day, or the system's."""
    day = environ.get(TODAY, "")
    return clock_of_day(date.fromisoformat(day)) if day else system_clock


def morning_of(day: date) -> datetime:
    """Ten past nine in the morning of a day, UTC: when the demo's day begins."""
    return datetime.combine(day, time(9, 10), UTC)
