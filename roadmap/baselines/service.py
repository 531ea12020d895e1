"""Taking baselines, choosing the one that counts, and removing them; what is frozen is never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken
from roadmap.baselines import queries
from roadmap.baselines.models import Baseline, BaselineTask
from roadmap.baselines.rules import frozen
from roadmap.baselines.rules.frozen import Frozen
from roadmap.costs import queries as costs
from roadmap.projects import service as projects
from roadmap.projects.rules import wall_time
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Task, TaskDates

UNDOABLE = {"baseline.removed": "plan.edit", "baseline.chosen": "plan.edit"}
"""What can be taken back, and the permission that this needs. Taken too early, a baseline is removed."""


def take(project_id: int, name: str, note: str, *, reference: bool, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Freeze the plan as it stands; as ``reference`` earned value is measured against it from now on.

    The first one always is. Raises RuleBroken for a name that is missing or taken, or a plan without tasks.
    """
    with transaction(actor, "baseline.taken") as work:
        project = projects.opened(work, project_id)
        rows = {each.id: each.frozen for each in queries.as_it_stands(project_id)}
        if not rows:
            raise RuleBroken("baseline.empty", "The plan has no tasks yet: there is nothing to freeze.", field="name")
        day, alone = wall_time(now, project.timezone).date(), _alone(project_id)
        made = keep(work, project_id, name, rows, day=day, note=note, costs=alone)
        if reference or queries.reference_of(project_id) is None:
            _refer(work, project_id, made)
    return made, work


def keep(  # what a baseline is
    work: Work,
    project_id: int,
    name: str,
    rows: Mapping[int, Frozen],
    *,
    day: date,
    note: str = "",
    number: int | None = None,
    costs: Sequence[tuple[int | None, date, int]] = (),
) -> int:
    """Store rows of a plan as a baseline inside an open transaction, as an import does; its number.

    ``rows`` are by task of the plan; ``number`` is what another program calls it, 0 is made the reference. Raises
    RuleBroken for a name that is missing or taken.
    """
    there = work.session.scalars(select(Baseline.name).where(Baseline.project_id == project_id, _ALIVE)).all()
    project = projects.opened(work, project_id)
    made = Baseline(
        project_id=project_id,
        name=frozen.check_name(name, there),
        note=frozen.check_note(note),
        number=number,
        day=day,
        taken_at=work.at,
        taken_by_id=work.actor.id,
        currency=project.currency,
        start=project.start,
        time=frozen.written(tasks.calendar_of(project)),
        costs=[[phase, day.isoformat(), cents] for phase, day, cents in costs],
    )
    work.session.add(made)
    work.session.flush()
    work.bulk_insert(BaselineTask, _rows(work, project_id, made.id, rows))
    made.digest = queries.digests_of([made.id])[made.id][0]
    if number == 0:
        _refer(work, project_id, made.id)
    return made.id


def refer(project_id: int, baseline_id: int, *, actor: Actor) -> Work:
    """Measure earned value against this baseline from now on. Raises NotFound."""
    with transaction(actor, "baseline.chosen") as work:
        projects.opened(work, project_id)
        _refer(work, project_id, _get(work, project_id, baseline_id).id)
    return work


def remove(project_id: int, baseline_id: int, *, actor: Actor, now: datetime) -> Work:
    """Take a baseline away; what it had superseded counts again. Raises NotFound."""
    with transaction(actor, "baseline.removed") as work:
        projects.opened(work, project_id)
        row = _get(work, project_id, baseline_id)
        row.removed_at = now
        superseded = Baseline.superseded_by_id == row.id
        before = list(work.session.scalars(select(Baseline).where(superseded, _ALIVE).order_by(Baseline.id.desc())))
        for number, each in enumerate(before):
            each.superseded_by_id = None if number == 0 else before[0].id
            each.reference = row.reference and number == 0
        row.reference = False
    return work


def _refer(work: Work, project_id: int, baseline_id: int) -> None:
    work.session.flush()
    for each in work.session.scalars(select(Baseline).where(Baseline.project_id == project_id, _ALIVE)):
        if each.id == baseline_id:
            each.reference, each.superseded_by_id = True, None
        elif each.reference:
            each.reference, each.superseded_by_id = False, baseline_id
    work.session.flush()


def _get(work: Work, project_id: int, baseline_id: int) -> Baseline:
    row = work.session.get(Baseline, baseline_id)
    if row is None or row.project_id != project_id or row.removed_at is not None:
        raise NotFound
    return row


def _rows(work: Work, project_id: int, baseline_id: int, rows: Mapping[int, Frozen]) -> list[dict[str, Any]]:
    from_task = ("parent_id", "type", "name", "is_go_live")
    from_dates = ("phase_id", "row", "wbs", "stop", "resume", "percent")
    columns = [getattr(Task, name) for name in from_task] + [getattr(TaskDates, name) for name in from_dates]
    query = select(Task.id, *columns).join(TaskDates, TaskDates.task_id == Task.id)
    found = work.session.execute(query.where(Task.project_id == project_id).order_by(TaskDates.row))
    return [
        {
            "baseline_id": baseline_id,
            "task_id": row[0],
            **dict(zip((*from_task, *from_dates), row[1:], strict=True)),
            **rows[row[0]]._asdict(),
        }
        for row in found
        if row[0] in rows
    ]


def _alone(project_id: int) -> list[tuple[int | None, date, int]]:
    """The fixed costs that hang on no task."""
    return [(each.phase_id, each.day, each.cents) for each in costs.books_of([project_id])[project_id].fixed]


_ALIVE = Baseline.removed_at.is_(None)
