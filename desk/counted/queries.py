"""What stands on the checklists of tasks: one statement, however many tasks there are."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from checklists.models import Checklist, Item
from desk.counted.rules import Ticks
from infra.database import db
from roadmap.schedule.rules import TaskType
from roadmap.tasks.models import Task


def ticks_of(task_ids: Iterable[int]) -> dict[int, Ticks]:
    """What is ticked on the lists of each task; tasks without a list are left out."""
    query = (
        select(Checklist.task_id, Item.required, func.count(Item.id), func.count(Item.ticked_at))
        .join(Item, Item.checklist_id == Checklist.id)
        .where(Checklist.task_id.in_(list(task_ids)))
        .group_by(Checklist.task_id, Item.required)
        .order_by(Item.required)
    )
    # Required items come last, and where there are any they replace the others.
    return {row[0]: Ticks(row[3], row[2]) for row in db.session.execute(query) if row[0] is not None}


def counted_in(project_ids: Iterable[int]) -> dict[int, list[Task]]:
    """The tasks of some projects that count their lists, by project."""
    found: dict[int, list[Task]] = {}
    query = select(Task).where(Task.project_id.in_(list(project_ids)), Task.counted).order_by(Task.id)
    for task in db.session.scalars(query):
        found.setdefault(task.project_id, []).append(task)
    return found


def may_count(task_id: int) -> bool:
    """Whether a task is work with a list, so that its progress can be counted."""
    task = db.session.get(Task, task_id)
    return task is not None and task.type == TaskType.TASK and task_id in ticks_of([task_id])
