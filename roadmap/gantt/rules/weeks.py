"""The chart of a narrow screen: open tasks by the week in which they are next worked on."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from roadmap.gantt.rules.geometry import Geometry, reach
from roadmap.gantt.rules.plan import GanttTask
from roadmap.gantt.rules.rows import kept_ids
from roadmap.gantt.rules.scale import monday

LIMIT = 150
"""Tasks listed at most; a filter shows the others."""


@dataclass(frozen=True, slots=True)
class WeekItem:
    """A task with its mini bar, in percent of the project's time."""

    task: GanttTask
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Week:
    """A week from Monday to Friday; `number` counts from the project's start, `offset` from the week of today."""

    number: int
    monday: date
    friday: date
    offset: int | None
    items: tuple[WeekItem, ...]


@dataclass(frozen=True, slots=True)
class WeekList:
    """Weeks with something open, how many tasks are done, how many are left out, and today in percent of the time."""

    weeks: tuple[Week, ...]
    done: int
    left_out: int
    today: float | None


def weeks_of(geometry: Geometry, limit: int = LIMIT) -> WeekList:
    """Open tasks and milestones that pass the filters, by week; what began or is late stands in the week of today."""
    plan = geometry.plan
    kept = kept_ids(plan, geometry.view)
    wanted = [task for task in plan.tasks if task.type != "summary" and (kept is None or task.id in kept)]
    open_ = sorted((task for task in wanted if task.percent < 100), key=lambda task: _week(task, plan.today))
    groups: dict[date, list[WeekItem]] = defaultdict(list)
    for task in open_[:limit]:
        groups[_week(task, plan.today)].append(_item(geometry, task))
    weeks = tuple(_group(geometry, first, items) for first, items in groups.items())
    today = None if geometry.today is None else 100 * geometry.today / geometry.width
    return WeekList(weeks, len(wanted) - len(open_), max(0, len(open_) - limit), today)


def _week(task: GanttTask, today: date | None) -> date:
    return monday(max(task.start.date(), today or task.start.date()))


def _item(geometry: Geometry, task: GanttTask) -> WeekItem:
    x0, x1 = reach(geometry.scale, task)
    share = 100 / geometry.width
    return WeekItem(task, x0 * share, max((x1 - x0) * share, 1.5))


def _group(geometry: Geometry, first: date, items: list[WeekItem]) -> Week:
    plan = geometry.plan
    number = (first - monday(plan.start)).days // 7 + 1
    offset = None if plan.today is None else (first - monday(plan.today)).days // 7
    return Week(number, first, first + timedelta(4), offset, tuple(items))
