"""The dates that a plan from a file would have, before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kernel.worktime import Calendar
from roadmap.exchange.rules.plan_file import PlanFile, RowSeed
from roadmap.schedule.rules import Activity, ConstraintType, Link, LinkType, Plan, TaskType
from roadmap.tasks.rules.dates import derive
from roadmap.tasks.rules.tree import Node


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row as it would stand in the plan."""

    wbs: str
    level: int
    name: str
    type: str
    start: datetime
    finish: datetime


def preview(found: PlanFile, start: date, calendar: Calendar) -> list[PreviewRow]:
    """Every row with its computed dates. Raises RuleBroken naming a cycle; the file has no errors."""
    numbers = {row.key: place for place, row in enumerate(found.rows)}
    plan = Plan(
        start=calendar.next_start(datetime.combine(start, time())),
        calendar=calendar,
        activities=tuple(_activity(row, numbers) for row in found.rows),
        links=tuple(
            Link(numbers[tie.predecessor], numbers[tie.successor], LinkType(tie.type), tie.lag_minutes)
            for tie in found.ties
        ),
    )
    nodes = [Node(numbers[row.key], numbers.get(row.parent or ""), numbers[row.key]) for row in found.rows]
    names = {numbers[row.key]: row.name for row in found.rows}
    return [
        PreviewRow(each.wbs, each.level, names[id], plan.activities[id].type.value, each.start, each.finish)
        for id, each in derive(plan, nodes, names).items()
    ]


def _activity(row: RowSeed, numbers: dict[str, int]) -> Activity:
    values = row.values
    deadline = values.get("deadline")
    return Activity(
        id=numbers[row.key],
        type=TaskType(values.get("type", "task")),
        duration_minutes=values.get("duration_minutes") or 0,
        parent=numbers.get(row.parent or ""),
        constraint=ConstraintType(values.get("constraint_type") or "ASAP"),
        constraint_date=values.get("constraint_date"),
        deadline=datetime.combine(deadline + timedelta(days=1), time()) if deadline else None,
        percent_complete=values.get("percent_complete") or 0,
        actual_start=values.get("actual_start"),
        actual_finish=values.get("actual_finish"),
    )
