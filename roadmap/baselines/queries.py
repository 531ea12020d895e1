"""Reading baselines: which a project has, their frozen rows, and the plan of now in the same words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from accounts.people.models import Person
from infra.audit.queries import additions
from infra.database import db
from infra.memo import remembered
from kernel.errors import NotFound
from kernel.worktime import Calendar
from roadmap.baselines.models import Baseline, BaselineTask
from roadmap.baselines.rules import frozen
from roadmap.baselines.rules.frozen import Frozen, Proof
from roadmap.baselines.rules.variance import Named
from roadmap.costs import queries as costs
from roadmap.costs.rules.figures import whole_cost
from roadmap.projects.models import Phase
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Task, TaskDates


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """A baseline in a list: when it was taken and by whom, and whether earned value is measured against it."""

    id: int
    project_id: int
    name: str
    note: str
    number: int | None
    day: date
    taken_at: datetime
    taken_by: str
    reference: bool
    superseded_by_id: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A baseline with all that planned value needs: ``costs`` are (phase or None, day, cents) of those without a task.

    ``rows`` are (task, phase, type, frozen, gap) of its tasks and milestones.
    """

    baseline: BaselineRow
    start: date
    time: Calendar
    costs: tuple[tuple[int | None, date, int], ...]
    rows: tuple[Any, ...]


@remembered
def of_project(project_id: int) -> list[BaselineRow]:
    """The baselines of a project, the newest first."""
    query = _rows().where(Baseline.project_id == project_id).order_by(Baseline.taken_at.desc(), Baseline.id.desc())
    return [BaselineRow(**row._asdict()) for row in db.session.execute(query)]


def reference_of(project_id: int) -> BaselineRow | None:
    """The baseline that earned value is measured against, None where there is none."""
    return next((each for each in of_project(project_id) if each.reference), None)


def get(project_id: int, baseline_id: int) -> BaselineRow:
    """One baseline of a project. Raises NotFound."""
    found = next((each for each in of_project(project_id) if each.id == baseline_id), None)
    if found is None:
        raise NotFound
    return found


def rows_of(baseline_id: int) -> dict[int, Frozen]:
    """The rows of a baseline by the task's number, in the order of its tree, summaries among them."""
    return {each.id: each.frozen for each in named_of(baseline_id)}


def named_of(baseline_id: int) -> list[Named]:
    """The same with their names, for whoever compares."""
    columns: tuple[Any, ...] = (
        *(getattr(BaselineTask, name) for name in ("task_id", "wbs", "type", "name")),
        func.coalesce(Phase.name, ""),
        *(getattr(BaselineTask, name) for name in Frozen._fields),
    )
    query = (
        select(*columns)
        .outerjoin(Phase, Phase.id == BaselineTask.phase_id)
        .where(BaselineTask.baseline_id == baseline_id)
        .order_by(BaselineTask.row)
    )
    return [Named(row[0], row[1], row[2], row[3], row[4], Frozen(*row[5:])) for row in db.session.execute(query)]


def as_it_stands(project_id: int) -> list[Named]:
    """The plan of now in the words of a baseline, in the order of its tree: work and cost of summaries add up."""
    columns: tuple[Any, ...] = (Task.id, TaskDates.wbs, Task.type, Task.name, func.coalesce(Phase.name, ""))
    dates = (TaskDates.start, TaskDates.finish, TaskDates.duration_minutes, Task.work_minutes, Task.parent_id)
    query = (
        select(*columns, *dates)
        .join(TaskDates, TaskDates.task_id == Task.id)
        .outerjoin(Phase, Phase.id == TaskDates.phase_id)
        .where(Task.project_id == project_id, Task.active)
        .order_by(TaskDates.row)
    )
    rows = list(db.session.execute(query))
    money = _costs_of(project_id)
    work: dict[int, int] = {}
    cost: dict[int, int] = {}
    for row in reversed(rows):  # children stand after their parents
        id, kind, minutes, parent = row[0], row[2], row[8], row[9]
        if kind != "summary":
            work[id] = (minutes if minutes is not None else row[7]) if kind == "task" else 0
            if (cents := money.get(id)) is not None:
                cost[id] = cents
        if parent is not None:
            work[parent] = work.get(parent, 0) + work.get(id, 0)
            if id in cost:
                cost[parent] = cost.get(parent, 0) + cost[id]
    return [Named(*row[:5], Frozen(*row[5:8], work.get(row[0], 0), cost.get(row[0]))) for row in rows]


def _costs_of(project_id: int) -> dict[int, int]:
    """What each task is planned to cost; without those that have neither a rate nor a fixed cost."""
    prices = costs.tables_of([project_id])[project_id]
    found = {each.task_id: whole_cost(each, prices) for each in costs.books_of([project_id])[project_id].tasks}
    return {id: round(cents) for id, cents in found.items() if cents is not None}


def calendar_of(project_id: int) -> Calendar:
    """The working time by which variances of a project are counted."""
    return tasks.working_time_of(project_id)


def references_of(project_ids: Sequence[int]) -> dict[int, Reference]:
    """What some projects are measured against, those without a reference left out: two statements for any number."""
    query = _rows(Baseline.start, Baseline.time, Baseline.costs).where(
        Baseline.project_id.in_(project_ids), Baseline.reference
    )
    found = [row._asdict() for row in db.session.execute(query)]
    rows = _leaves_of([each["id"] for each in found])
    made = {}
    for each in found:
        start, kept, amounts = each.pop("start"), each.pop("time"), each.pop("costs")
        alone = tuple((phase, date.fromisoformat(day), cents) for phase, day, cents in amounts)
        time = frozen.read_back(kept)
        made[each["project_id"]] = Reference(BaselineRow(**each), start, time, alone, tuple(rows.get(each["id"], ())))
    return made


def _leaves_of(baseline_ids: list[int]) -> dict[int, list[Any]]:
    if not baseline_ids:
        return {}
    query = (
        select(*BaselineTask.__table__.columns)
        .where(BaselineTask.baseline_id.in_(baseline_ids), BaselineTask.type != "summary")
        .order_by(BaselineTask.row)
    )
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.baseline_id, []).append(row)
    return found


def proofs_of(baseline_ids: Sequence[int]) -> dict[int, Proof]:
    """Whether some baselines are as they were frozen, each held against the trail: four statements for any number."""
    heads = db.session.execute(select(Baseline.id, *_SEALED).where(Baseline.id.in_(baseline_ids))).all()
    entries = additions(_subject(each) for each in baseline_ids) if heads else {}
    digests = digests_of(baseline_ids) if heads else {}
    found = {}
    for id, *values in heads:
        head = {column.key: value for column, value in zip(_SEALED, values, strict=True)}
        entry = entries.get(_subject(id))
        kept = {name: (entry.changes.get(name) or (None, None))[1] for name in head} if entry else None
        found[id] = frozen.proof(digests[id], head, kept, intact=bool(entry and entry.intact))
    return found


def digests_of(baseline_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The digests of the rows of some baselines as they are stored: of all that counts, and as older ones have it."""
    columns = [getattr(BaselineTask, name) for name in (*_DIGESTED_FIRST, *_DIGESTED_SINCE)]
    query = select(BaselineTask.baseline_id, *columns).where(BaselineTask.baseline_id.in_(baseline_ids))
    rows: dict[int, list[tuple[Any, ...]]] = {id: [] for id in baseline_ids}
    for id, *values in db.session.execute(query.order_by(BaselineTask.baseline_id, BaselineTask.row)):
        rows[id].append(tuple(values))
    older = len(_DIGESTED_FIRST)
    return {id: (frozen.digest(each), frozen.digest(row[:older] for row in each)) for id, each in rows.items()}


def _subject(baseline_id: int) -> str:
    return f"{Baseline.__tablename__}:{baseline_id}"


_SEALED = (Baseline.digest, Baseline.currency, Baseline.time, Baseline.costs)
"""What of a head is held against the trail: with the rows all that planned value is made of."""
_SIZES = ("duration_minutes", "work_minutes", "cost_cents")
_DIGESTED_FIRST = ("task_id", "wbs", "type", "name", "start", "finish", *_SIZES)
_DIGESTED_SINCE = ("parent_id", "phase_id", "is_go_live", "stop", "resume", "percent")
"""What of a row its digest covers: baselines that were taken before the second line came have that of the first."""


def milestones_of(baseline_ids: Iterable[int]) -> dict[int, dict[int, date]]:
    """The days of the milestones of some baselines, by baseline and task."""
    query = select(BaselineTask.baseline_id, BaselineTask.task_id, BaselineTask.finish).where(
        BaselineTask.baseline_id.in_(list(baseline_ids)), BaselineTask.type == "milestone"
    )
    found: dict[int, dict[int, date]] = {}
    for baseline_id, task_id, finish in db.session.execute(query):
        found.setdefault(baseline_id, {})[task_id] = finish.date()
    return found


def _rows(*more: Any) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Baseline.id,
        Baseline.project_id,
        Baseline.name,
        Baseline.note,
        Baseline.number,
        Baseline.day,
        Baseline.taken_at,
        func.coalesce(Person.name, "").label("taken_by"),
        Baseline.reference,
        Baseline.superseded_by_id,
        Baseline.currency,
        *more,
    )
    query = select(*columns).outerjoin(Person, Person.id == Baseline.taken_by_id)
    return query.where(Baseline.removed_at.is_(None))
