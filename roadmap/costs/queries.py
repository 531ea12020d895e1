"""Reading rates, budgets and costs, and what a project's work comes to at a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select

from accounts.people.models import Person
from infra.database import db
from infra.memo import remembered
from infra.subjects import Subject
from kernel.actor import project_scope
from kernel.errors import NotFound
from roadmap.costs.models import Budget, CostRate, Expense, FixedCost
from roadmap.costs.rules import figures
from roadmap.costs.rules.amounts import digits_of
from roadmap.costs.rules.entries import Kind
from roadmap.costs.rules.figures import Amount, Books, Line, Planned
from roadmap.costs.rules.rates import Flat, Hours, Rate, RateTable
from roadmap.projects.models import Phase, Project
from roadmap.staffing.models import ProjectRole
from roadmap.tasks.models import Task, TaskDates
from roadmap.timesheet.models import TimeEntry


@dataclass(frozen=True, slots=True)
class Unpriced:
    """Hours that no rate covers: whose, in which role, how many minutes, since which day."""

    person: str
    role: str
    minutes: int
    since: date


@dataclass(frozen=True, slots=True)
class Money:
    """What a project costs at the end of a day, in the smallest unit of its currency; None where unknown.

    ``days`` is the same in minutes of work: the budget of a project that counts no money. ``budgeted`` says whether
    anybody entered a rate, a budget or a cost.
    """

    project_id: int
    as_of: date
    currency: str
    digits: int
    budgeted: bool
    total: Line
    phases: tuple[Line, ...]
    days: Line
    days_by_phase: tuple[Line, ...]
    unpriced: tuple[Unpriced, ...]

    @property
    def budget(self) -> int | None:
        """What may be spent."""
        return self.total.budget

    @property
    def actual(self) -> int | None:
        """What was spent."""
        return self.total.actual

    @property
    def planned_to_date(self) -> int | None:
        """What was planned to be spent by now."""
        return self.total.planned_to_date

    @property
    def forecast(self) -> int | None:
        """What it will have cost in the end."""
        return self.total.forecast

    @property
    def variance(self) -> int | None:
        """What is left of the budget in the end; below 0 it is not enough."""
        return self.total.variance

    @property
    def by_phase(self) -> tuple[Line, ...]:
        """The same by phase, and last what belongs to none."""
        return self.phases


@dataclass(frozen=True, slots=True)
class CostRow:
    """A fixed cost or an expense."""

    id: int
    phase_id: int | None
    phase: str
    name: str
    day: date
    cents: int


def money_of(project_id: int, as_of: date) -> Money:
    """Budget, plan and actual cost of a project at the end of a day. Raises NotFound."""
    currency = currency_of(project_id)
    phases = phase_names(project_id)
    table = RateTable(rates(project_id))
    books = replace(_entered([project_id])[project_id], budgets=budgets(project_id))
    flat = Flat()
    days = Books(books.tasks, books.hours)
    lines = [figures.line(books, table, as_of, [id], name) for id, name in phases.items()]
    of_days = [figures.line(days, flat, as_of, [id], name) for id, name in phases.items()]
    return Money(
        project_id=project_id,
        as_of=as_of,
        currency=currency,
        digits=digits_of(currency),
        budgeted=bool(table.known or books.budgets or books.fixed or books.expenses),
        total=figures.line(books, table, as_of, None),
        phases=tuple(each for each in lines if each.phase_id is not None or not each.empty),
        days=figures.line(days, flat, as_of, None),
        days_by_phase=tuple(each for each in of_days if each.phase_id is not None or not each.empty),
        unpriced=_unpriced(project_id, books.hours, table, as_of),
    )


def currency_of(project_id: int) -> str:
    """The code of a project's currency. Raises NotFound."""
    found = db.session.scalar(select(Project.currency).where(Project.id == project_id))
    if found is None:
        raise NotFound
    return found


def phase_names(project_id: int) -> dict[int | None, str]:
    """The phases of a project by number, in order, and None for what belongs to none of them."""
    query = select(Phase.id, Phase.name).where(Phase.project_id == project_id).order_by(Phase.number)
    return {**{row[0]: row[1] for row in db.session.execute(query)}, None: ""}


def rates(project_id: int) -> list[Rate]:
    """The rates of a project, by whom they are for and by day."""
    columns = (CostRate.id, CostRate.role_id, CostRate.person_id, CostRate.first_day, CostRate.cents_per_hour)
    query = select(*columns).where(CostRate.project_id == project_id)
    return [Rate(*row) for row in db.session.execute(query.order_by(CostRate.first_day, CostRate.id))]


def named(project_id: int, found: Iterable[Rate]) -> dict[tuple[int | None, int | None], str]:
    """Whom rates are for, by role and person."""
    people = {each.person_id for each in found} - {None}
    roles = _pairs(select(ProjectRole.id, ProjectRole.name).where(ProjectRole.project_id == project_id))
    known = {(id, None): name for id, name in roles}
    return known | {
        (None, id): name for id, name in _pairs(select(Person.id, Person.name).where(Person.id.in_(people)))
    }


def budgets(project_id: int) -> dict[int | None, int]:
    """The budgets of a project by phase; None is what is set aside for the project as a whole."""
    return dict(_pairs(select(Budget.phase_id, Budget.cents).where(Budget.project_id == project_id)))


def fixed_costs(project_id: int) -> list[CostRow]:
    """The fixed costs of a project, by day."""
    return _costs(FixedCost, project_id)


def expenses(project_id: int) -> list[CostRow]:
    """The expenses of a project, by day."""
    return _costs(Expense, project_id)


def has_amounts(project_id: int) -> bool:
    """Whether any amount was entered for a project."""
    return any(
        db.session.scalar(select(model.id).where(model.project_id == project_id).limit(1)) is not None
        for model in (CostRate, Budget, FixedCost, Expense)
    )


def phase_twins(source_id: int, project_id: int) -> dict[int | None, int]:
    """The phases of a project and those with the same number in its copy, by id."""
    copies = dict(_pairs(select(Phase.number, Phase.id).where(Phase.project_id == project_id)))
    here = _pairs(select(Phase.id, Phase.number).where(Phase.project_id == source_id))
    return {id: copies[number] for id, number in here if number in copies}


def cost(project_id: int, kind: Kind, cost_id: int) -> CostRow:
    """A fixed cost or an expense inside its project. Raises NotFound."""
    rows = fixed_costs(project_id) if kind is Kind.FIXED else expenses(project_id)
    found = next((each for each in rows if each.id == cost_id), None)
    if found is None:
        raise NotFound
    return found


def subject(number: int) -> Subject | None:
    """An expense as its receipts see it."""
    row = db.session.get(Expense, number)
    if row is None:
        return None
    address = f"/projects/{row.project_id}/costs/expenses/{row.id}"
    scope = project_scope(row.project_id)
    return Subject(f"expense:{number}", row.name, scope, address, "cost.see", attach="cost.edit")


def hours(project_id: int) -> list[Hours]:
    """The logged time of a project as it is priced."""
    return _hours_of([project_id], _people_roles_of([project_id]))[project_id]


def _tasks_of(project_ids: list[int], first_roles: dict[int, dict[int, int]]) -> dict[int, list[Planned]]:
    """The tasks as their cost is planned: a task's role, or the first one that its owner fills."""
    query = (
        select(
            Task.project_id,
            TaskDates.phase_id,
            func.coalesce(Task.work_minutes, Task.duration_minutes),
            Task.percent_complete,
            TaskDates.start,
            TaskDates.finish,
            Task.role_id,
            func.coalesce(Task.owner_id, ProjectRole.person_id),
        )
        .join(TaskDates, TaskDates.task_id == Task.id)
        .outerjoin(ProjectRole, ProjectRole.id == Task.role_id)
        .where(Task.project_id.in_(project_ids), Task.type == "task")
        .order_by(TaskDates.row)
    )
    found: dict[int, list[Planned]] = {project_id: [] for project_id in project_ids}
    for project_id, phase, minutes, percent, start, finish, role_id, person_id in db.session.execute(query):
        role = _counts(role_id, person_id, first_roles.get(project_id, {}))
        found[project_id].append(Planned(phase, minutes, percent, start.date(), finish.date(), role, person_id))
    return found


def _hours_of(project_ids: list[int], first_roles: dict[int, dict[int, int]]) -> dict[int, list[Hours]]:
    query = (
        select(
            TimeEntry.project_id,
            TaskDates.phase_id,
            Task.role_id,
            TimeEntry.person_id,
            TimeEntry.day,
            func.sum(TimeEntry.minutes),
        )
        .join(Task, Task.id == TimeEntry.task_id)
        .outerjoin(TaskDates, TaskDates.task_id == Task.id)
        .where(TimeEntry.project_id.in_(project_ids))
        .group_by(TimeEntry.project_id, TaskDates.phase_id, Task.role_id, TimeEntry.person_id, TimeEntry.day)
        .order_by(TimeEntry.day)
    )
    found: dict[int, list[Hours]] = {project_id: [] for project_id in project_ids}
    for project_id, phase, role_id, person_id, day, minutes in db.session.execute(query):
        role = _counts(role_id, person_id, first_roles.get(project_id, {}))
        found[project_id].append(Hours(phase, role, person_id, day, int(minutes)))
    return found


def _counts(role_id: int | None, person_id: int | None, first_roles: dict[int, int]) -> int | None:
    """The role whose rate counts: the task's, else the first that the person fills."""
    return role_id if role_id is not None else first_roles.get(person_id or 0)


def _people_roles_of(project_ids: list[int]) -> dict[int, dict[int, int]]:
    """The first role of each project that each person fills."""
    query = (
        select(ProjectRole.project_id, ProjectRole.person_id, func.min(ProjectRole.id))
        .where(ProjectRole.project_id.in_(project_ids), ProjectRole.person_id.is_not(None))
        .group_by(ProjectRole.project_id, ProjectRole.person_id)
    )
    found: dict[int, dict[int, int]] = {}
    for project_id, person_id, role_id in db.session.execute(query):
        found.setdefault(project_id, {})[person_id or 0] = role_id
    return found


def _unpriced(project_id: int, found: Iterable[Hours], table: RateTable, as_of: date) -> tuple[Unpriced, ...]:
    bare = [each for each in found if each.day <= as_of and table.on(each.day, each.role_id, each.person_id) is None]
    if not bare:
        return ()
    people = dict(_pairs(select(Person.id, Person.name).where(Person.id.in_({each.person_id for each in bare}))))
    roles = dict(_pairs(select(ProjectRole.id, ProjectRole.name).where(ProjectRole.project_id == project_id)))
    groups: dict[tuple[str, str], list[Hours]] = {}
    for each in bare:
        key = people.get(each.person_id or 0, ""), roles.get(each.role_id or 0, "")
        groups.setdefault(key, []).append(each)
    return tuple(
        Unpriced(person, role, sum(each.minutes for each in rows), min(each.day for each in rows))
        for (person, role), rows in sorted(groups.items())
    )


def _costs(model: type[FixedCost | Expense], project_id: int) -> list[CostRow]:
    query = (
        select(model.id, model.phase_id, Phase.name, model.name, model.day, model.cents)
        .outerjoin(Phase, Phase.id == model.phase_id)
        .where(model.project_id == project_id)
        .order_by(model.day, model.id)
    )
    return [CostRow(row[0], row[1], row[2] or "", *row[3:]) for row in db.session.execute(query)]


def _pairs(query: Any) -> list[tuple[Any, Any]]:
    return [(row[0], row[1]) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Total:
    """A project's budget and what it came to, in the smallest unit of its currency; None where unknown."""

    project_id: int
    currency: str
    digits: int
    budget: int | None
    earned: int | None
    actual: int | None


def totals_of(project_ids: Iterable[int], as_of: date) -> dict[int, Total]:
    """The totals of those projects that have a budget: seven statements, however many there are."""
    query = (
        select(Project.id, Project.currency, Budget.phase_id, Budget.cents)
        .join(Budget, Budget.project_id == Project.id)
        .where(Project.id.in_(list(project_ids)))
    )
    set_aside: dict[int, dict[int | None, int]] = {}
    currencies: dict[int, str] = {}
    for project_id, currency, phase_id, cents in db.session.execute(query):
        set_aside.setdefault(project_id, {})[phase_id] = cents
        currencies[project_id] = currency
    if not set_aside:
        return {}
    entered, tables = _entered(list(set_aside)), _tables_of(list(set_aside))
    books = {id: replace(entered[id], budgets=found) for id, found in set_aside.items()}
    return {
        project_id: _total(project_id, currencies[project_id], books[project_id], tables[project_id], as_of)
        for project_id in set_aside
    }


def _total(project_id: int, currency: str, books: Books, table: RateTable, as_of: date) -> Total:
    line = figures.line(books, table, as_of, None)
    return Total(project_id, currency, digits_of(currency), line.budget, line.earned, line.actual)


def _tables_of(project_ids: list[int]) -> dict[int, RateTable]:
    columns = (CostRate.id, CostRate.role_id, CostRate.person_id, CostRate.first_day, CostRate.cents_per_hour)
    query = select(CostRate.project_id, *columns).where(CostRate.project_id.in_(project_ids))
    found: dict[int, list[Rate]] = {project_id: [] for project_id in project_ids}
    for row in db.session.execute(query.order_by(CostRate.first_day, CostRate.id)):
        found[row[0]].append(Rate(*row[1:]))
    return {project_id: RateTable(each) for project_id, each in found.items()}


@remembered
def _entered(project_ids: list[int]) -> dict[int, Books]:
    """The books of some projects but for their budgets: five statements."""
    first_roles = _people_roles_of(project_ids)
    tasks, worked = _tasks_of(project_ids, first_roles), _hours_of(project_ids, first_roles)
    fixed, spent = _amounts_of(FixedCost, project_ids), _amounts_of(Expense, project_ids)
    return {id: Books(tasks[id], worked[id], fixed[id], spent[id]) for id in project_ids}


def _amounts_of(model: type[FixedCost | Expense], project_ids: list[int]) -> dict[int, list[Amount]]:
    query = select(model.project_id, model.phase_id, model.day, model.cents).where(model.project_id.in_(project_ids))
    found: dict[int, list[Amount]] = {project_id: [] for project_id in project_ids}
    for row in db.session.execute(query):
        found[row[0]].append(Amount(*row[1:]))
    return found
