"""Letting a task count its checklist, and bringing its progress up to date with every tick."""

from __future__ import annotations

from collections.abc import Iterable

from desk.counted import queries
from infra.transaction import Changed, Work, transaction
from kernel.actor import Actor
from kernel.errors import RuleBroken
from roadmap.projects import service as projects
from roadmap.tasks import service as tasks
from roadmap.tasks.models import Task

UNDOABLE = {"task.counted": "task.edit", "task.not_counted": "task.edit"}
"""What can be taken back, and the permission that this needs."""
_TABLES = frozenset({"checklist", "checklist_item"})


def count(project_id: int, task_id: int, *, actor: Actor) -> Work:
    """From now on the progress of a task is what is ticked on its lists. Raises NotFound, RuleBroken without a list."""
    with transaction(actor, "task.counted") as work:
        task = _get(work, project_id, task_id)
        if not queries.may_count(task_id):
            text = "“%(name)s” has no checklist with items. Tie one to it first."
            raise RuleBroken("task.nothing_to_count", text, name=task.name)
        task.counted = True
        work.session.flush()
        _bring_up(project_id, [task], work)
    return work


def report_again(project_id: int, task_id: int, *, actor: Actor) -> Work:
    """From now on people report how far a task is; it stays where the lists brought it. Raises NotFound."""
    with transaction(actor, "task.not_counted") as work:
        _get(work, project_id, task_id).counted = False
    return work


def follow_changes(event: Changed, work: Work) -> None:
    """Items were ticked, added or dropped: tasks that count them follow, in the same action."""
    scopes = {change.scope for change in event.changes.of(_TABLES, frozenset())}
    ids = [int(scope.partition(":")[2]) for scope in scopes if scope and scope.startswith("project:")]
    if ids:
        for project_id, counted in queries.counted_in(ids).items():
            _bring_up(project_id, counted, work)


def _bring_up(project_id: int, counted: Iterable[Task], work: Work) -> None:
    there = {task.id: task for task in counted}
    shares = {id: ticks.percent for id, ticks in queries.ticks_of(there).items()}
    new = {id: share for id, share in shares.items() if share is not None and share != there[id].percent_complete}
    if new:
        tasks.report_counted(project_id, new, work)


def _get(work: Work, project_id: int, task_id: int) -> Task:
    projects.check_open(project_id)
    return tasks.get(work, project_id, task_id)
