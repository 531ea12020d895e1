"""Reading rates, budgets and costs, and what a project's work comes to at a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from accounts.people.models import Person
from infra.database import db
from infra.memo import remembered_each
from infra.subjects import Subject
from kernel.actor import project_scope
from kernel.errors import NotFound
from kernel.worktime import Calendar
from roadmap.costs.models import Budget, CostRate, Expense, FixedCost
from roadmap.costs.rules import figures
from roadmap.costs.rules.amounts import digits_of
from roadmap.costs.rules.entries import Kind
from roadmap.costs.rules.figures import Amount, Books, Planned
from roadmap.costs.rules.money import Money, Unpriced
from roadmap.costs.rules.rates import Flat, Hours, Rate, RateTable
from roadmap.projects.models import Phase, Project
from roadmap.staffing.models import ProjectRole
from roadmap.standing.rules.curve import done_between
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Assignment, Task, TaskDates
from roadmap.timesheet.models import TimeEntry


@dataclass(frozen=True, slots=True)
class CostRow:
    """A fixed cost or an expense."""

    id: int
    phase_id: int | None
    phase: str
    name: str
    day: date
    cents: int
    task_id: int | None = None
    task: str = ""


def money_of(project_id: int, as_of: date) -> Money:
    """Budget, plan and actual cost of a project at the end of a day. Raises NotFound."""
    currency = currency_of(project_id)
    phases = phase_names(project_id)
    table = RateTable(rates(project_id))
    books = replace(_entered([project_id])[project_id], budgets=budgets(project_id))
    flat = Flat()
    days = figures.effort_only(books)
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


def books_of(project_ids: Iterable[int]) -> dict[int, Books]:
    """Everything that counts in some projects but their budgets: nine statements, however many there are."""
    return _entered(list(project_ids))


def spent_of(project_id: int) -> dict[int, int]:
    """What was spent on each task so far: expenses, and logged hours that have a rate."""
    return figures.spent(books_of([project_id])[project_id], tables_of([project_id])[project_id])


def _tasks_of(
    project_ids: list[int], first_roles: dict[int, dict[int, int]], fixed: dict[int, int]
) -> dict[int, list[Planned]]:
    """The tasks as their cost is planned: by who is assigned, else by the role, or the first that the owner fills."""
    helper = aliased(ProjectRole)
    query = (
        select(
            Task.id,
            Task.project_id,
            TaskDates.phase_id,
            func.coalesce(Task.work_minutes, Task.duration_minutes).label("minutes"),
            Task.duration_minutes,
            Task.percent_complete.label("percent"),
            TaskDates.start,
            TaskDates.finish,
            TaskDates.stop,
            TaskDates.resume,
            Task.actual_start,
            Task.actual_finish,
            Task.role_id,
            func.coalesce(Task.owner_id, ProjectRole.person_id).label("person_id"),
            Assignment.role_id.label("role"),
            func.coalesce(Assignment.person_id, helper.person_id).label("person"),
            func.coalesce(Assignment.work_minutes, Task.duration_minutes * Assignment.units / 100).label("given"),
            func.coalesce(helper.kind, "work").label("kind"),
        )
        .join(TaskDates, TaskDates.task_id == Task.id)
        .outerjoin(ProjectRole, ProjectRole.id == Task.role_id)
        .outerjoin(Assignment, Assignment.task_id == Task.id)
        .outerjoin(helper, helper.id == Assignment.role_id)
        .where(Task.project_id.in_(project_ids), Task.type != "summary", Task.active)
        .where(or_(Task.type == "task", Task.id.in_(list(fixed))))
        .order_by(TaskDates.row, Task.id, Assignment.id)
    )
    times = tasks.times_of(project_ids)
    found: dict[int, list[Planned]] = {project_id: [] for project_id in project_ids}
    for _id, group in groupby(db.session.execute(query), key=lambda row: row.id):
        row, *more = group
        filled = first_roles.get(row.project_id, {})
        role, shares = _counts(row.role_id, row.person_id, filled), _shares([row, *more], filled)
        found[row.project_id].append(_planned(row, times[row.project_id], role, fixed.get(row.id, 0), shares))
    return found


def _shares(rows: list[Any], filled: dict[int, int]) -> tuple[figures.Part, ...]:
    given = [row for row in rows if row.given and row.kind == "work"]
    total = sum(row.given for row in given)
    return tuple((_counts(row.role, row.person, filled), row.person, row.given / total) for row in given)


def _planned(
    row: Any, calendar: Calendar, role_id: int | None, fixed: int, shares: tuple[figures.Part, ...]
) -> Planned:
    began, ended = done_between(row, calendar)
    gap = (row.stop, row.resume) if row.stop and row.resume else None
    return Planned(
        row.phase_id,
        row.minutes,
        row.percent,
        row.start,
        row.finish,
        calendar,
        role_id,
        row.person_id,
        row.id,
        fixed,
        began,
        ended,
        gap,
        shares,
    )


def _hours_of(project_ids: list[int], first_roles: dict[int, dict[int, int]]) -> dict[int, list[Hours]]:
    columns = (
        TimeEntry.project_id,
        TaskDates.phase_id,
        Task.role_id,
        TimeEntry.person_id,
        TimeEntry.day,
        TimeEntry.task_id,
    )
    query = (
        select(*columns, func.sum(TimeEntry.minutes))
        .join(Task, Task.id == TimeEntry.task_id)
        .outerjoin(TaskDates, TaskDates.task_id == Task.id)
        .where(TimeEntry.project_id.in_(project_ids))
        .group_by(*columns)
        .order_by(TimeEntry.day, TimeEntry.task_id)
    )
    found: dict[int, list[Hours]] = {project_id: [] for project_id in project_ids}
    for project_id, phase, role_id, person_id, day, task_id, minutes in db.session.execute(query):
        role = _counts(role_id, person_id, first_roles.get(project_id, {}))
        found[project_id].append(Hours(phase, role, person_id, day, int(minutes), task_id))
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
        select(model.id, model.phase_id, Phase.name, model.name, model.day, model.cents, model.task_id, Task.name)
        .outerjoin(Phase, Phase.id == model.phase_id)
        .outerjoin(Task, Task.id == model.task_id)
        .where(model.project_id == project_id)
        .order_by(model.day, model.id)
    )
    return [CostRow(row[0], row[1], row[2] or "", *row[3:7], row[7] or "") for row in db.session.execute(query)]


def task_names(project_id: int) -> list[tuple[int, str]]:
    """The tasks and milestones that a cost may hang on, by WBS number and name, in the order of the plan."""
    query = select(Task.id, TaskDates.wbs, Task.name).join(TaskDates, TaskDates.task_id == Task.id)
    found = query.where(Task.project_id == project_id, Task.type != "summary").order_by(TaskDates.row)
    return [(row[0], f"{row[1]} {row[2]}") for row in db.session.execute(found)]


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
    entered, tables = _entered(set_aside), tables_of(set_aside)
    books = {id: replace(entered[id], budgets=found) for id, found in set_aside.items()}
    return {
        project_id: _total(project_id, currencies[project_id], books[project_id], tables[project_id], as_of)
        for project_id in set_aside
    }


def _total(project_id: int, currency: str, books: Books, table: RateTable, as_of: date) -> Total:
    line = figures.line(books, table, as_of, None)
    return Total(project_id, currency, digits_of(currency), line.budget, line.earned, line.actual)


@remembered_each
def tables_of(project_ids: Iterable[int]) -> dict[int, RateTable]:
    """The rates of some projects: one statement."""
    project_ids = sorted(project_ids)
    columns = (CostRate.id, CostRate.role_id, CostRate.person_id, CostRate.first_day, CostRate.cents_per_hour)
    query = select(CostRate.project_id, *columns).where(CostRate.project_id.in_(project_ids))
    found: dict[int, list[Rate]] = {project_id: [] for project_id in project_ids}
    for row in db.session.execute(query.order_by(CostRate.first_day, CostRate.id)):
        found[row[0]].append(Rate(*row[1:]))
    return {project_id: RateTable(each) for project_id, each in found.items()}


@remembered_each
def _entered(project_ids: Iterable[int]) -> dict[int, Books]:
    """The books of some projects but for their budgets: eight statements."""
    project_ids = sorted(project_ids)
    first_roles = _people_roles_of(project_ids)
    fixed, spent = _amounts_of(FixedCost, project_ids), _amounts_of(Expense, project_ids)
    of_tasks: dict[int, int] = {}
    for each in (amount for amounts in fixed.values() for amount in amounts if amount.task_id is not None):
        of_tasks[each.task_id or 0] = of_tasks.get(each.task_id or 0, 0) + each.cents
    planned, worked = _tasks_of(project_ids, first_roles, of_tasks), _hours_of(project_ids, first_roles)
    alone = {id: [each for each in amounts if each.task_id is None] for id, amounts in fixed.items()}
    return {id: Books(planned[id], worked[id], alone[id], spent[id]) for id in project_ids}


def _amounts_of(model: type[FixedCost | Expense], project_ids: list[int]) -> dict[int, list[Amount]]:
    """Fixed costs or expenses; what hangs on a task belongs to the task's phase."""
    query = (
        select(
            model.project_id, func.coalesce(TaskDates.phase_id, model.phase_id), model.day, model.cents, model.task_id
        )
        .outerjoin(TaskDates, TaskDates.task_id == model.task_id)
        .where(model.project_id.in_(project_ids))
    )
    found: dict[int, list[Amount]] = {project_id: [] for project_id in project_ids}
    for row in db.session.execute(query):
        found[row[0]].append(Amount(*row[1:]))
    return found
