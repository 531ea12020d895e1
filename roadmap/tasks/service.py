"""What people report and change in the rows of a plan, one function a verb, and the dates that follow from it.

Whatever changes a date ends with new dates for all rows, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import delete as sql_delete
from sqlalchemy import insert, select

from accounts.absences.events import TimeChanged
from accounts.calendars import queries as calendars
from accounts.calendars.events import CalendarChanged
from accounts.people.models import Person
from infra import bulk
from infra.merge import merge
from infra.transaction import Work, transaction
from infra.undo import Undone
from infra.wires import ask
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken
from kernel.questions import Obstacle
from kernel.worktime import Calendar
from roadmap.projects import service as projects
from roadmap.projects.events import ProjectFramed
from roadmap.projects.models import Project
from roadmap.projects.rules import Clash, wall_time
from roadmap.revisions import queries as plans
from roadmap.revisions import service as revisions
from roadmap.schedule.rules import Plan, Schedule, TaskType
from roadmap.staffing.events import RoleTimed
from roadmap.staffing.models import ProjectRole
from roadmap.tasks import queries
from roadmap.tasks.events import Later, MayComplete, MilestoneReached, PlanRescheduled, TaskFinished, TasksResized
from roadmap.tasks.models import Assignment, Task, TaskDates
from roadmap.tasks.rules import fields
from roadmap.tasks.rules.dates import Differing, Known, derive, differing, moved, scheduled, slipped
from roadmap.tasks.rules.progress import Progress, reported
from roadmap.tasks.rules.states import FINISHED

UNDOABLE = {
    "task.changed": "task.edit",
    "tasks.changed": "task.edit",
    "task.progressed": "task.progress",
}
"""What can be taken back, and the permission that this needs."""
BULK_LIMIT = 500
_WAITING = "launch90.schedules"
_DATED = frozenset({"task", "task_assignment", "dependency", "project", "work_calendar", "calendar_exception"})


def change(
    project_id: int,
    task_id: int,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    base: Mapping[str, Any] | None = None,
) -> Work:
    """Change one or many fields of a task; ``base`` is what the form showed when it was opened.

    Raises Clash where somebody else changed the same field meanwhile, RuleBroken for what makes no sense or for a
    milestone that may not be completed yet.
    """
    with transaction(actor, "task.changed") as work:
        project = projects.opened(work, project_id)
        task = get(work, project_id, task_id)
        wanted = dict(values)
        if base is not None:
            merged = merge(base, wanted, {name: getattr(task, name) for name in wanted})
            if merged.conflicts:
                raise Clash(merged.conflicts)
            wanted = dict(merged.values)
        sizes = {task_id: _size(task)}
        _change(work, project, task, wanted, now)
        _tell_sizes(work, project_id, sizes)
        reschedule(project_id, work)
    return work


def bulk_change(
    project_id: int, task_ids: Sequence[int], values: Mapping[str, Any], *, actor: Actor, now: datetime
) -> Work:
    """The same values for several tasks, all or none. Raises as `change`; RuleBroken for none or too many tasks."""
    with transaction(actor, "tasks.changed") as work:
        project = projects.opened(work, project_id)
        chosen = [get(work, project_id, task_id) for task_id in several(task_ids)]
        sizes = {task.id: _size(task) for task in chosen}
        for task in chosen:
            _change(work, project, task, values, now)
        _tell_sizes(work, project_id, sizes)
        reschedule(project_id, work)
    return work


def set_progress(project_id: int, task_id: int, percent: int, *, actor: Actor, now: datetime) -> Work:
    """Report how far a task is; ``now`` says when it began or ended where nobody has said otherwise.

    Raises RuleBroken outside 0 to 100, for a summary, or for a milestone with obstacles.
    """
    with transaction(actor, "task.progressed") as work:
        project = projects.opened(work, project_id)
        _report(work, project, get(work, project_id, task_id), percent, now)
        reschedule(project_id, work)
    return work


def report_counted(project_id: int, percents: Mapping[int, int], work: Work) -> None:
    """Bring the progress of tasks in line with what an upper floor counted, in its action."""
    project = projects.opened(work, project_id)
    for task_id, percent in percents.items():
        _report(work, project, get(work, project_id, task_id), percent, work.at, counted=True)
    reschedule(project_id, work)


def complete_milestone(project_id: int, task_id: int, *, actor: Actor, now: datetime) -> Work:
    """Declare a milestone reached. Raises RuleBroken with every obstacle that upper floors name."""
    return set_progress(project_id, task_id, 100, actor=actor, now=now)


def obstacles(milestone_id: int) -> list[Obstacle]:
    """What stands in the way of a milestone, for the button that says so beforehand."""
    return ask(MayComplete(milestone_id))


def reschedule(
    project_id: int, work: Work, *, reframed: bool = False, known: tuple[Plan, Schedule] | None = None
) -> int:
    """Bring the stored dates of a project up to date; returns how many rows changed.

    Only rows whose figures differ are written, and only a plan that moved is told about; ``reframed`` says that what
    counts days moved with it. ``known`` are the dates of a plan that may be what was stored: an equal plan is not
    scheduled again. Raises RuleBroken naming the tasks of a cycle.
    """
    if project_id in _waiting(work):
        _waiting(work)[project_id] |= reframed
        return 0
    work.session.flush()
    ids, last = queries.changed_alone(work.changes), revisions.hold(project_id, work)
    before = plans.kept(project_id, last) if ids else None
    revision = revisions.count(project_id, work)
    stored = before.figures if before else queries.stored_dates(project_id)
    loaded = queries.load_again(project_id, before, ids) if before else queries.load(project_id)
    schedule = known[1] if known and known[0] == loaded.plan else scheduled(loaded.plan, loaded.nodes, loaded.names)
    computed = derive(loaded.plan, loaded.nodes, loaded.names, schedule)
    touched = queries.touched(work.changes)
    fresh = [
        {"task_id": id, "project_id": project_id, "revision": revision, **each._asdict()}
        for id, each in computed.items()
        if id not in stored
    ]
    changed = differing(stored, computed, touched)
    stale = list(stored.keys() - computed.keys())
    _store(work, fresh, changed, stale, revision)
    if reframed or fresh or stale or moved(stored, computed):
        milestones = [node.id for node in loaded.nodes if node.type == TaskType.MILESTONE]
        later = tuple(Later(*each) for each in slipped(milestones, stored, computed))
        work.emit(PlanRescheduled(project_id, later))
    left = Known(loaded.plan, loaded.nodes, loaded.names, schedule, computed)
    work.after_commit(partial(plans.keep, project_id, work.transaction_id, left))
    return len(fresh) + sum(map(len, changed.values())) + len(stale)


@contextmanager
def one_schedule(
    project_id: int, work: Work, known: Callable[[], tuple[Plan, Schedule]] | None = None
) -> Iterator[None]:
    """Several verbs in one transaction, and new dates once, when all are done. ``known`` and errors: `reschedule`."""
    waiting = _waiting(work)
    if project_id in waiting:
        yield
        return
    waiting[project_id] = False
    try:
        yield
    except BaseException:
        waiting.pop(project_id)
        raise
    reschedule(project_id, work, reframed=waiting.pop(project_id), known=known() if known else None)


def _waiting(work: Work) -> dict[int, bool]:
    """The plans whose dates wait for more changes, and whether what counts days moved with them."""
    found: dict[int, bool] = work.session.info.setdefault(_WAITING, {})
    return found


def reschedule_all(*, actor: Actor) -> dict[int, int]:
    """Rebuild the stored dates of every project; how many rows changed in each. None is what one hopes for."""
    with transaction(actor, "plan.rebuilt") as work:
        ids = work.session.scalars(select(Project.id).order_by(Project.id)).all()
        return {project_id: reschedule(project_id, work) for project_id in ids}


def follow_undo(event: Undone, work: Work) -> None:
    """Rows came back or went: the dates follow, in the undo's own transaction."""
    if any(subject.partition(":")[0] in _DATED for subject in event.subjects):
        for scope in event.scopes:
            kind, _, number = scope.partition(":")
            if kind == "project" and work.session.get(Project, int(number)) is not None:
                reschedule(int(number), work, reframed=True)


def follow_frame(event: ProjectFramed, work: Work) -> None:
    """The start, the calendar or the status date changed: so do all dates."""
    reschedule(event.project_id, work, reframed=True)


def follow_calendar(event: CalendarChanged, work: Work) -> None:
    """A calendar's working time changed: every project that works by it, or has tasks or roles that do, follows."""
    mine = select(Project.id).where(Project.calendar_id == event.calendar_id)
    others = [select(each.project_id).where(each.calendar_id == event.calendar_id) for each in (Task, ProjectRole)]
    for project_id in sorted(work.session.scalars(mine.union(*others))):
        reschedule(project_id, work, reframed=True)


def follow_time(event: TimeChanged, work: Work) -> None:
    """Somebody's days off or part-time share changed: projects with tasks of theirs get new dates."""
    owned = select(Task.project_id).where(Task.owner_id == event.person_id)
    given = select(Assignment.project_id).where(Assignment.person_id == event.person_id)
    for project_id in sorted(work.session.scalars(owned.union(given))):
        reschedule(project_id, work)


def follow_role(event: RoleTimed, work: Work) -> None:
    """A role is filled by somebody else or follows another calendar: whoever's tasks they are get new dates."""
    reschedule(event.project_id, work)


def blank(project_id: int, *, position: int, parent_id: int | None = None, key: str = "") -> Task:
    """A row that nobody has filled in yet; a task takes a day until somebody says otherwise."""
    return Task(
        project_id=project_id,
        parent_id=parent_id,
        position=position,
        key=key,
        type=TaskType.TASK.value,
        name="",
        description="",
        reason="",
        acceptance="",
        duration_minutes=fields.DAY_MINUTES,
        percent_complete=0,
        constraint_type="ASAP",
        constraint_date=None,
        actual_start=None,
        actual_finish=None,
        deadline=None,
        estimate_low=None,
        estimate_likely=None,
        estimate_high=None,
        work_minutes=None,
    )


def settle(work: Work, task: Task, values: Mapping[str, Any]) -> None:
    """Put values on a row that fit together, as a form, a file or a template has them. Raises RuleBroken."""
    wanted = dict(values)
    if wanted.get("type", task.type) == TaskType.MILESTONE:
        wanted.setdefault("duration_minutes", 0)
    if wanted.keys() & fields.WITH_HOURS:
        calendar = _calendar(work, task.project_id)
        wanted |= fields.with_hours(wanted, task.constraint_type, task.constraint_date, calendar)
    draft = {name: wanted.get(name, getattr(task, name)) for name in fields.DRAFT_FIELDS}
    fields.check(fields.Draft(**draft))
    _check_references(work, task.project_id, wanted)
    for name, value in wanted.items():
        if getattr(task, name) != value:
            setattr(task, name, value)


def _change(work: Work, project: Project, task: Task, values: Mapping[str, Any], now: datetime) -> None:
    wanted = {name: value for name, value in values.items() if not fields.says_the_same(getattr(task, name), value)}
    if "constraint_type" in wanted and "constraint_date" in values:
        wanted["constraint_date"] = values["constraint_date"]
    fields.check_kind(task.type, task.name, wanted, wanted.get("type"))
    percent = wanted.get("percent_complete")
    if wanted.get("actual_finish") is not None and percent is None:
        percent = wanted["percent_complete"] = FINISHED
    if percent is not None and not wanted.keys() & {"actual_start", "actual_finish"}:
        _report(work, project, task, wanted.pop("percent_complete"), now)
    elif percent == FINISHED:
        announce(work, task)
    settle(work, task, wanted)


def _size(task: Task) -> tuple[int, int | None]:
    return task.duration_minutes, task.work_minutes


def _tell_sizes(work: Work, project_id: int, before: Mapping[int, tuple[int, int | None]]) -> None:
    """Tell which tasks take longer or are more work than before; whoever is on them follows."""
    resized = {id: size for id, size in before.items() if _size(work.session.get_one(Task, id)) != size}
    if resized:
        work.emit(TasksResized(project_id, resized))


def _report(work: Work, project: Project, task: Task, percent: int, now: datetime, *, counted: bool = False) -> None:
    if task.counted and not counted:
        text = "“%(name)s” counts its checklist: tick the items there, or let people report it again."
        raise RuleBroken("task.counted", text, field="percent_complete", name=task.name)
    fields.check_kind(task.type, task.name, ("percent_complete",))
    planned = work.session.scalar(select(TaskDates.start).where(TaskDates.task_id == task.id))
    local = wall_time(now, project.timezone)
    before = Progress(task.percent_complete, task.actual_start, task.actual_finish)
    after = reported(percent, local, planned or local, before, milestone=task.type == TaskType.MILESTONE)
    if percent == FINISHED and before.percent < FINISHED:
        announce(work, task)
    task.percent_complete = after.percent
    task.actual_start, task.actual_finish = after.actual_start, after.actual_finish


def announce(work: Work, task: Task) -> None:
    """Tell that a task is done; a milestone asks first."""
    if task.percent_complete == FINISHED:
        return
    if task.type != TaskType.MILESTONE:
        work.emit(TaskFinished(task.project_id, task.id))
        return
    reasons = " ".join(each.sentence for each in obstacles(task.id))
    if reasons:
        text = "“%(name)s” can't be completed yet. %(reasons)s"
        raise RuleBroken("task.obstacles", text, field="percent_complete", name=task.name, reasons=reasons)
    work.emit(MilestoneReached(task.project_id, task.id))


def _calendar(work: Work, project_id: int) -> Calendar:
    project = work.session.get(Project, project_id)
    if project is None:
        raise NotFound
    return queries.calendar_of(project)


def _check_references(work: Work, project_id: int, values: Mapping[str, Any]) -> None:
    owner_id, role_id = values.get("owner_id"), values.get("role_id")
    if owner_id is not None and work.session.get(Person, owner_id) is None:
        raise RuleBroken("task.owner", "There is no such person. Choose one of the list.", field="owner_id")
    if not calendars.offered(values.get("calendar_id"), project_id):
        raise RuleBroken("task.calendar", "There is no such calendar. Choose one of the list.", field="calendar_id")
    role = None if role_id is None else work.session.get(ProjectRole, role_id)
    if role_id is not None and (role is None or role.project_id != project_id):
        raise RuleBroken("task.role", "There is no such role in this project. Choose one of the list.", field="role_id")


def follow_anchors(model: Any, project_id: int, work: Work, *criteria: Any) -> None:
    """Move rows of another room that follow the plan to the day that it has by now; ``criteria`` narrow them.

    The model's columns: ``due`` lies ``due_offset`` working days after the finish of ``anchor_id``, unless
    ``due_fixed``.
    """
    work.session.flush()
    following = (model.project_id == project_id, ~model.due_fixed, model.due_offset.is_not(None), *criteria)
    query = select(model.id, model.due, model.due_offset, TaskDates.finish)
    rows = work.session.execute(query.join(TaskDates, TaskDates.task_id == model.anchor_id).where(*following)).all()
    calendar = queries.working_time_of(project_id) if rows else None
    days = {row.id: calendar.add_days(row.finish.date(), row.due_offset) for row in rows} if calendar else {}
    moved = [row.id for row in rows if row.due != days[row.id]]
    for found in work.session.scalars(select(model).where(model.id.in_(moved))) if moved else ():
        found.due = days[found.id]


def get(work: Work, project_id: int, task_id: int) -> Task:
    """A row inside its project. Raises NotFound."""
    task = work.session.get(Task, task_id)
    if task is None or task.project_id != project_id:
        raise NotFound
    return task


def several(ids: Sequence[int]) -> list[int]:
    """The chosen rows, each once. Raises RuleBroken for none and for too many."""
    chosen = list(dict.fromkeys(ids))
    if not chosen:
        raise RuleBroken("tasks.none", "Tick at least one task first.")
    if len(chosen) > BULK_LIMIT:
        raise RuleBroken("tasks.many", "At most %(limit)s tasks can be changed at once.", limit=BULK_LIMIT)
    return chosen


def _store(work: Work, fresh: list[dict[str, Any]], changed: Differing, stale: list[int], revision: int) -> None:
    session = work.session
    if stale:
        session.execute(sql_delete(TaskDates).where(TaskDates.task_id.in_(stale)))
    if fresh:
        session.execute(insert(TaskDates), fresh)
    for names, rows in changed.items():
        values = [(*new, revision, id) for id, new in rows]
        bulk.change(session.connection(), TaskDates, "task_id", (*names, "revision"), values)
    for row in session.identity_map.values():
        if isinstance(row, TaskDates):
            session.expire(row)
