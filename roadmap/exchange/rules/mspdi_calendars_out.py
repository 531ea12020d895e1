"""Calendars as MS Project writes them: a week, and the days that differ from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kernel.worktime import Calendar, Periods
from roadmap.exchange.rules.outgoing import OutCalendar, OutResource
from roadmap.exchange.rules.xml import Node

_DAY_END = 1440


def base(each: OutCalendar, uid: int) -> Node:
    """A calendar that others may be based on."""
    return {
        "UID": str(uid),
        "Name": each.name,
        "IsBaseCalendar": "1",
        "BaseCalendarUID": "-1",
        **_time(each.time, each.names),
    }


def derived(uid: str, each: OutResource, base: str) -> Node:
    """The calendar of a resource: that of the plan, or all of its own time."""
    node: Node = {"UID": uid, "Name": each.name, "IsBaseCalendar": "0", "BaseCalendarUID": base}
    return node if each.own_time is None else node | _time(each.own_time, {})


def _time(calendar: Calendar, names: Mapping[date, str]) -> Node:
    days = [{"DayType": str((number + 1) % 7 + 1), **_works(calendar.week[number])} for number in (6, 0, 1, 2, 3, 4, 5)]
    exceptions = [
        {
            "EnteredByOccurrences": "0",
            "TimePeriod": {"FromDate": f"{day}T00:00:00", "ToDate": f"{day}T23:59:00"},
            "Occurrences": "1",
            "Name": names.get(day, ""),
            "Type": "1",
            **_works(periods),
        }
        for day, periods in sorted(calendar.exceptions.items())
    ]
    return {"WeekDays": {"WeekDay": days}} | ({"Exceptions": {"Exception": exceptions}} if exceptions else {})


def _works(periods: Periods) -> Node:
    times = [{"FromTime": _clock(each.start), "ToTime": _clock(each.end)} for each in periods]
    return {"DayWorking": "1" if times else "0"} | ({"WorkingTimes": {"WorkingTime": times}} if times else {})


def _clock(minute: int) -> str:
    return f"{minute % _DAY_END // 60:02d}:{minute % 60:02d}:00"
