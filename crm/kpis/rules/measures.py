"""From what was counted to a figure: its value, whether it may be said, and how it stands to its target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from math import ceil
from statistics import median

from crm.counts.rules.cells import Cell
from crm.counts.rules.windows import DAY, Window, monday
from crm.kpis.rules.definitions import SPANS, Kpi, State, Unit

NEAR_POINTS = Decimal("0.05")
"""How far below its target a share may be and still be near it: five points."""
NEAR_PART = Decimal("0.10")
"""The same for amounts, days and numbers, as a part of the target."""
ENOUGH_SIGN_INS = 3
_WORKDAYS = 5
_SIX = Decimal("0.000001")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Aside:
    """A figure beside the figure: a median, distinct days, what is shown apart."""

    label: str
    value: Decimal | None
    unit: Unit
    n: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure with all that it rests on. ``value`` None is unknown, and ``why`` says why.

    ``until`` may lie before the asked-for day where the figure closes earlier; ``provisional`` says that late entries
    may still change it.
    """

    key: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    n: int
    target: Decimal | None
    state: State
    rule: str
    since: date
    until: date
    unit: Unit
    label: str = ""
    why: str = ""
    provisional: bool = False
    beside: tuple[Aside, ...] = field(default=())

    @property
    def document(self) -> dict[str, object]:
        """The figure as `roadmap crm kpis` prints it."""
        return {
            "key": self.key,
            "value": number(self.value),
            "numerator": number(self.numerator),
            "denominator": number(self.denominator),
            "n": self.n,
            "target": number(self.target),
            "state": self.state.value,
            "unit": self.unit.value,
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
            "provisional": self.provisional,
            "rule": self.rule,
            "why": self.why,
        }


def number(value: Decimal | None) -> float | int | None:
    """A value as JSON holds it: whole ones whole.

    >>> number(Decimal("15")), number(Decimal("0.75")), number(None)
    (15, 0.75, None)
    """
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def value_of(kpi: Kpi, cell: Cell) -> Decimal | None:
    """The value, where it may be said: from the least n on, and with every amount known.

    >>> from crm.kpis.rules.definitions import KPIS
    >>> value_of(KPIS["weekly-active"], Cell(top=Decimal(15), bottom=Decimal(20), n=20))
    Decimal('0.75')
    """
    if why_unknown(kpi, cell):
        return None
    if kpi.unit in SPANS:
        return mean(cell.values) if kpi.unit is Unit.DAYS else middle(cell.values)
    if kpi.unit is Unit.SCORE:
        return quotient(100 * cell.top, cell.bottom, _CENT)
    if not kpi.bottom:
        return cell.top
    return quotient(cell.top, cell.bottom, _CENT if kpi.unit is Unit.MONEY else _SIX)


def why_unknown(kpi: Kpi, cell: Cell) -> str:
    """Why nothing may be said; empty where something may."""
    if cell.lacking:
        return f"{cell.lacking} amounts have no rate to the organisation's currency"
    if kpi.unit in SPANS:
        return "" if len(cell.values) >= kpi.least else few(len(cell.values), kpi.least)
    if kpi.bottom and (cell.n < kpi.least or not cell.bottom):
        return few(cell.n, kpi.least)
    return ""


def few(n: int, least: int) -> str:
    """Too little to say anything.

    >>> few(3, 10)
    'n is 3; it is said from 10 on'
    """
    return f"n is {n}; it is said from {least} on" if n else "nothing to count"


def quotient(top: Decimal, bottom: Decimal, exact: Decimal = _SIX) -> Decimal | None:
    """One by the other; None by nothing.

    >>> quotient(Decimal(13), Decimal(16))
    Decimal('0.8125')
    """
    return None if not bottom else _plain((top / bottom).quantize(exact, ROUND_HALF_EVEN))


def mean(values: Sequence[Decimal]) -> Decimal | None:
    """The mean to two places.

    >>> mean([Decimal(120), Decimal(45), Decimal(71)])
    Decimal('78.67')
    """
    return None if not values else (sum(values, Decimal(0)) / len(values)).quantize(_CENT, ROUND_HALF_EVEN)


def middle(values: Sequence[Decimal]) -> Decimal | None:
    """The median to two places.

    >>> middle([Decimal(120), Decimal(45), Decimal(71)])
    Decimal('71.00')
    """
    return None if not values else Decimal(median(values)).quantize(_CENT, ROUND_HALF_EVEN)


def ninetieth(values: Sequence[Decimal]) -> Decimal | None:
    """The 90th percentile to two places: the smallest value that 90 % of all do not exceed (nearest rank).

    >>> ninetieth([Decimal(n) for n in range(1, 11)])
    Decimal('9.00')
    """
    ordered = sorted(values)
    return None if not ordered else ordered[-(-9 * len(ordered) // 10) - 1].quantize(_CENT, ROUND_HALF_EVEN)


def state_of(kpi: Kpi, value: Decimal | None, target: Decimal | None) -> State:
    """How a value stands to its target; without either it is unknown.

    >>> from crm.kpis.rules.definitions import KPIS
    >>> [state_of(KPIS["weekly-active"], Decimal(v), Decimal("0.8")).value for v in ("0.8", "0.75", "0.74")]
    ['green', 'amber', 'red']
    """
    if value is None or target is None:
        return State.UNKNOWN
    short = target - value if kpi.rising else value - target
    if short <= 0:
        return State.GREEN
    near = NEAR_POINTS if kpi.share else abs(target) * NEAR_PART
    return State.AMBER if short <= near else State.RED


def grown(now: Decimal, user_days: Decimal, then: Decimal, then_days: Decimal) -> Decimal | None:
    """How much more a user and day brings than in the baseline; None without a baseline.

    >>> grown(Decimal(66), Decimal(600), Decimal(60), Decimal(600))
    Decimal('0.1')
    """
    if not user_days or not then or not then_days:
        return None
    return _plain(((now * then_days) / (user_days * then) - 1).quantize(_SIX, ROUND_HALF_EVEN))


def beside_of(one: Kpi, cell: Cell) -> tuple[Aside, ...]:
    """What is shown beside a figure."""
    if one.key == "sales-cycle":
        apart = cell.apart
        return (
            Aside("median", middle(cell.values), Unit.DAYS, len(cell.values)),
            Aside("without a lead, mean", mean(apart), Unit.DAYS, len(apart)),
            Aside("without a lead, median", middle(apart), Unit.DAYS, len(apart)),
        )
    if one.unit is Unit.HOURS:
        return (
            Aside("90th percentile", ninetieth(cell.values), Unit.HOURS, len(cell.values)),
            Aside("mean", mean(cell.values), Unit.HOURS, len(cell.values)),
        )
    if one.key == "fcr":
        return (Aside("of all tickets", quotient(cell.top, Decimal(cell.n)), Unit.SHARE, cell.n),)
    return tuple(Aside(label, value, Unit.COUNT, cell.n) for label, value in cell.beside)


def stuck(segment: object, ids: set[int], days: Mapping[date, set[int]], window: Window) -> Cell:
    """Users of a weekday on average, of all of the stretch; beside it the same over all days, and by week."""
    last = min(window.until, window.today)
    all_days = [window.since + DAY * number for number in range(max(0, (last - window.since).days + 1))]
    here = {day: days.get(day, set()) & ids for day in all_days}
    weekdays = [len(here[day]) for day in all_days if day.weekday() < _WORKDAYS]
    whole = len(set().union(*here.values()))
    by_week: dict[date, set[int]] = defaultdict(set)
    for day, found in here.items():
        by_week[monday(day)] |= found
    beside = (
        ("of all days", _mean_of([len(found) for found in here.values()], whole)),
        ("weekly to all", _mean_of([len(found) for found in by_week.values()], whole)),
    )
    daily = Decimal(sum(weekdays)) / len(weekdays) if weekdays else Decimal(0)
    return Cell(segment, daily.quantize(Decimal("0.0001")), Decimal(whole), whole, beside=beside)


def _mean_of(numbers: Sequence[int], whole: int) -> Decimal | None:
    return quotient(Decimal(sum(numbers)) / len(numbers), Decimal(whole)) if numbers and whole else None


def short_of(kpi: Kpi, cell: Cell, target: Decimal | None) -> int:
    """How many more of the numerator would meet the target; 0 where it is met or not a plain share.

    >>> from crm.kpis.rules.definitions import KPIS
    >>> short_of(KPIS["weekly-active"], Cell(top=Decimal(4), bottom=Decimal(6), n=6), Decimal("0.8"))
    1
    """
    if kpi.unit is not Unit.SHARE or target is None or not cell.bottom:
        return 0
    return max(0, ceil(target * cell.bottom - cell.top))


def apart_of(cell: Cell) -> Cell:
    """The deals without a lead as a figure of their own."""
    return replace(cell, values=cell.apart, apart=())


def _plain(value: Decimal) -> Decimal:
    """Without zeros behind the point that say nothing."""
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()


@dataclass(frozen=True, slots=True)
class Given:
    """What a figure is compared with: its target, and contacts by days of users in the baseline where there is one."""

    target: Decimal | None
    baseline: tuple[Decimal, Decimal] | None = None


def growth_of(cell: Cell, told: Given) -> tuple[Decimal | None, str]:
    """By how much more contacts are made than in the baseline; None and why where that is not known."""
    if told.baseline is None:
        return None, "there is no baseline to compare with"
    value = grown(cell.top, cell.bottom, *told.baseline)
    return value, "" if value is not None else "nothing was created in the baseline, or nobody was enabled"
