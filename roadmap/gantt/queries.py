"""The plan of a project as a chart needs it: five statements whatever its size."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import cast

from kernel.actor import initials
from kernel.worktime import Calendar, Period
from roadmap.gantt.rules.plan import GanttInput, GanttLink, GanttTask, LinkType, TaskType
from roadmap.projects import queries as projects
from roadmap.projects.queries import ProjectRow
from roadmap.tasks import queries as tasks
from roadmap.tasks.queries import TaskRow

LAST_MINUTE = 24 * 60 - 1


def gantt_input(project_id: int, today: date, href: Callable[[int], str] = str) -> GanttInput:
    """A project with its tasks, links and working days; ``href`` says where a task's bar leads. Raises NotFound."""
    rows = tasks.rows(project_id, today)
    return chart_of(projects.row_of(project_id), rows, tasks.working_time_of(project_id), today, href)


def chart_of(
    project: ProjectRow, rows: list[TaskRow], calendar: Calendar, today: date, href: Callable[[int], str] = str
) -> GanttInput:
    """The same from rows that were read already."""
    begin, end = day_bounds(calendar)
    return GanttInput(
        name=project.name,
        tasks=tuple(_task(row, href) for row in rows),
        links=_links(rows),
        start=project.start,
        finish=max((row.finish.date() for row in rows), default=project.start),
        is_working=calendar.is_working,
        today=today,
        status_date=project.status_date,
        target=project.target_go_live,
        go_live=next((row.id for row in rows if row.is_go_live), None),
        day_begin=begin,
        day_end=end,
        day_minutes=max(sum(each.end - each.start for each in periods) for periods in _working_week(calendar)),
    )


def day_bounds(calendar: Calendar) -> tuple[time, time]:
    """When the earliest working day of the week begins and the latest ends."""
    week = _working_week(calendar)
    return _clock(min(periods[0].start for periods in week)), _clock(max(periods[-1].end for periods in week))


def _working_week(calendar: Calendar) -> list[tuple[Period, ...]]:
    """The days of the week with work; of a calendar that works on single days only, those."""
    return [each for each in calendar.week if each] or [each for each in calendar.exceptions.values() if each]


def _clock(minute: int) -> time:
    return time(*divmod(min(minute, LAST_MINUTE), 60))


def _task(row: TaskRow, href: Callable[[int], str]) -> GanttTask:
    return GanttTask(
        id=row.id,
        wbs=row.wbs,
        name=row.name,
        level=row.level,
        type=cast("TaskType", row.type),
        parent=row.parent_id,
        start=row.start,
        finish=row.finish,
        percent=int(row.percent),
        critical=row.critical,
        slack_minutes=row.total_slack_minutes,
        slack_end=row.late_finish,
        deadline=_end_of(row.deadline),
        owner_name=row.owner,
        owner_initials=initials(row.owner),
        owner_id=row.owner_id,
        late=row.late,
        href=href(row.id),
    )


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(23, 59))


def _links(rows: list[TaskRow]) -> tuple[GanttLink, ...]:
    critical = {row.id for row in rows if row.critical}
    return tuple(
        GanttLink(
            each.task_id, row.id, cast("LinkType", each.type), critical=row.id in critical and each.task_id in critical
        )
        for row in rows
        for each in row.predecessors
    )
