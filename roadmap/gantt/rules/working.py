"""Working time as a script reads it, so that what is dragged snaps to it at once; the server has the last word."""

from typing import TypedDict

from kernel.worktime import Calendar, Periods

Minutes = list[tuple[int, int]]


class Working(TypedDict):
    """Periods of each weekday, Monday first, and of the days that differ, in minutes of the day."""

    week: list[Minutes]
    other: dict[str, Minutes]


def working_of(calendar: Calendar) -> Working:
    """The working time of a calendar."""
    exceptions = sorted(calendar.exceptions.items())
    return {
        "week": [_minutes(periods) for periods in calendar.week],
        "other": {day.isoformat(): _minutes(periods) for day, periods in exceptions},
    }


def _minutes(periods: Periods) -> Minutes:
    return [(period.start, period.end) for period in periods]
