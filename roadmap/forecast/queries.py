"""What is forecast: a plan with its estimates and risks, as the database has it; and the forecasts that were kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select

from accounts.people.models import Person
from infra.database import db
from infra.memo import remembered, remembered_each
from kernel.errors import NotFound
from roadmap.costs import queries as costs
from roadmap.costs.rules import figures
from roadmap.costs.rules.amounts import digits_of
from roadmap.forecast.models import Forecast, ForecastStop, ForecastWish
from roadmap.forecast.rules.keeping import Basis, Content, LeftOut, digest, read
from roadmap.forecast.rules.model import Crew, Model, Purse, Threat
from roadmap.forecast.rules.sampling import hit_by
from roadmap.forecast.rules.scoring import Settled
from roadmap.forecast.rules.shapes import Estimate, Shape
from roadmap.forecast.rules.spreading import Row
from roadmap.projects.models import Project
from roadmap.projects.queries import trunk_of
from roadmap.risks.models import Risk, RiskLink
from roadmap.risks.rules import State
from roadmap.schedule.rules import Plan
from roadmap.staffing.models import ProjectRole
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Assignment, Task, TaskDates
from roadmap.tasks.rules.states import FINISHED
from roadmap.twins.queries import twins_of


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """A kept forecast in short. ``target`` and ``chance`` are those of its day."""

    id: int
    project_id: int
    day: date
    at: datetime
    by: str
    runs: int
    seed: int
    exact: bool
    goal_id: int | None
    planned: datetime
    p10: datetime
    p50: datetime
    p80: datetime
    p95: datetime
    target: date | None
    chance: float | None
    cost_p50: int | None
    cost_p80: int | None
    currency: str
    digest: str

    def slip(self, target: date | None) -> int | None:
        """How many days P80 lies after a target, negative before it; None without one."""
        return None if target is None else (self.p80.date() - target).days


@dataclass(frozen=True, slots=True)
class StopRow:
    """A milestone in a kept forecast."""

    task_id: int
    name: str
    p10: datetime
    p50: datetime
    p80: datetime
    p95: datetime
    target: date | None
    chance: float | None


@dataclass(frozen=True, slots=True)
class Wish:
    """A forecast that is waited for."""

    at: datetime
    percent: int
    error: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that a forecast of a project rests on; ``names`` are those of the tasks."""

    project_id: int
    model: Model
    targets: Mapping[int | None, date]
    names: Mapping[int, str]
    basis: Basis
    purse: Purse | None = None

    @property
    def digest(self) -> str:
        """Tells whether a kept forecast still rests on the same."""
        return digest(self.model, self.targets)


_GOING_ON = frozenset({"active", "branch"})
"""The states of plans whose work goes on: what is left of them lies ahead."""


def ground(project_id: int, today: date) -> Ground:
    """A project as it can be forecast: six statements and its calendars, seven of a branch. Raises NotFound.

    Where work was reported and no status date was set, what is left begins no earlier than today. A branch is struck by
    the risks of its trunk; what its runs cost is unknown, because what was spent stands in the trunk.
    """
    loaded = tasks.load(project_id)
    plan, project = loaded.plan, loaded.project
    if plan.status_date is None and project.state in _GOING_ON and any(row.started for row in plan.activities):
        plan = replace(plan, status_date=datetime.combine(max(today, project.start), time()))
    rows = db.session.execute(_TASKS.where(Task.project_id == project_id).order_by(Task.id)).all()
    live = [row for row in rows if row.is_go_live]
    goal = max(live, key=lambda row: (row.finish or plan.start, row.id)).id if live else None
    estimates = {row.id: found for row in rows if (found := _estimate(row)) is not None}
    trunk = project.branch_of_id
    twins = None if trunk is None else twins_of(project_id)
    threats, left = _threats(trunk or project_id, goal, twins)
    struck = tuple(each for each in threats if hit_by(plan, each))
    same = {own: task for task, own in (twins or {}).items()}
    model = Model(plan, estimates, struck, goal, _crews(project_id, plan, rows), same)
    left += [LeftOut(each.id, "done") for each in threats if not hit_by(plan, each)]
    targets: dict[int | None, date] = {row.id: row.deadline for row in rows if row.deadline is not None}
    if project.target_go_live is not None:
        targets[goal] = project.target_go_live
    purse = _purse(project_id, today) if trunk is None else None
    return Ground(project_id, model, targets, loaded.names, _basis(model, left), purse)


def _estimate(row: Any) -> Estimate | None:
    points = (row.estimate_low, row.estimate_likely, row.estimate_high)
    if row.type != "task" or None in points or list(points) != sorted(points) or not row.estimate_high:
        return None
    return Estimate(*points, Shape(row.estimate_shape))


def _crews(project_id: int, plan: Plan, rows: Sequence[Any]) -> tuple[Crew, ...]:
    """The roles with the open tasks that nobody else works on: given to them, or theirs where nobody is named.

    What takes its time by the clock is no shorter for two.
    """
    columns = (Assignment.task_id, Assignment.role_id, Assignment.units)
    given: dict[int, list[tuple[int | None, float]]] = {}
    for task, role, units in db.session.execute(select(*columns).where(Assignment.project_id == project_id)):
        given.setdefault(task, []).append((role, units))
    works = select(ProjectRole.id).where(ProjectRole.project_id == project_id, ProjectRole.kind == "work")
    people: dict[int, dict[int, float]] = {id: {} for id in db.session.scalars(works.order_by(ProjectRole.id))}
    responsible = {row.id: row.role_id for row in rows}
    for row in plan.activities:
        if row.type == "task" and row.active and not row.finished and not row.elapsed:
            (role, units), *others = given.get(row.id) or [(responsible.get(row.id), 100.0)]
            if role in people and not others:
                people[role][row.id] = max(1.0, units / 100)
    return tuple(Crew(role, found) for role, found in people.items() if found)


def _purse(project_id: int, today: date) -> Purse | None:
    """What the plan costs, where rates or costs say so; the same figures as those of the budget's page."""
    books, prices = costs.books_of([project_id])[project_id], costs.tables_of([project_id])[project_id]
    total = figures.line(books, prices, today, None).forecast
    if total is None:
        return None
    whole = {each.task_id: (figures.whole_cost(each, prices), each.percent) for each in books.tasks}
    left = {task: round(cents * (100 - percent) / 100) for task, (cents, percent) in whole.items() if cents}
    currency = costs.currency_of(project_id)
    return Purse(currency, digits_of(currency), total, left)


def _basis(model: Model, left: list[LeftOut]) -> Basis:
    waiting = [row for row in model.plan.activities if row.type == "task" and not row.finished and row.active]
    known = [(row, model.estimates[row.id]) for row in waiting if row.id in model.estimates]
    outside = [row for row, guess in known if not guess.low <= row.duration_minutes <= guess.high]
    return Basis(len(waiting), len(known), len(outside), len(model.threats), tuple(left))


def _threats(project_id: int, goal: int | None, twins: Mapping[int, int] | None) -> tuple[list[Threat], list[LeftOut]]:
    """The risks that may strike, with the tasks that they hit; one that names none hits the go-live.

    ``twins`` are the tasks of a branch by those of the project: what the branch has no more, nothing can hit.
    """
    open_ones = Risk.state.not_in([State.CLOSED, State.REJECTED])
    rows = db.session.execute(_RISKS.where(Risk.project_id == project_id, open_ones).order_by(Risk.number)).all()
    links = select(RiskLink.risk_id, RiskLink.subject).where(RiskLink.project_id == project_id).order_by(RiskLink.id)
    hits: dict[int, list[int]] = {}
    for risk_id, subject in db.session.execute(links):
        kind, _colon, number = subject.partition(":")
        if kind == "task":
            hits.setdefault(risk_id, []).append(int(number))
    found, left = [], []
    for row in rows:
        why = _why_not(row)
        if why:
            left.append(LeftOut(row.id, why))
            continue
        where = tuple(_there(hits[row.id], twins) if row.id in hits else () if goal is None else (goal,))
        costs = (row.cost_low or 0, row.cost_high or 0)
        found.append(Threat(row.id, row.chance / 100, row.days_low, row.days_high, where, *costs))
    return found, left


def _there(tasks: Iterable[int], twins: Mapping[int, int] | None) -> Iterable[int]:
    """Tasks of a project with their numbers in a branch of it."""
    return tasks if twins is None else (twins[each] for each in tasks if each in twins)


def _why_not(row: Any) -> str:
    if row.state == State.OCCURRED:
        return "occurred"
    if row.chance is None:
        return "chance"
    return "days" if row.days_low is None or row.days_high is None else ""


@remembered_each
def latest(project_ids: Iterable[int]) -> dict[int, ForecastRow]:
    """The newest forecast of each project, in one statement; projects without one are left out."""
    newest = select(func.max(Forecast.id)).where(Forecast.project_id.in_(list(project_ids)))
    query = _rows().where(Forecast.id.in_(newest.group_by(Forecast.project_id)))
    return {row.project_id: ForecastRow(*row) for row in db.session.execute(query)}


@remembered
def latest_by(project_ids: Iterable[int], day: date) -> dict[int, ForecastRow]:
    """The newest forecast of each project that was there at the end of a day, in one statement."""
    newest = select(func.max(Forecast.id)).where(Forecast.project_id.in_(list(project_ids)), Forecast.day <= day)
    query = _rows().where(Forecast.id.in_(newest.group_by(Forecast.project_id)))
    return {row.project_id: ForecastRow(*row) for row in db.session.execute(query)}


@remembered
def kept(project_id: int, limit: int = 60) -> list[ForecastRow]:
    """The forecasts of a project, the newest first."""
    query = _rows().where(Forecast.project_id == project_id).order_by(Forecast.id.desc()).limit(limit)
    return [ForecastRow(*row) for row in db.session.execute(query)]


def one(project_id: int, forecast_id: int) -> ForecastRow:
    """A kept forecast of a project. Raises NotFound."""
    row = db.session.execute(_rows().where(Forecast.project_id == project_id, Forecast.id == forecast_id)).one_or_none()
    if row is None:
        raise NotFound
    return ForecastRow(*row)


def content(forecast_id: int) -> Content:
    """What is kept of a forecast beside its quantiles."""
    found = db.session.scalar(select(Forecast.content).where(Forecast.id == forecast_id))
    return read(found or {})


def stops(forecast_ids: Iterable[int]) -> dict[int, list[StopRow]]:
    """The milestones of forecasts, in the order of their P50."""
    columns = (ForecastStop.forecast_id, *(getattr(ForecastStop, name) for name in StopRow.__slots__))
    query = select(*columns).where(ForecastStop.forecast_id.in_(list(forecast_ids)))
    found: dict[int, list[StopRow]] = {}
    for row in db.session.execute(query.order_by(ForecastStop.p50, ForecastStop.task_id)):
        found.setdefault(row[0], []).append(StopRow(*row[1:]))
    return found


def settled(project_id: int) -> list[Settled]:
    """What forecasts said of milestones that were reached after them; of a day only its last forecast counts."""
    last = select(func.max(Forecast.id)).where(Forecast.project_id == project_id).group_by(Forecast.day)
    query = (
        select(
            ForecastStop.task_id,
            Task.name,
            Forecast.day,
            ForecastStop.p50,
            ForecastStop.p80,
            ForecastStop.target,
            ForecastStop.chance,
            Task.actual_finish,
        )
        .join(Forecast, Forecast.id == ForecastStop.forecast_id)
        .join(Task, Task.id == ForecastStop.task_id)
        .where(Forecast.id.in_(last), Task.actual_finish.is_not(None), Task.percent_complete == FINISHED)
        .order_by(Task.actual_finish, ForecastStop.task_id, Forecast.day)
    )
    rows: list[Any] = list(db.session.execute(query))
    found = [Settled(*row) for row in rows]
    return [each for each in found if each.day < each.reached.date()]


def criticality(project_id: int) -> dict[int, float]:
    """How often each task was critical in the newest forecast, 0 to 1; empty where none was kept."""
    query = select(Forecast.content).where(Forecast.project_id == project_id).order_by(Forecast.id.desc()).limit(1)
    found = db.session.scalar(query)
    return dict(read(found).criticality) if found else {}


def names(project_id: int) -> dict[int, str]:
    """The names of a project's tasks."""
    return {
        row[0]: row[1] for row in db.session.execute(select(Task.id, Task.name).where(Task.project_id == project_id))
    }


def role_names(project_id: int) -> dict[int, str]:
    """The names of a project's roles."""
    found = db.session.execute(select(ProjectRole.id, ProjectRole.name).where(ProjectRole.project_id == project_id))
    return {row[0]: row[1] for row in found}


def risk_names(project_id: int) -> dict[int, str]:
    """The titles of a project's risks; of a branch those of its trunk."""
    found = db.session.execute(select(Risk.id, Risk.title).where(Risk.project_id == trunk_of(project_id)))
    return {row[0]: row[1] for row in found}


def open_rows(project_id: int) -> list[Row]:
    """The tasks that are still to be done, in the order of the plan, with their durations and estimates."""
    points = (Task.estimate_low, Task.estimate_likely, Task.estimate_high)
    query = (
        select(Task.id, Task.name, Task.duration_minutes, *points)
        .outerjoin(TaskDates, TaskDates.task_id == Task.id)
        .where(Task.project_id == project_id, Task.type == "task", Task.active, Task.percent_complete < FINISHED)
        .order_by(TaskDates.row, Task.id)
    )
    rows: list[Any] = list(db.session.execute(query))
    return [Row(row[0], row[1], row[2], None if None in row[3:] else (row[3], row[4], row[5])) for row in rows]


def wish(project_id: int) -> Wish | None:
    """The forecast that somebody waits for."""
    query = select(ForecastWish.at, ForecastWish.percent, ForecastWish.error)
    row = db.session.execute(query.where(ForecastWish.project_id == project_id)).one_or_none()
    return Wish(*row) if row else None


def waiting() -> list[tuple[int, int, str]]:
    """The forecasts that are waited for, the oldest first: their number, their project's and its zone."""
    query = select(ForecastWish.id, ForecastWish.project_id, Project.timezone)
    query = query.join(Project, Project.id == ForecastWish.project_id).where(ForecastWish.error == "")
    return [(row[0], row[1], row[2]) for row in db.session.execute(query.order_by(ForecastWish.id))]


def running() -> list[tuple[int, str]]:
    """The running roll-outs with their zones; plans to try things on are none."""
    query = select(Project.id, Project.timezone).where(Project.state == "active", Project.branch_of_id.is_(None))
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Project.id))]


def _rows() -> Any:
    columns = [getattr(Forecast, name) for name in ForecastRow.__slots__ if name != "by"]
    columns.insert(4, func.coalesce(Person.name, ""))
    return select(*columns).outerjoin(Person, Person.id == Forecast.by_id)


_TASKS = select(
    Task.id,
    TaskDates.finish,
    Task.type,
    Task.is_go_live,
    Task.role_id,
    Task.deadline,
    Task.estimate_low,
    Task.estimate_likely,
    Task.estimate_high,
    Task.estimate_shape,
).outerjoin(TaskDates, TaskDates.task_id == Task.id)
_RISKS = select(
    Risk.id,
    Risk.state,
    Risk.chance,
    Risk.days_low,
    Risk.days_high,
    Risk.cost_low,
    Risk.cost_high,
)
