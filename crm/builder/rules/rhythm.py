"""When a report is sent: every day, every week or every month, at a time of the instance's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from kernel.errors import RuleBroken

LATE = timedelta(days=2)
"""A turn that is over for longer is left out: who was away for a week does not want seven reports."""
_LAST_DAY = 28
_MONTHS_BACK = timedelta(days=32)


class Every(StrEnum):
    """How often."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Form(StrEnum):
    """As which file."""

    PDF = "pdf"
    XLSX = "xlsx"


EVERY: Mapping[Every, str] = {Every.DAY: "every working day", Every.WEEK: "every week", Every.MONTH: "every month"}
FORMS: Mapping[Form, str] = {Form.PDF: "PDF", Form.XLSX: "Excel (XLSX)"}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """``day``: 0 for Monday to 6 for Sunday of a week, 1 to 28 of a month, 0 where it is sent every working day."""

    every: Every
    day: int
    at: str
    form: Form


def check_rhythm(every: str, weekday: int, month_day: int, at: str, form: str) -> Rhythm:
    """What was chosen. Raises RuleBroken with the field.

    >>> check_rhythm("week", 0, 1, "7:30", "pdf").at
    '07:30'
    """
    if every not in EVERY or form not in FORMS:
        raise RuleBroken("reports.every", "Choose how often, and as which file.", field="every")
    if not 0 <= weekday <= 6:  # the days of a week
        raise RuleBroken("reports.weekday", "Choose a day of the week.", field="weekday")
    if not 1 <= month_day <= _LAST_DAY:
        raise RuleBroken("reports.month_day", "Choose a day from 1 to 28: every month has these.", field="month_day")
    day = {Every.DAY: 0, Every.WEEK: weekday, Every.MONTH: month_day}[Every(every)]
    return Rhythm(Every(every), day, _time(at), Form(form))


def _time(typed: str) -> str:
    hours, _colon, minutes = typed.strip()[:8].replace(".", ":").partition(":")
    try:
        return time(int(hours), int(minutes[:2])).isoformat("minutes")
    except ValueError as error:
        raise RuleBroken("reports.at", "Write the time like 07:30.", field="at") from error


def last_turn(rhythm: Rhythm, now: datetime, zone: tzinfo) -> datetime:
    """The newest turn that has come.

    >>> from datetime import UTC
    >>> last_turn(Rhythm(Every.WEEK, 0, "07:30", Form.PDF), datetime(2026, 2, 18, 9, tzinfo=UTC), UTC).isoformat()
    '2026-02-16T07:30:00+00:00'
    >>> last_turn(Rhythm(Every.MONTH, 20, "07:30", Form.PDF), datetime(2026, 2, 18, 9, tzinfo=UTC), UTC).date()
    datetime.date(2026, 1, 20)
    """
    return _turns(rhythm, now, zone)[0]


def next_turn(rhythm: Rhythm, now: datetime, zone: tzinfo) -> datetime:
    """The turn that comes next.

    >>> from datetime import UTC
    >>> next_turn(Rhythm(Every.DAY, 0, "07:30", Form.PDF), datetime(2026, 2, 20, 9, tzinfo=UTC), UTC).isoformat()
    '2026-02-23T07:30:00+00:00'
    """
    return _turns(rhythm, now, zone)[1]


def due(rhythm: Rhythm, since: datetime, now: datetime, zone: tzinfo) -> str:
    """The name of the turn that is due, its day; empty where none is: none came since, or it is over for too long."""
    turn = last_turn(rhythm, now, zone)
    return turn.date().isoformat() if since <= turn and now - turn <= LATE else ""


def _turns(rhythm: Rhythm, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The turns around a moment: the last one that has come, and the one after."""
    today = now.astimezone(zone).date()
    moments = [
        datetime.combine(day, time.fromisoformat(rhythm.at), zone)
        for day in (today + timedelta(days=number) for number in range(-_MONTHS_BACK.days, _MONTHS_BACK.days))
        if _falls_on(rhythm, day)
    ]
    return max(each for each in moments if each <= now), min(each for each in moments if each > now)


def _falls_on(rhythm: Rhythm, day: date) -> bool:
    if rhythm.every is Every.MONTH:
        return day.day == rhythm.day
    return day.weekday() == rhythm.day if rhythm.every is Every.WEEK else day.weekday() < 5  # Saturday
