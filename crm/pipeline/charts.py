"""The picture of the forecast, from ready-made coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from crm.pipeline.rules import Month
from crm.rates.charts import short_money
from infra import formats

WIDTH, HEIGHT, BASE, TOP = 720, 240, 210, 24
_GROUP, _GAP = 3, 2
"""Columns of a month; the room between months in parts of a column."""
MOST = 18
"""Months that are drawn; the table has them all."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A column: its place, its kind and what it says."""

    x: float
    y: float
    width: float
    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Columns, names of months below, lines of the grid, and what the whole says."""

    bars: list[Bar]
    names: list[tuple[float, str]]
    grid: list[tuple[float, str]]
    label: str


def month_name(month: Month) -> str:
    """What a month is called; the deals without a close date have a name too."""
    return formats.month(month.first) if month.first else _("No close date")


def draw(months: list[Month], base: str) -> Picture | None:
    """Open, weighted and won side by side for each month; None while there is nothing to draw."""
    shown = [each for each in months if each.first][-MOST:]
    largest = max((amount for each in shown for amount in _amounts(each)), default=Decimal(0))
    if not largest:
        return None
    step = WIDTH / len(shown)
    width = min(step / (_GROUP + _GAP), 28)
    bars, names = [], []
    for place, month in enumerate(shown):
        middle = step * (place + 0.5)
        names.append((round(middle, 1), formats.month(month.first) if month.first else ""))
        left = middle - width * _GROUP / 2
        for number, (amount, kind, name) in enumerate(
            zip(_amounts(month), ("col--soft", "col", "col--good"), (_("open"), _("weighted"), _("won")), strict=True)
        ):
            y = _height(amount, largest)
            said = _("%(month)s, %(kind)s: %(sum)s", month=names[-1][1], kind=name, sum=short_money(amount, base))
            bars.append(Bar(round(left + number * width, 1), y, round(width - 1, 1), kind, said))
    grid = [(_height(largest * part / 2, largest), short_money(largest * part / 2, base)) for part in (1, 2)]
    return Picture(bars, names, grid, _("Deals by month of their close date: open, weighted, won"))


def _amounts(month: Month) -> tuple[Decimal, Decimal, Decimal]:
    return month.open.value.amount, month.open.weighted.amount, month.won.value.amount


def _height(amount: Decimal, largest: Decimal) -> float:
    return round(BASE - float(amount / largest) * (BASE - TOP), 1)
