"""Money in words, and the picture of budget, plan and cost by phase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from babel.numbers import format_decimal
from flask_babel import get_locale
from flask_babel import gettext as _

from infra import formats
from infra.lists import Column, Format, ListSpec
from infra.lists import Kind as Filter
from roadmap.costs import queries
from roadmap.costs.queries import CostRow
from roadmap.costs.rules.amounts import digits_of
from roadmap.costs.rules.entries import Kind
from roadmap.costs.rules.figures import Line
from roadmap.costs.rules.money import Money
from roadmap.timesheet.rules.amounts import HOUR, WORKDAY

SHOWN = 6
"""How many entries the budget page shows; the rest is one click away."""
Choices = Sequence[tuple[str, str]]
WIDTH, ROW, NAMES = 720, 44, 224
"""The picture's size in pixels: its width, a row a phase, the room for names."""
_ROUND = 1000


@dataclass(frozen=True, slots=True)
class RateRow:
    """A rate with the name of whom it is for, and the last day before the next one."""

    id: int
    role_id: int | None
    person_id: int | None
    name: str
    first_day: date
    cents: int
    current: bool


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A fixed cost or an expense in a list of both."""

    kind: str
    cost: CostRow


@dataclass(frozen=True, slots=True)
class Bars:
    """A phase in the picture: its name, its place, and the widths of budget, plan to date and actual cost."""

    name: str
    y: int
    budget: float
    planned: float
    actual: float
    over: bool
    said: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Budget against plan and cost, a row a phase; ``grid`` are vertical lines with what they stand for."""

    rows: tuple[Bars, ...]
    grid: tuple[tuple[float, str], ...]
    height: int
    label: str


def money(cents: float | None, currency: str, *, exact: bool = False) -> str:
    """An amount with the reader's separators, in whole units unless ``exact``; unknown is said, never 0."""
    if cents is None:
        return _("unknown")
    digits = digits_of(currency)
    shown = digits if exact else 0
    pattern = "#,##0" + ("." + "0" * shown if shown else "")
    return format_decimal(round(cents) / 10**digits, pattern, locale=get_locale())


def days(minutes: float | None) -> str:
    """Minutes of work as person-days of eight hours."""
    return formats.days(None if minutes is None else round(minutes))


def picture(found: Money) -> Picture | None:
    """Budget, plan to date and actual cost by phase; nothing where there is none of them."""
    lines = [line for line in found.phases if line.budget or line.planned or line.actual]
    largest = max((_largest(line) for line in lines), default=0)
    if not largest:
        return None
    step = _step(largest / 10**found.digits) * 10**found.digits
    scale = (WIDTH - NAMES - 20) / max(largest, step)
    rows = tuple(_bars(line, number, scale, found.currency) for number, line in enumerate(lines))
    grid = tuple((NAMES + mark * scale, money(mark, found.currency)) for mark in _marks(largest, step))
    label = _("Budget, plan to date and actual cost by phase, in %(currency)s", currency=found.currency)
    return Picture(rows, grid, len(rows) * ROW + 24, label)


def _largest(line: Line) -> int:
    return max(line.budget or 0, line.planned_to_date or 0, line.actual or 0)


def _bars(line: Line, number: int, scale: float, currency: str) -> Bars:
    said = _(
        "%(phase)s: %(actual)s spent, %(planned)s planned by now, budget %(budget)s",
        phase=line.name or _("The whole project"),
        actual=money(line.actual, currency),
        planned=money(line.planned_to_date, currency),
        budget=money(line.budget, currency),
    )
    over = line.budget is not None and (line.actual or 0) > line.budget
    budget, planned, actual = (
        round((value or 0) * scale, 1) for value in (line.budget, line.planned_to_date, line.actual)
    )
    return Bars(line.name or _("The whole project"), number * ROW + 20, budget, planned, actual, over, said)


def _step(largest: float) -> float:
    """A round distance of the lines, about four of them."""
    size = 1.0
    while largest / size > _ROUND / 100:
        size *= 10
    return next(size * each for each in (0.25, 0.5, 1, 2, 2.5, 5, 10) if largest / (size * each) <= len("four"))


def _marks(largest: float, step: float) -> Sequence[float]:
    return [step * number for number in range(int(largest // step) + 1)]


def rate_rows(project_id: int, today: date) -> list[RateRow]:
    """The rates as the page lists them: roles first, then people, each by name and by day."""
    found = queries.rates(project_id)
    names = queries.named(project_id, found)
    latest = {(each.role_id, each.person_id): each.first_day for each in found if each.first_day <= today}
    rows = [
        RateRow(
            each.id,
            each.role_id,
            each.person_id,
            names.get((each.role_id, each.person_id), ""),
            each.first_day,
            each.cents,
            latest.get((each.role_id, each.person_id)) == each.first_day,
        )
        for each in found
    ]
    return sorted(rows, key=lambda row: (row.role_id is None, row.name.casefold(), row.first_day))


def entries(project_id: int) -> list[EntryRow]:
    """Fixed costs and expenses together, the latest day first."""
    found = [EntryRow(Kind.FIXED.value, each) for each in queries.fixed_costs(project_id)]
    found += [EntryRow(Kind.EXPENSE.value, each) for each in queries.expenses(project_id)]
    return sorted(found, key=lambda row: (row.cost.day, row.cost.id), reverse=True)


def latest(project_id: int) -> list[EntryRow]:
    """The last few of them."""
    return entries(project_id)[:SHOWN]


def entry_list(currency: str, phases: Choices) -> ListSpec:
    """The columns of fixed costs and expenses; amounts are filtered and exported in whole units."""
    unit = 10 ** digits_of(currency)
    kinds = [(Kind.FIXED.value, "Fixed cost"), (Kind.EXPENSE.value, "Expense")]
    return ListSpec(
        key="cost_entries",
        title="Costs",
        default_sort="-day",
        columns=(
            Column("day", "Day", Filter.DATE, value=lambda row: row.cost.day, format=Format.DAY),
            Column("name", "What for", Filter.TEXT, value=lambda row: row.cost.name, searched=True),
            Column("kind", "Kind", Filter.CHOICE, choices=kinds),
            Column(
                "phase",
                "Phase",
                Filter.CHOICE,
                value=lambda row: row.cost.phase,
                filter_value=lambda row: row.cost.phase_id,
                choices=[each for each in phases if each[0]],
            ),
            Column("amount", "Amount", Filter.NUMBER, value=lambda row: row.cost.cents / unit, numeric=True),
        ),
    )


def phase_list(currency: str) -> ListSpec:
    """The budget by phase as a file: money in whole units, or person-days where there is no currency."""
    unit = 10 ** digits_of(currency) if currency else WORKDAY
    labels = {
        "budget": "Budget",
        "planned": "Planned",
        "planned_to_date": "Planned to date",
        "earned": "Earned",
        "actual": "Actual",
        "forecast": "Forecast",
        "variance": "Variance",
    }
    columns = [Column(key, label, value=_in_units(key, unit), numeric=True) for key, label in labels.items()]
    hours = Column("minutes", "Hours", value=lambda row: row.minutes / HOUR, numeric=True)
    bare = Column("unpriced", "Hours without a rate", value=lambda row: row.unpriced / HOUR, numeric=True)
    named = Column("name", "Phase", sortable=False)
    return ListSpec(key="costs", title="Budget", columns=(named, *columns, hours, bare))


def _in_units(key: str, unit: int) -> Callable[[Line], float | None]:
    def value(line: Line) -> float | None:
        found = getattr(line, key)
        return None if found is None else found / unit

    return value
