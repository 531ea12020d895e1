"""Writing calendars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.calendars import queries, rules
from accounts.calendars.events import CalendarChanged
from accounts.calendars.models import CalendarException, WorkCalendar
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken

NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class CalendarData:
    """What is said of a calendar; the week as seven lists of [start, end] minutes of the day."""

    name: str
    week: Sequence[Sequence[Sequence[int]]]
    country: str = ""
    subdivision: str = ""


Differing = Sequence[tuple[date, str, Sequence[Sequence[int]]]]
"""Days that differ: the day, its name and its periods."""


def keep_whole(
    data: CalendarData,
    differing: Differing,
    *,
    calendar_id: int | None = None,
    project_id: int | None = None,
    actor: Actor,
) -> int:
    """A calendar with all its days that differ at once, as a file has them: a new one of a project, or in place of one.

    A day that stays keeps its row, so that an undo finds it. Raises RuleBroken, NotFound; returns its number.
    """
    _check(data, differing)
    with transaction(actor, "calendar.changed" if calendar_id else "calendar.added") as work:
        calendar = queries.row(calendar_id) if calendar_id else WorkCalendar(project_id=project_id)
        _fill(calendar, data)
        work.session.add(calendar)
        rows = {day: (name.strip()[:NAME_LENGTH], [list(pair) for pair in each]) for day, name, each in differing}
        for known in list(calendar.exceptions):
            if known.day in rows:
                known.name, known.periods = rows.pop(known.day)
            else:
                calendar.exceptions.remove(known)
        work.session.flush()
        values = [
            {"calendar_id": calendar.id, "day": day, "name": name, "periods": periods}
            for day, (name, periods) in rows.items()
        ]
        work.bulk_insert(CalendarException, values)
        work.session.expire(calendar, ["exceptions"])
        _tell(work, calendar)
        return calendar.id


def add_calendar(data: CalendarData, *, project_id: int | None = None, actor: Actor) -> int:
    """A new calendar, for everybody or for one project. Raises RuleBroken; returns its number."""
    _check(data)
    with transaction(actor, "calendar.added") as work:
        calendar = WorkCalendar(project_id=project_id)
        _fill(calendar, data)
        work.session.add(calendar)
        work.session.flush()
        return calendar.id


def change_calendar(calendar_id: int, data: CalendarData, *, actor: Actor) -> None:
    """Change week, name or holidays. Raises RuleBroken, NotFound."""
    _check(data)
    with transaction(actor, "calendar.changed") as work:
        calendar = queries.row(calendar_id)
        _fill(calendar, data)
        _tell(work, calendar)


def add_exception(calendar_id: int, day: date, name: str, periods: Sequence[Sequence[int]], *, actor: Actor) -> None:
    """A day that differs; one that is there already gets the new name and periods. Raises RuleBroken, NotFound."""
    rules.periods_of(periods, str(day))
    if not rules.FIRST_YEAR <= day.year <= rules.LAST_YEAR:
        raise RuleBroken("calendars.year", "Give a day between 2000 and 2100.", field="day")
    if len(name.strip()) > NAME_LENGTH:
        raise RuleBroken("calendars.long", "At most %(most)d characters fit.", field="name", most=NAME_LENGTH)
    with transaction(actor, "calendar.exception_added") as work:
        calendar = queries.row(calendar_id)
        found = next((each for each in calendar.exceptions if each.day == day), None)
        if found is None:
            found = CalendarException(day=day)
            calendar.exceptions.append(found)
        found.name, found.periods = name.strip(), [list(pair) for pair in periods]
        _tell(work, calendar)


def remove_exception(calendar_id: int, exception_id: int, *, actor: Actor) -> None:
    """Let a day be like others again. Raises NotFound."""
    with transaction(actor, "calendar.exception_removed") as work:
        calendar = queries.row(calendar_id)
        found = next((each for each in calendar.exceptions if each.id == exception_id), None)
        if found is None:
            raise NotFound("That day is like others already.")
        calendar.exceptions.remove(found)
        _tell(work, calendar)


def _check(data: CalendarData, differing: Differing = ()) -> None:
    if not data.name.strip():
        raise RuleBroken("calendars.name", "Give the calendar a name.", field="name")
    if len(data.name.strip()) > NAME_LENGTH:
        raise RuleBroken("calendars.long", "At most %(most)d characters fit.", field="name", most=NAME_LENGTH)
    rules.content(data.week, data.country, data.subdivision, differing)


def _fill(calendar: WorkCalendar, data: CalendarData) -> None:
    calendar.name, calendar.country, calendar.subdivision = data.name.strip(), data.country, data.subdivision
    calendar.week = [[list(pair) for pair in day] for day in data.week]


def _tell(work: Work, calendar: WorkCalendar) -> None:
    work.session.flush()
    work.emit(CalendarChanged(calendar.id))
