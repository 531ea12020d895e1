"""The rows of several plans, as much of them as says how they stand: one statement, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from infra.database import db
from roadmap.tasks.models import Task, TaskDates


@dataclass(frozen=True, slots=True)
class PlanRow:
    """What is read of a task or milestone."""

    project_id: int
    id: int
    name: str
    type: str
    start: datetime
    finish: datetime
    percent: float
    duration_minutes: int
    work_minutes: int | None
    actual_start: datetime | None
    actual_finish: datetime | None
    deadline: date | None
    critical: bool
    is_go_live: bool
    owner_id: int | None


def plans_of(project_ids: Sequence[int]) -> dict[int, list[PlanRow]]:
    """The tasks and milestones of some projects, without summaries."""
    query = select(*_COLUMNS).join(TaskDates, TaskDates.task_id == Task.id)
    found: dict[int, list[PlanRow]] = {}
    rows: list[Any] = list(db.session.execute(query.where(Task.project_id.in_(project_ids), Task.type != "summary")))
    for row in rows:
        found.setdefault(row[0], []).append(PlanRow(*row))
    return found


# In the order of PlanRow's fields.
_COLUMNS = (
    Task.project_id,
    Task.id,
    Task.name,
    Task.type,
    TaskDates.start,
    TaskDates.finish,
    TaskDates.percent,
    TaskDates.duration_minutes,
    Task.work_minutes,
    Task.actual_start,
    Task.actual_finish,
    Task.deadline,
    TaskDates.critical,
    Task.is_go_live,
    Task.owner_id,
)
