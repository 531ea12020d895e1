"""The plan of a project as a chart needs it: seven statements whatever its size."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, cast

from sqlalchemy import or_, select

from infra.database import db
from kernel.actor import initials
from kernel.worktime import Calendar, Period
from roadmap.baselines import queries as baselines
from roadmap.baselines.queries import BaselineRow
from roadmap.forecast import queries as forecasts
from roadmap.gantt.rules.plan import GanttInput, GanttLink, GanttTask, LinkType, Overlay, TaskType
from roadmap.projects import queries as projects
from roadmap.projects.queries import ProjectRow
from roadmap.schedule.rules import schedule
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Task, TaskDates
from roadmap.tasks.queries import TaskRow
from roadmap.tasks.rules.fields import duration_text
from roadmap.twins.queries import twins_of

LAST_MINUTE = 24 * 60 - 1


def gantt_input(
    project_id: int, today: date, href: Callable[[int], str] = str, chosen: Sequence[int] = ()
) -> GanttInput:
    """A project with its tasks, links and working days; ``href`` says where a task's bar leads.

    ``chosen`` are the numbers of the baselines to lay under the bars; one of another project is as if it were not
    there, and a branch has those of its trunk too. Raises NotFound.
    """
    rows = tasks.rows(project_id, today)
    project = projects.row_of(project_id)
    plan = chart_of(project, rows, tasks.working_time_of(project_id), today, href)
    forecast = forecasts.latest([project_id]).get(project_id)
    trunk = project.branch_of_id or project_id
    kept = {each.id: each for home in dict.fromkeys((project_id, trunk)) for each in baselines.of_project(home)}
    twins = {} if trunk == project_id else twins_of(project_id)
    return replace(
        plan,
        tasks=_apart(project_id, plan.tasks),
        baselines=tuple((each.id, each.name) for each in kept.values()),
        overlays=tuple(_overlay(kept[id], project_id, twins) for id in chosen if id in kept),
        likely=None if forecast is None or forecast.exact else (forecast.p50.date(), forecast.p80.date()),
    )


def with_criticality(project_id: int, plan: GanttInput) -> GanttInput:
    """The same with how often each task was critical in the forecast kept last; its content is read for it."""
    often = forecasts.criticality(project_id)
    return replace(plan, tasks=tuple(replace(task, criticality=often.get(task.id)) for task in plan.tasks))


def toward(project_id: int, plan: GanttInput, goal: int | None) -> GanttInput:
    """The same with slack and the critical path to one milestone; a goal that there is not is as if none was named."""
    if goal not in {task.id for task in plan.tasks if task.type == "milestone"}:
        return plan
    dates = schedule(replace(tasks.load(project_id).plan, target=goal)).dates
    critical = {id for id, each in dates.items() if each.critical}
    return replace(
        plan,
        tasks=tuple(
            replace(
                task,
                critical=task.id in critical,
                slack_minutes=dates[task.id].total_slack_minutes,
                slack_end=dates[task.id].late_finish,
            )
            for task in plan.tasks
        ),
        links=tuple(replace(link, critical=link.from_id in critical and link.to_id in critical) for link in plan.links),
    )


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


def _overlay(found: BaselineRow, project_id: int, twins: Mapping[int, int]) -> Overlay:
    """A baseline as it lies under the bars; one of the trunk by the tasks that stand for its own in a branch."""
    spans = {task: (row.start, row.finish) for task, row in baselines.rows_of(found.id).items()}
    if found.project_id != project_id:
        spans = {twins[task]: span for task, span in spans.items() if task in twins}
    return Overlay(found.id, found.name, spans)


def _apart(project_id: int, found: tuple[GanttTask, ...]) -> tuple[GanttTask, ...]:
    """The tasks, with what few of them are: in two pieces, switched off, or with dates of their own."""
    unusual = or_(TaskDates.stop.is_not(None), ~Task.active, Task.manual_start.is_not(None))
    query = (
        select(Task.id, TaskDates.stop, TaskDates.resume, Task.active, Task.manual_start)
        .join(TaskDates, TaskDates.task_id == Task.id)
        .where(Task.project_id == project_id, unusual)
    )
    few = {row[0]: row for row in db.session.execute(query)}
    if not few:
        return found
    return tuple(_unusual(task, few[task.id]) if task.id in few else task for task in found)


def _unusual(task: GanttTask, row: Any) -> GanttTask:
    manual = row.manual_start is not None
    return replace(task, stop=row.stop, resume=row.resume, active=row.active, manual=manual)


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
        duration_label=duration_text(row.duration_minutes),
        waits_for=row.predecessors_text,
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
