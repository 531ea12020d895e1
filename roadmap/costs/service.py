"""Changing rates, budgets, fixed costs and expenses, one function a verb."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from accounts.people.models import Person
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken
from roadmap.costs import queries
from roadmap.costs.models import Budget, CostRate, Expense, FixedCost
from roadmap.costs.rules import amounts, entries
from roadmap.costs.rules.entries import Kind
from roadmap.costs.rules.rates import Rate, RateTable, check_past
from roadmap.projects import service as projects
from roadmap.projects.events import ProjectCopied
from roadmap.projects.models import Phase
from roadmap.staffing import queries as staffing
from roadmap.staffing.models import ProjectRole
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Task

UNDOABLE = {
    "rate.set": "cost.edit",
    "rate.removed": "cost.edit",
    "budget.changed": "cost.edit",
    "currency.changed": "cost.edit",
    "cost.added": "cost.edit",
    "cost.changed": "cost.edit",
    "cost.removed": "cost.edit",
}
"""What can be taken back, and the permission that this needs."""
_MODELS: dict[Kind, type[FixedCost | Expense]] = {Kind.FIXED: FixedCost, Kind.EXPENSE: Expense}


@dataclass(frozen=True, slots=True)
class RateData:
    """A rate of a role or of a person (one of them), in the smallest unit an hour, from a day on."""

    first_day: date
    cents: int
    role_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class CostData:
    """A fixed cost or an expense; without a phase or a task it belongs to the project as a whole."""

    name: str
    day: date
    cents: int
    phase_id: int | None = None
    task_id: int | None = None


def set_rate(project_id: int, data: RateData, *, actor: Actor, today: date) -> tuple[int, Work]:
    """Let a rate count from a day on; one that begins on that day already is replaced. Gives its number.

    Raises RuleBroken for nobody or both, for a stranger, and for a past day that would change reported cost.
    """
    with transaction(actor, "rate.set") as work:
        projects.check_open(project_id)
        _check_whose(work, project_id, data)
        entries.check_day(data.first_day, "first_day")
        found = queries.rates(project_id)
        kept = [each for each in found if not _same(each, data)]
        made = Rate(0, data.role_id, data.person_id, data.first_day, data.cents)
        _check_past(project_id, found, [*kept, made], data.first_day, today)
        row = next((work.session.get_one(CostRate, each.id) for each in found if _same(each, data)), None)
        if row is None:
            row = CostRate(project_id=project_id, role_id=data.role_id, person_id=data.person_id)
            row.first_day = data.first_day
            work.session.add(row)
        row.cents_per_hour = data.cents
        work.session.flush()
        return row.id, work


def remove_rate(project_id: int, rate_id: int, *, actor: Actor, today: date) -> Work:
    """Remove a rate: the one before counts on. Raises NotFound; RuleBroken where reported cost would change."""
    with transaction(actor, "rate.removed") as work:
        projects.check_open(project_id)
        row = work.session.get(CostRate, rate_id)
        if row is None or row.project_id != project_id:
            raise NotFound
        found = queries.rates(project_id)
        _check_past(project_id, found, [each for each in found if each.id != rate_id], row.first_day, today)
        work.session.delete(row)
        return work


def set_budgets(project_id: int, wanted: Mapping[int | None, int | None], *, actor: Actor) -> Work:
    """Set budgets by phase, None being the project as a whole; an amount of None takes a budget away.

    Raises RuleBroken for a phase of another project.
    """
    with transaction(actor, "budget.changed") as work:
        projects.check_open(project_id)
        rows = {
            row.phase_id: row for row in work.session.scalars(select(Budget).where(Budget.project_id == project_id))
        }
        for phase_id, cents in wanted.items():
            _check_phase(work, project_id, phase_id)
            row = rows.get(phase_id)
            if cents is None and row is not None:
                work.session.delete(row)
            elif cents is not None and row is None:
                work.session.add(Budget(project_id=project_id, phase_id=phase_id, cents=cents))
            elif cents is not None and row is not None and row.cents != cents:
                row.cents = cents
        return work


def set_currency(project_id: int, code: str, *, actor: Actor) -> Work:
    """Count in another currency, as long as no amount was entered. Raises RuleBroken."""
    with transaction(actor, "currency.changed") as work:
        wanted = amounts.check_currency(code)
        if wanted != queries.currency_of(project_id) and queries.has_amounts(project_id):
            text = "Amounts are entered in %(currency)s already. The currency can be changed only before the first one."
            raise RuleBroken("cost.currency_used", text, field="currency", currency=queries.currency_of(project_id))
        projects.edit(project_id, {"currency": wanted}, actor=actor)
        return work


def add_cost(
    project_id: int, kind: Kind, data: CostData, *, actor: Actor, today: date, now: datetime
) -> tuple[int, Work]:
    """Plan a fixed cost or enter an expense; gives its number. Raises RuleBroken for what makes no sense."""
    with transaction(actor, "cost.added") as work:
        projects.check_open(project_id)
        row = _MODELS[kind](project_id=project_id)
        if isinstance(row, Expense):
            row.entered_by_id, row.entered_at = actor.id, now
        _fill(work, row, data, today)
        work.session.add(row)
        work.session.flush()
        return row.id, work


def change_cost(project_id: int, kind: Kind, cost_id: int, data: CostData, *, actor: Actor, today: date) -> Work:
    """Change a fixed cost or an expense. Raises NotFound, RuleBroken."""
    with transaction(actor, "cost.changed") as work:
        projects.check_open(project_id)
        _fill(work, _get(work, project_id, kind, cost_id), data, today)
        return work


def remove_cost(project_id: int, kind: Kind, cost_id: int, *, actor: Actor) -> Work:
    """Remove a fixed cost or an expense. Raises NotFound."""
    with transaction(actor, "cost.removed") as work:
        projects.check_open(project_id)
        work.session.delete(_get(work, project_id, kind, cost_id))
        return work


def bring(
    work: Work, project_id: int, rates: Iterable[RateData], costs: Iterable[CostData], spent: Iterable[CostData]
) -> None:
    """Add rates, fixed costs and expenses of a plan from a file inside an open transaction, all at once."""
    fields = ("role_id", "person_id", "first_day")
    priced = [{name: getattr(each, name) for name in fields} | {"cents_per_hour": each.cents} for each in rates]
    entered = {"entered_by_id": work.actor.id, "entered_at": work.at}
    work.bulk_insert(CostRate, [{"project_id": project_id, **row} for row in priced])
    work.bulk_insert(FixedCost, [{"project_id": project_id, **asdict(each)} for each in costs])
    work.bulk_insert(Expense, [{"project_id": project_id, **asdict(each), **entered} for each in spent])


def follow_copy(event: ProjectCopied, work: Work) -> None:
    """A copied project gets the same rates, budgets and fixed costs; time and expenses belong to the old one.

    Rates keep their days, unless the copy begins earlier: then they begin as much earlier.
    """
    _copy_rates(event, work)
    phases = queries.phase_twins(event.source_id, event.project_id)
    for phase_id, cents in queries.budgets(event.source_id).items():
        work.session.add(Budget(project_id=event.project_id, phase_id=phases.get(phase_id), cents=cents))
    twins = tasks.twins(event.source_id, event.project_id)
    for each in queries.fixed_costs(event.source_id):
        work.session.add(
            FixedCost(
                project_id=event.project_id,
                phase_id=phases.get(each.phase_id),
                task_id=twins.get(each.task_id or 0),
                name=each.name,
                day=each.day + timedelta(days=event.days_later),
                cents=each.cents,
            )
        )
    work.session.flush()


def _copy_rates(event: ProjectCopied, work: Work) -> None:
    roles = staffing.twins(event.source_id, event.project_id)
    earlier = timedelta(days=min(event.days_later, 0))
    for each in queries.rates(event.source_id):
        if each.role_id is None or each.role_id in roles:
            work.session.add(
                CostRate(
                    project_id=event.project_id,
                    role_id=roles.get(each.role_id or 0),
                    person_id=each.person_id,
                    first_day=each.first_day + earlier,
                    cents_per_hour=each.cents,
                )
            )


def _same(each: Rate, data: RateData) -> bool:
    return (each.role_id, each.person_id, each.first_day) == (data.role_id, data.person_id, data.first_day)


def _check_past(project_id: int, before: list[Rate], after: list[Rate], first_day: date, today: date) -> None:
    if first_day < today:
        check_past(RateTable(before), RateTable(after), queries.hours(project_id), first_day, today)


def _check_whose(work: Work, project_id: int, data: RateData) -> None:
    if (data.role_id is None) == (data.person_id is None):
        raise RuleBroken("rate.whose", "A rate is for one role or for one person. Choose one of them.", field="whose")
    role = work.session.get(ProjectRole, data.role_id) if data.role_id is not None else None
    if data.role_id is not None and (role is None or role.project_id != project_id):
        raise RuleBroken("rate.role", "Choose a role of this project.", field="whose")
    if data.person_id is not None and work.session.get(Person, data.person_id) is None:
        raise RuleBroken("rate.person", "There is no such person. Choose one of the list.", field="whose")


def _check_phase(work: Work, project_id: int, phase_id: int | None) -> None:
    phase = work.session.get(Phase, phase_id) if phase_id is not None else None
    if phase_id is not None and (phase is None or phase.project_id != project_id):
        raise RuleBroken("cost.phase", "Choose a phase of this project, or none.", field="phase_id")


def _check_task(work: Work, project_id: int, task_id: int | None) -> None:
    task = work.session.get(Task, task_id) if task_id is not None else None
    if task_id is not None and (task is None or task.project_id != project_id or task.type == "summary"):
        raise RuleBroken("cost.task", "Choose a task of this project, or none.", field="task_id")


def _fill(work: Work, row: FixedCost | Expense, data: CostData, today: date) -> None:
    _check_phase(work, row.project_id, data.phase_id)
    entries.check_day(data.day, "day", last=today if isinstance(row, Expense) else None)
    _check_task(work, row.project_id, data.task_id)
    for name, value in (asdict(data) | {"name": entries.check_name(data.name)}).items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _get(work: Work, project_id: int, kind: Kind, cost_id: int) -> FixedCost | Expense:
    session = work.session
    row: FixedCost | Expense | None = (
        session.get(FixedCost, cost_id) if kind is Kind.FIXED else session.get(Expense, cost_id)
    )
    if row is None or row.project_id != project_id:
        raise NotFound
    return row
