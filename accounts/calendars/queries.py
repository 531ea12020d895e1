"""Reading calendars; their working time comes from a cache by content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from accounts.calendars import rules
from accounts.calendars.models import WorkCalendar
from infra.database import db
from kernel import worktime
from kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """A day that differs."""

    id: int
    day: date
    name: str
    hours: str


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar as pages show it."""

    id: int
    name: str
    project_id: int | None
    country: str
    subdivision: str
    week: tuple[str, ...]
    exceptions: tuple[ExceptionRow, ...]
    content: rules.Content

    @property
    def place(self) -> str:
        """Whose holidays are left out, in words; empty for none."""
        name = dict(rules.countries()).get(self.country, self.country)
        return f"{name} ({self.subdivision})" if self.subdivision else name


def calendar_of(calendar_id: int, years: Iterable[int]) -> worktime.Calendar:
    """The working time of a calendar, its holidays known from the first to the last of the years.

    The same content gives the same object. Raises NotFound.
    """
    return working_time(row(calendar_id), years)


def working_time(found: WorkCalendar, years: Iterable[int]) -> worktime.Calendar:
    """The working time of a calendar's row that is at hand already."""
    wanted = list(years)
    return rules.calendar(content_of(found), min(wanted), max(wanted))


def content_of(found: WorkCalendar) -> rules.Content:
    """A row by value."""
    return rules.content(
        found.week,
        found.country,
        found.subdivision,
        ((each.day, each.name, each.periods) for each in found.exceptions),
    )


def row(calendar_id: int) -> WorkCalendar:
    """The table's row. Raises NotFound."""
    found = db.session.get(WorkCalendar, calendar_id)
    if found is None:
        raise NotFound("There is no such calendar.")
    return found


def calendar_row(calendar_id: int) -> CalendarRow:
    """One calendar. Raises NotFound."""
    return _row(row(calendar_id))


def calendars() -> list[CalendarRow]:
    """Every calendar: those for everybody first, then those of projects, by name.

    The first calendar of a project is its own; further ones came with its plan and stay there.
    """
    own = (
        select(func.min(WorkCalendar.id)).where(WorkCalendar.project_id.is_not(None)).group_by(WorkCalendar.project_id)
    )
    order = (WorkCalendar.project_id.is_not(None), func.lower(WorkCalendar.name), WorkCalendar.id)
    listed = select(WorkCalendar).where(or_(WorkCalendar.project_id.is_(None), WorkCalendar.id.in_(own)))
    return [_row(found) for found in db.session.scalars(listed.order_by(*order))]


def several(calendar_ids: Iterable[int]) -> list[WorkCalendar]:
    """Some calendars by number, from one statement; from none where none is asked for."""
    wanted = sorted(set(calendar_ids))
    if not wanted:
        return []
    return list(db.session.scalars(select(WorkCalendar).where(WorkCalendar.id.in_(wanted)).order_by(WorkCalendar.id)))


def for_tasks(project_id: int) -> list[tuple[int, str]]:
    """Numbers and names of the calendars that a task of a project can be given: those for everybody and its own."""
    ours = or_(WorkCalendar.project_id.is_(None), WorkCalendar.project_id == project_id)
    query = select(WorkCalendar.id, WorkCalendar.name).where(ours).order_by(func.lower(WorkCalendar.name))
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(WorkCalendar.id))]


def offered(calendar_id: int | None, project_id: int) -> bool:
    """Whether a task of a project can be given a calendar; none of its own it always can."""
    found = None if calendar_id is None else db.session.get(WorkCalendar, calendar_id)
    return calendar_id is None or (found is not None and found.project_id in (None, project_id))


def further(project_id: int, own_id: int) -> list[WorkCalendar]:
    """The calendars that a project's plan has beside the project's own, in the order they came."""
    query = select(WorkCalendar).where(WorkCalendar.project_id == project_id, WorkCalendar.id != own_id)
    return list(db.session.scalars(query.order_by(WorkCalendar.id)))


def _row(found: WorkCalendar) -> CalendarRow:
    return CalendarRow(
        found.id,
        found.name,
        found.project_id,
        found.country,
        found.subdivision,
        tuple(rules.write_periods(day) for day in found.week),
        tuple(
            ExceptionRow(each.id, each.day, each.name, rules.write_periods(each.periods)) for each in found.exceptions
        ),
        content_of(found),
    )
