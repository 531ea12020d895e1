"""Copying the plan of a project: rows, links, calendars, roles and assignments; what was done stays behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from accounts.calendars import queries as calendars
from accounts.calendars import service as calendar_service
from accounts.calendars.models import WorkCalendar
from accounts.calendars.service import CalendarData
from infra.transaction import Work
from roadmap.planting.rules import RowSeed, TieSeed
from roadmap.planting.service import plant
from roadmap.projects.events import ProjectCopied
from roadmap.projects.models import Phase, Project
from roadmap.schedule.rules import TaskType
from roadmap.staffing import service as staffing
from roadmap.staffing.models import ProjectRole
from roadmap.tasks.models import Assignment, Dependency, Task, TaskDates

KEPT = (
    "description",
    "reason",
    "acceptance",
    "duration_minutes",
    "estimate_low",
    "estimate_likely",
    "estimate_high",
    "estimate_shape",
    "work_minutes",
    "constraint_type",
    "deadline_minute",
    "counted",
    "active",
    "ignores_people",
    "elapsed",
    "fixed",
    "effort_driven",
    "priority",
    "owner_id",
    "is_go_live",
    "kept",
)
"""What planners said of a task, as it is."""
MOVED = ("deadline", "constraint_date", "manual_start", "manual_finish")
"""Dates that were given by hand: they move by the calendar days that the start moves."""
_FRAME = ("start_minute", "critical_threshold_minutes", "kept")


def follow_copy(event: ProjectCopied, work: Work) -> None:
    """A project was copied: its calendars, its roles and its plan follow."""
    _frame(event, work)
    calendar_ids = _calendars(event.source_id, event.project_id, work)
    roles = staffing.copy_roles(event.source_id, event.project_id, work)
    for role in work.session.scalars(select(ProjectRole).where(ProjectRole.project_id == event.project_id)):
        role.calendar_id = calendar_ids.get(role.calendar_id, role.calendar_id)
    copy(event.source_id, event.project_id, event.days_later, roles, work, calendar_ids)


def copy(
    source_id: int,
    project_id: int,
    days_later: int,
    roles: Mapping[int, int],
    work: Work,
    calendar_ids: Mapping[int | None, int] | None = None,
) -> dict[int, int]:
    """Copy the plan of a project without its progress; returns the new number of each row.

    ``roles`` and ``calendar_ids`` map old numbers to new ones; phases are found by their number.
    """
    query = select(Task).join(TaskDates, TaskDates.task_id == Task.id).where(Task.project_id == source_id)
    rows = work.session.scalars(query.order_by(TaskDates.row)).all()
    phases, shift = _phases(source_id, project_id, work), timedelta(days=days_later)
    seeds = [_seed_of(row, shift, phases, roles, calendar_ids or {}) for row in rows]
    links = [_tie_of(row) for row in work.session.scalars(select(Dependency).where(Dependency.project_id == source_id))]

    def also(numbers: Mapping[str, int], work: Work) -> None:
        _assign(source_id, project_id, numbers, roles, work)

    numbers = plant(project_id, seeds, links, work, exact=True, also=also)
    for row in rows:
        work.session.get_one(Task, numbers[str(row.id)]).key = row.key
    return {row.id: numbers[str(row.id)] for row in rows}


def _frame(event: ProjectCopied, work: Work) -> None:
    source, made = (work.session.get_one(Project, number) for number in (event.source_id, event.project_id))
    for name in _FRAME:
        setattr(made, name, getattr(source, name))
    made.finish_by = source.finish_by + timedelta(days=event.days_later) if source.finish_by else None


def _calendars(source_id: int, project_id: int, work: Work) -> dict[int | None, int]:
    """The calendars of the plan: the project's own, with its days that differ, and those beside it."""
    source, made = (work.session.get_one(Project, number) for number in (source_id, project_id))
    _copy_calendar(source.calendar, replace(_data(source.calendar), name=made.calendar.name), made, work, own=True)
    ids: dict[int | None, int] = {source.calendar_id: made.calendar_id}
    for row in calendars.further(source_id, source.calendar_id):
        ids[row.id] = _copy_calendar(row, _data(row), made, work)
    return ids


def _data(row: WorkCalendar) -> CalendarData:
    return CalendarData(row.name, row.week, row.country, row.subdivision)


def _copy_calendar(row: WorkCalendar, data: CalendarData, made: Project, work: Work, *, own: bool = False) -> int:
    days = [(each.day, each.name, each.periods) for each in row.exceptions]
    place = made.calendar_id if own else None
    return calendar_service.keep_whole(data, days, calendar_id=place, project_id=made.id, actor=work.actor)


def _assign(source_id: int, project_id: int, numbers: Mapping[str, int], roles: Mapping[int, int], work: Work) -> None:
    given = work.session.scalars(select(Assignment).where(Assignment.project_id == source_id).order_by(Assignment.id))
    rows = [
        {
            "project_id": project_id,
            "task_id": numbers[str(each.task_id)],
            "role_id": roles.get(each.role_id or 0),
            "person_id": each.person_id,
            "units": each.units,
            "work_minutes": each.work_minutes,
            "delay_minutes": each.delay_minutes,
            "kept": each.kept,
        }
        for each in given
        if each.person_id is not None or each.role_id in roles
    ]
    work.bulk_insert(Assignment, rows)


def _phases(source_id: int, project_id: int, work: Work) -> dict[int, int]:
    there = {row.number: row.id for row in work.session.scalars(select(Phase).where(Phase.project_id == project_id))}
    old = work.session.scalars(select(Phase).where(Phase.project_id == source_id))
    return {row.id: there[row.number] for row in old if row.number in there}


def _seed_of(
    row: Task,
    shift: timedelta,
    phases: Mapping[int, int],
    roles: Mapping[int, int],
    calendar_ids: Mapping[int | None, int],
) -> RowSeed:
    values: dict[str, Any] = {name: getattr(row, name) for name in KEPT}
    values |= {name: moment + shift if (moment := getattr(row, name)) else None for name in MOVED}
    values["type"] = TaskType.TASK.value if row.type == TaskType.SUMMARY and row.phase_id is None else row.type
    values["phase_id"] = phases.get(row.phase_id or 0)
    values["role_id"] = roles.get(row.role_id or 0)
    values["calendar_id"] = calendar_ids.get(row.calendar_id, row.calendar_id)
    return RowSeed(str(row.id), row.name, str(row.parent_id) if row.parent_id else None, values)


def _tie_of(row: Dependency) -> TieSeed:
    ends = str(row.predecessor_id), str(row.successor_id)
    return TieSeed(*ends, row.type, row.lag_minutes, row.lag_unit, row.lag_percent)
