"""Reading the value of projects: against their reference baselines, or against the plan as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from infra.audit.models import AuditEntry
from infra.database import db
from infra.memo import remembered
from kernel.actor import project_scope
from kernel.errors import NotFound
from roadmap.baselines import queries as baselines
from roadmap.baselines.models import Baseline, BaselineTask
from roadmap.baselines.queries import BaselineRow, Reference
from roadmap.costs import queries as costs
from roadmap.costs.rules.amounts import digits_of
from roadmap.costs.rules.figures import Books, Planned, effort_only, pieces
from roadmap.costs.rules.rates import Flat, Prices, price
from roadmap.projects.models import Project
from roadmap.projects.rules import wall_time
from roadmap.standing.rules import schedule
from roadmap.standing.rules.curve import DAY, Work, begin, done
from roadmap.standing.rules.schedule import EarnedTime
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Task, TaskDates
from roadmap.value import rules
from roadmap.value.models import ValueDay
from roadmap.value.rules import Basis, Item, Line, Measure, Named, Point, Reports, Spent, Told

_TASK = "task:"
"""What the trail calls a task begins with it."""
WORKDAY = 480
"""Minutes of a person-day."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a project is worth at the end of a day. Amounts are in the smallest unit of ``currency``, or in minutes of
    work where that is empty; ``baseline`` is None where the plan is measured as it stands.
    """

    project_id: int
    as_of: date
    measure: Measure
    currency: str
    baseline: BaselineRow | None
    total: Line
    phases: tuple[Line, ...]
    tasks: tuple[Line, ...]
    points: tuple[Point, ...]
    unpriced: int
    may_count_money: bool
    told: Told

    @property
    def unit(self) -> int:
        """How many of what is counted are one that is shown: cents of a euro, minutes of a person-day."""
        return 10 ** digits_of(self.currency) if self.currency else WORKDAY

    def count(self, state: str) -> int:
        """How many tasks are new since the baseline, or gone from the plan."""
        return sum(line.state == state for line in self.tasks)


@dataclass(frozen=True, slots=True)
class Kept:
    """A day that was kept, as it was known then."""

    day: date
    baseline_id: int | None
    currency: str
    bac: int
    pv: int
    ev: int
    ac: int
    earned_weeks: float | None
    weeks: float
    milestones: dict[int, date]

    @property
    def spi_t(self) -> float | None:
        """SPI(t) of that day."""
        return schedule.spi_t(self.earned_weeks, self.weeks)


def default_day(project_id: int, today: date) -> date:
    """The day that value is told for: the status date of the plan, else the last day that is over. Raises NotFound."""
    project = db.session.get(Project, project_id)
    if project is None:
        raise NotFound
    return project.status_date or today - DAY


def value_of(project_id: int, as_of: date, today: date, *, money: bool = True) -> Value:
    """The value of a project at the end of a day; ``money`` False counts person-days whatever is priced.

    Raises NotFound.
    """
    project = db.session.get(Project, project_id)
    if project is None:
        raise NotFound
    reference = baselines.references_of([project_id]).get(project_id)
    books, prices = costs.books_of([project_id])[project_id], costs.tables_of([project_id])[project_id]
    measure = _measure(reference, books, prices)
    chosen = measure if money else Measure.WORK
    basis = _basis(project, reference, books, prices, chosen, as_of)
    reports = reports_of(project_id, project.timezone)
    there = {each.task_id for each in books.tasks}
    items = (
        replace(each, reports=reports.get(each.task_id or 0, ())) if each.task_id in there else each
        for each in basis.items
    )
    basis = replace(basis, items=tuple(items), tasks=_names(project_id, reference))
    now = min(today, project.status_date + DAY) if project.status_date else today
    whole = rules.total(basis, as_of, now)
    return Value(
        project_id,
        as_of,
        chosen,
        project.currency if chosen is Measure.MONEY else "",
        reference.baseline if reference else None,
        whole,
        tuple(rules.by_phase(basis, costs.phase_names(project_id), as_of, now)),
        tuple(rules.by_task(basis, as_of, now)),
        tuple(rules.points(basis, whole, as_of, now)),
        basis.unpriced,
        measure is Measure.MONEY,
        rules.told(basis, as_of, now),
    )


@remembered
def reports_of(project_id: int, timezone: str) -> dict[int, Reports]:
    """What the trail says of the progress of each task, by the days of a zone: one statement."""
    percent = AuditEntry.changes[("percent_complete", 1)].as_float()
    mine = (AuditEntry.scope == project_scope(project_id), AuditEntry.subject.like(f"{_TASK}%"))
    query = select(AuditEntry.subject, AuditEntry.at, percent).where(*mine, percent.is_not(None))
    found: dict[int, dict[date, float]] = {}
    for subject, at, said in db.session.execute(query.order_by(AuditEntry.id)):
        found.setdefault(int(subject.removeprefix(_TASK)), {})[wall_time(at, timezone).date()] = said
    return {task: tuple(sorted(days.items())) for task, days in found.items()}


def scopes_of(project_id: int) -> list[tuple[date, int]]:
    """The work in minutes that each baseline held, from the day on which it was taken; the oldest first."""
    query = (
        select(Baseline.day, func.sum(BaselineTask.work_minutes))
        .join(BaselineTask, BaselineTask.baseline_id == Baseline.id)
        .where(Baseline.project_id == project_id, Baseline.removed_at.is_(None), BaselineTask.type == "task")
        .group_by(Baseline.id, Baseline.day)
        .order_by(Baseline.day, Baseline.id)
    )
    return [(row[0], int(row[1])) for row in db.session.execute(query)]


def work_of(project_id: int) -> int:
    """The work that the plan holds now, in minutes."""
    return sum(each.minutes for each in costs.books_of([project_id])[project_id].tasks)


def times_of(project_ids: Sequence[int], today: date) -> dict[int, EarnedTime]:
    """The earned schedule of some projects on their usual day: the same statements, however many there are."""
    ids = list(project_ids)
    references, books, prices = baselines.references_of(ids), costs.books_of(ids), costs.tables_of(ids)
    found = {}
    for project in tasks.projects_of(ids).values():
        reference, own = references.get(project.id), books[project.id]
        measure = _measure(reference, own, prices[project.id])
        day = project.status_date or today - DAY
        basis = _basis(project, reference, own, prices[project.id], measure, day)
        earned = done(basis.work, day + DAY, min(today, day + DAY))
        found[project.id] = schedule.earned_time(basis.work, basis.start, earned, begin(day + DAY), basis.time)
    return found


def _measure(reference: Reference | None, books: Books, prices: Prices) -> Measure:
    """Money where what the plan is measured against has costs of its tasks, else person-days."""
    if reference is not None:
        priced = any(row.cost_cents is not None for row in reference.rows)
    else:
        priced = any(pieces(each, prices) is not None for each in books.tasks)
    return Measure.MONEY if priced else Measure.WORK


def _basis(
    project: Project, reference: Reference | None, books: Books, prices: Prices, measure: Measure, as_of: date
) -> Basis:
    counted: Prices = prices if measure is Measure.MONEY else Flat()
    time = reference.time if reference else tasks.calendar_of(project)
    if reference is not None:
        items, unpriced = _frozen_items(reference, books, measure), 0
    else:
        items, unpriced = _planned_items(books if measure is Measure.MONEY else effort_only(books), counted)
    alone = reference.costs if reference else [(each.phase_id, each.day, each.cents) for each in books.fixed]
    if measure is Measure.MONEY:
        items += [rules.fixed_item(phase, day, cents, as_of, time) for phase, day, cents in alone]
    return Basis(
        measure,
        reference.start if reference else project.start,
        time,
        tuple(items),
        tuple(_spent(books, counted, measure)),
        unpriced,
    )


def _planned_items(books: Books, prices: Prices) -> tuple[list[Item], int]:
    """The tasks as they are planned, and the minutes of those without a price."""
    found = [(each, pieces(each, prices)) for each in books.tasks]
    unpriced = sum(each.minutes for each, work in found if work is None)
    return [Item(each.task_id, each.phase_id, tuple(work)) for each, work in found if work], unpriced


def _frozen_items(reference: Reference, books: Books, measure: Measure) -> list[Item]:
    """The tasks of a baseline with the progress of today; those that are gone from the plan earn nothing."""
    now = {each.task_id: each for each in books.tasks}
    found = []
    for row in reference.rows:
        amount = row.cost_cents if measure is Measure.MONEY else row.work_minutes
        if amount:
            found.append(_frozen_item(row, amount, now.get(row.task_id), reference))
    return found


def _frozen_item(row: Any, amount: int, now: Planned | None, reference: Reference) -> Item:
    gap = (row.stop, row.resume) if row.stop and row.resume else None
    percent, began, ended = (now.percent, now.began, now.ended) if now else (0.0, None, None)
    work = Work(amount, percent, row.start, row.finish, reference.time, began, ended, gap)
    return Item(row.task_id, now.phase_id if now else row.phase_id, (work,))


def _spent(books: Books, prices: Prices, measure: Measure) -> list[Spent]:
    found = []
    for each in books.hours:
        if measure is Measure.WORK:
            found.append(Spent(each.task_id, each.phase_id, each.day, each.minutes))
        elif (rate := prices.on(each.day, each.role_id, each.person_id)) is not None:
            found.append(Spent(each.task_id, each.phase_id, each.day, price(each.minutes, rate)))
    if measure is Measure.MONEY:
        found += [Spent(each.task_id, each.phase_id, each.day, each.cents) for each in books.expenses]
    return found


def _names(project_id: int, reference: Reference | None) -> dict[int, Named]:
    """The tasks and milestones of the plan in their order, then those that only the baseline knows."""
    query = (
        select(Task.id, TaskDates.wbs, Task.name, TaskDates.phase_id, TaskDates.percent)
        .join(TaskDates, TaskDates.task_id == Task.id)
        .where(Task.project_id == project_id, Task.type == "task", Task.active)
        .order_by(TaskDates.row)
    )
    frozen = {row.task_id: row for row in reference.rows if row.type == "task"} if reference else None
    rows = [Named(*row, budgeted=frozen is None or row[0] in frozen) for row in db.session.execute(query)]
    there = {each.id for each in rows}
    gone = [row for row in (frozen or {}).values() if row.task_id not in there]
    rows += [Named(row.task_id, row.wbs, row.name, row.phase_id, 0.0, there=False) for row in gone]
    return {each.id: each for each in rows}


def kept_of(project_id: int, since: date | None = None) -> list[Kept]:
    """The days that were kept, the oldest first."""
    names = tuple(Kept.__dataclass_fields__)
    query = select(*(getattr(ValueDay, name) for name in names)).where(ValueDay.project_id == project_id)
    if since is not None:
        query = query.where(ValueDay.day >= since)
    return [_kept(row) for row in db.session.execute(query.order_by(ValueDay.day))]


def _kept(row: Any) -> Kept:
    days = {int(id): date.fromisoformat(day) for id, day in row.milestones.items()}
    return Kept(**row._asdict() | {"milestones": days})


def milestones_now(project_id: int) -> dict[int, tuple[str, date]]:
    """The milestones of a plan by number: name and day, the day that they were reached where they were."""
    columns = (Task.id, Task.name, Task.actual_finish, TaskDates.finish)
    query = select(*columns).join(TaskDates, TaskDates.task_id == Task.id)
    found = query.where(Task.project_id == project_id, Task.type == "milestone", Task.active).order_by(TaskDates.row)
    return {row[0]: (row[1], (row[2] or row[3]).date()) for row in db.session.execute(found)}


def weekly(days: Sequence[Kept]) -> list[Kept]:
    """The last kept day of each week."""
    return list({each.day - timedelta(days=each.day.weekday()): each for each in days}.values())


def running() -> list[tuple[int, str]]:
    """The roll-outs whose value is kept every day, with their zones; no plan to try things on is among them."""
    query = select(Project.id, Project.timezone).where(Project.state == "active", Project.branch_of_id.is_(None))
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Project.id))]
