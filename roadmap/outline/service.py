"""Adding, moving, removing and linking the rows of a plan; each verb ends with new dates for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete as sql_delete
from sqlalchemy import select

from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken
from roadmap.projects import service as projects
from roadmap.schedule.rules import LinkType, TaskType
from roadmap.tasks.events import TasksRemoved
from roadmap.tasks.models import Dependency, Task, TaskDates
from roadmap.tasks.rules import links, tree
from roadmap.tasks.service import blank, get, reschedule, settle, several

UNDOABLE = {
    "task.added": "task.edit",
    "task.moved": "task.edit",
    "task.deleted": "task.edit",
    "task.linked": "task.edit",
    "task.unlinked": "task.edit",
}
"""What can be taken back, and the permission that this needs."""


def add(
    project_id: int,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    parent_id: int | None = None,
    position: int | None = None,
) -> tuple[int, Work]:
    """A new row below a parent (None is the top), at a place counted from 0 (None is the end); its number and the work.

    Raises RuleBroken for values that make no sense, NotFound for a parent of another project.
    """
    with transaction(actor, "task.added") as work:
        projects.check_open(project_id)
        siblings = _siblings(work, project_id, parent_id)
        task = blank(project_id, position=len(siblings), parent_id=parent_id)
        settle(work, task, values)
        _adopt(work, project_id, parent_id)
        work.session.add(task)
        work.session.flush()
        if position is not None:
            _renumber(work, tree.inserted(siblings, task.id, position))
        reschedule(project_id, work)
        return task.id, work


def bulk_move_to_phase(project_id: int, task_ids: Sequence[int], phase_id: int, *, actor: Actor) -> Work:
    """Put several tasks at the end of a phase. Raises NotFound for a phase of another project."""
    with transaction(actor, "task.moved") as work:
        projects.check_open(project_id)
        wanted = several(task_ids)
        summary_id = work.session.scalar(
            select(Task.id).where(Task.project_id == project_id, Task.phase_id == phase_id)
        )
        if summary_id is None:
            raise NotFound
        for task_id in wanted:
            _place(work, get(work, project_id, task_id), summary_id, None)
        reschedule(project_id, work)
    return work


def move(project_id: int, task_id: int, *, parent_id: int | None, position: int | None = None, actor: Actor) -> Work:
    """Put a row below another parent (None is the top) at a place counted from 0 (None is the end).

    Raises RuleBroken below itself or a milestone.
    """
    with transaction(actor, "task.moved") as work:
        projects.check_open(project_id)
        _place(work, get(work, project_id, task_id), parent_id, position)
        reschedule(project_id, work)
    return work


def indent(project_id: int, task_id: int, *, actor: Actor) -> Work:
    """Put a row below the one before it. Raises RuleBroken for the first of its siblings."""
    with transaction(actor, "task.moved") as work:
        task = get(work, project_id, task_id)
        siblings = _siblings(work, project_id, task.parent_id)
        return move(project_id, task_id, parent_id=tree.indented(siblings, task_id, task.name), actor=actor)


def outdent(project_id: int, task_id: int, *, actor: Actor) -> Work:
    """Put a row beside its parent, right after it. Raises RuleBroken at the top."""
    with transaction(actor, "task.moved") as work:
        task = get(work, project_id, task_id)
        parent = get(work, project_id, tree.outdented(task.parent_id, task.name))
        after = _siblings(work, project_id, parent.parent_id).index(parent.id) + 1
        return move(project_id, task_id, parent_id=parent.parent_id, position=after, actor=actor)


def reorder(project_id: int, task_id: int, by: int, *, actor: Actor) -> Work:
    """Move a row up (negative) or down among its siblings; it stops at the ends."""
    with transaction(actor, "task.moved") as work:
        task = get(work, project_id, task_id)
        at = _siblings(work, project_id, task.parent_id).index(task_id)
        return move(project_id, task_id, parent_id=task.parent_id, position=max(0, at + by), actor=actor)


def delete(project_id: int, task_ids: Sequence[int], *, actor: Actor) -> Work:
    """Remove rows with everything below them and their links. Raises RuleBroken for a phase."""
    with transaction(actor, "task.deleted") as work:
        projects.check_open(project_id)
        nodes = _nodes(work, project_id)
        chosen = [get(work, project_id, task_id) for task_id in several(task_ids)]
        for task in chosen:
            tree.check_deletable(task.phase_id, task.name)
        gone = tree.with_below(tree.children_of(nodes.values()), [task.id for task in chosen])
        work.emit(TasksRemoved(project_id, tuple(gone)))
        _remove(work, gone)
        for parent_id in {task.parent_id for task in chosen} - set(gone):
            _leave(work, project_id, parent_id)
        reschedule(project_id, work)
    return work


def link(
    project_id: int,
    predecessor_id: int,
    successor_id: int,
    *,
    actor: Actor,
    type: str = "FS",
    lag_minutes: int = 0,
) -> Work:
    """Let one task wait for another; one of that type that is there already takes the new lag.

    Raises RuleBroken naming the tasks where they would wait for each other.
    """
    with transaction(actor, "task.linked") as work:
        projects.check_open(project_id)
        ties = [(predecessor_id, links.Tie("", LinkType(type), lag_minutes))]
        get(work, project_id, predecessor_id)
        _tie(work, get(work, project_id, successor_id), ties, remove=False)
        reschedule(project_id, work)
    return work


def unlink(project_id: int, dependency_id: int, *, actor: Actor) -> Work:
    """Remove a link. Raises NotFound for a link of another project."""
    with transaction(actor, "task.unlinked") as work:
        projects.check_open(project_id)
        row = work.session.get(Dependency, dependency_id)
        if row is None or row.project_id != project_id:
            raise NotFound
        work.session.delete(row)
        reschedule(project_id, work)
    return work


def set_predecessors(project_id: int, task_id: int, text: str, *, actor: Actor) -> Work:
    """Make the links to a task those of a text such as ``3;5SS+2d`` with WBS numbers.

    Raises RuleBroken naming the part that can't be read, the number that no task has, or the cycle.
    """
    with transaction(actor, "task.linked") as work:
        projects.check_open(project_id)
        task = get(work, project_id, task_id)
        numbers = {place.wbs: id for id, place in tree.places(_nodes(work, project_id).values()).items()}
        named = links.resolve(links.parse_predecessors(text), numbers.get)
        _tie(work, task, named, remove=True)
        reschedule(project_id, work)
    return work


def _siblings(work: Work, project_id: int, parent_id: int | None) -> list[int]:
    work.session.flush()
    query = select(Task.id).where(Task.project_id == project_id, Task.parent_id == parent_id)
    return list(work.session.scalars(query.order_by(Task.position, Task.id)))


def _nodes(work: Work, project_id: int) -> dict[int, tree.Node]:
    work.session.flush()
    columns = (Task.id, Task.parent_id, Task.position, Task.phase_id, Task.type)
    rows = work.session.execute(select(*columns).where(Task.project_id == project_id))
    return {row.id: tree.Node(*row) for row in rows}


def _renumber(work: Work, ids: Sequence[int]) -> None:
    for position, id in enumerate(ids):
        task = work.session.get_one(Task, id)
        if task.position != position:
            task.position = position


def _place(work: Work, task: Task, parent_id: int | None, position: int | None) -> None:
    nodes = _nodes(work, task.project_id)
    if parent_id is not None and parent_id not in nodes:
        raise NotFound
    tree.check_parent(nodes, tree.children_of(nodes.values()), task.id, parent_id)
    left = task.parent_id
    siblings = _siblings(work, task.project_id, parent_id)
    task.parent_id = parent_id
    _renumber(work, tree.inserted(siblings, task.id, len(siblings) if position is None else position))
    work.session.flush()
    if left != parent_id:
        _adopt(work, task.project_id, parent_id)
        _leave(work, task.project_id, left)


def _adopt(work: Work, project_id: int, parent_id: int | None) -> None:
    """A task that gets its first child becomes a summary; a milestone can't."""
    if parent_id is None:
        return
    parent = get(work, project_id, parent_id)
    if parent.type == TaskType.MILESTONE:
        raise RuleBroken("task.below_milestone", "A milestone holds no tasks. Make it a task first.", field="parent_id")
    if parent.type != TaskType.SUMMARY:
        parent.type = TaskType.SUMMARY.value


def _leave(work: Work, project_id: int, parent_id: int | None) -> None:
    """A summary whose last child left is a task again; a phase stays one."""
    if parent_id is None or _siblings(work, project_id, parent_id):
        return
    parent = get(work, project_id, parent_id)
    if parent.phase_id is None:
        parent.type = TaskType.TASK.value


def _remove(work: Work, ids: Sequence[int]) -> None:
    work.release(Task, ids)
    work.bulk_delete(Dependency, [Dependency.predecessor_id.in_(ids) | Dependency.successor_id.in_(ids)])
    work.session.execute(sql_delete(TaskDates).where(TaskDates.task_id.in_(ids)))
    work.bulk_delete(Task, [Task.id.in_(ids)])


def _tie(work: Work, task: Task, ties: Sequence[tuple[int, links.Tie]], *, remove: bool) -> None:
    """Bring the links to a task in line with what is wanted, touching only those that differ."""
    query = select(Dependency).where(Dependency.successor_id == task.id)
    there = {(row.predecessor_id, row.type): row for row in work.session.scalars(query)}
    links.check_others(task.id, task.name, [predecessor_id for predecessor_id, _named in ties])
    for predecessor_id, tie in ties:
        row = there.pop((predecessor_id, tie.type.value), None)
        if row is None:
            row = Dependency(project_id=task.project_id, predecessor_id=predecessor_id, successor_id=task.id)
            row.type = tie.type.value
            work.session.add(row)
        row.lag_minutes = tie.lag_minutes
    for row in there.values() if remove else ():
        work.session.delete(row)
