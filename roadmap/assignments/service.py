"""Putting people on tasks and taking them off; duration, work and units follow, and then the dates."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import select

from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken
from roadmap.assignments import queries, rules
from roadmap.assignments.queries import Who
from roadmap.assignments.rules import Effort, Fixed
from roadmap.projects import service as projects
from roadmap.schedule.rules import TaskType
from roadmap.staffing import queries as staffing
from roadmap.tasks import service as tasks
from roadmap.tasks.events import TasksRemoved, TasksResized
from roadmap.tasks.models import Assignment, Task

UNDOABLE = {
    "assignment.added": "task.edit",
    "assignment.changed": "task.edit",
    "assignment.removed": "task.edit",
    "task.effort_kind": "task.edit",
}
"""What can be taken back, and the permission that this needs."""


def assign(project_id: int, task_id: int, who: Who, units: float, *, actor: Actor) -> Work:
    """Put a role or a person of the project on a task.

    Raises RuleBroken for a milestone or summary, for who is on it already and for units that make no sense.
    """
    with transaction(actor, "assignment.added") as work:
        task = _task(work, project_id, task_id)
        there = queries.rows_of(task_id)
        _check_new(project_id, there, who)
        before = queries.effort_of(task, there)
        row = Assignment(project_id=project_id, task_id=task_id, units=units, done_minutes=0, delay_minutes=0)
        row.role_id, row.person_id = (who[1], None) if who[0] == "role" else (None, who[1])
        rules.check_units(units)
        work.session.add(row)
        work.session.flush()
        _settle(task, [*there, row], rules.joined(before, row.id, units))
        tasks.reschedule(project_id, work)
    return work


def change_units(project_id: int, assignment_id: int, units: float, *, actor: Actor) -> Work:
    """Somebody gives another share of their day. Raises RuleBroken, NotFound."""
    return _change(project_id, assignment_id, lambda effort: rules.with_units(effort, assignment_id, units), actor)


def change_work(project_id: int, assignment_id: int, minutes: int, *, actor: Actor) -> Work:
    """Somebody has more or less to do. Raises RuleBroken, NotFound."""
    return _change(project_id, assignment_id, lambda effort: rules.with_work(effort, assignment_id, minutes), actor)


def remove(project_id: int, assignment_id: int, *, actor: Actor) -> Work:
    """Take somebody off a task. Raises NotFound."""
    with transaction(actor, "assignment.removed") as work:
        row = _get(work, project_id, assignment_id)
        task = _task(work, project_id, row.task_id)
        there = queries.rows_of(task.id)
        after = rules.left(queries.effort_of(task, there), assignment_id)
        work.session.delete(row)
        _settle(task, [each for each in there if each.id != assignment_id], after)
        tasks.reschedule(project_id, work)
    return work


def set_kind(project_id: int, task_id: int, fixed: Fixed, *, driven: bool, actor: Actor) -> Work:
    """Say what of a task stays when the rest changes; on calendars of their own people may need other days for it."""
    with transaction(actor, "task.effort_kind") as work:
        task = _task(work, project_id, task_id)
        task.fixed, task.effort_driven = fixed.value, driven or fixed is Fixed.WORK
        tasks.reschedule(project_id, work)
    return work


def follow_sizes(event: TasksResized, work: Work) -> None:
    """Tasks take longer or shorter, or are more work: who is on them follows."""
    query = select(Assignment).where(Assignment.task_id.in_(list(event.before))).order_by(Assignment.id)
    crews: dict[int, list[Assignment]] = {}
    for row in work.session.scalars(query):
        crews.setdefault(row.task_id, []).append(row)
    for task_id, crew in crews.items():
        task = work.session.get_one(Task, task_id)
        minutes, effort_before = event.before[task_id]
        after = queries.effort_of(task, crew)
        if task.duration_minutes != minutes:
            was = Effort(minutes, after.bookings, after.fixed, after.driven)
            after = rules.resized(was, task.duration_minutes)
        if task.work_minutes != effort_before and task.work_minutes is not None:
            after = rules.with_total(after, task.work_minutes)
        _settle(task, crew, after)


def follow_removal(event: TasksRemoved, work: Work) -> None:
    """Tasks go, and with them who was on them; an undo brings both back."""
    work.bulk_delete(Assignment, [Assignment.task_id.in_(event.task_ids)])


def _change(project_id: int, assignment_id: int, act: Callable[[Effort], Effort], actor: Actor) -> Work:
    with transaction(actor, "assignment.changed") as work:
        row = _get(work, project_id, assignment_id)
        task = _task(work, project_id, row.task_id)
        there = queries.rows_of(task.id)
        _settle(task, there, act(queries.effort_of(task, there)))
        tasks.reschedule(project_id, work)
    return work


def _settle(task: Task, rows: Sequence[Assignment], effort: Effort) -> None:
    """Write down what came out, touching only what differs."""
    booked = {each.key: each for each in effort.bookings}
    for row in rows:
        found = booked[row.id]
        if (row.units, row.work_minutes) != (found.units, found.work):
            row.units, row.work_minutes = found.units, found.work
    if task.duration_minutes != effort.minutes:
        task.duration_minutes = effort.minutes
    if task.work_minutes != effort.work:
        task.work_minutes = effort.work


def _task(work: Work, project_id: int, task_id: int) -> Task:
    projects.check_open(project_id)
    task = tasks.get(work, project_id, task_id)
    if task.type != TaskType.TASK:
        text = "“%(name)s” is no work of its own: put people on the tasks that lead to it."
        raise RuleBroken("assignment.no_work", text, field="who", name=task.name)
    return task


def _get(work: Work, project_id: int, assignment_id: int) -> Assignment:
    row = work.session.get(Assignment, assignment_id)
    if row is None or row.project_id != project_id:
        raise NotFound
    return row


def _check_new(project_id: int, there: Sequence[Assignment], who: Who) -> None:
    kind, number = who
    known = {each.id for each in (staffing.roles(project_id) if kind == "role" else staffing.people_of(project_id))}
    if number not in known:
        text = "Nobody like that works in this project. Choose one of the list."
        raise RuleBroken("assignment.who", text, field="who")
    if any(number == (row.role_id if kind == "role" else row.person_id) for row in there):
        raise RuleBroken("assignment.twice", "They are on this task already. Change their share instead.", field="who")
