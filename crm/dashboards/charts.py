"""Figures in words, and where the parts of a dashboard's drawings lie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from crm.campaigns.rules import CampaignFigures
from crm.counts.charts import lines
from crm.dashboards.queries import Figure, PanelRead, PanelRow, TableRead
from crm.dashboards.rules.boards import Part, Shape
from crm.dashboards.rules.changes import Moved
from crm.kpis.charts import plain
from crm.kpis.rules.definitions import Unit
from crm.kpis.rules.measures import Measure
from crm.rates.charts import short_money
from crm.rates.queries import base
from infra import formats


@dataclass(frozen=True, slots=True)
class Bar:
    """A ranked bar: its name, its width in percent of the longest, its value in words, from how many."""

    label: str
    width: float
    said: str
    n: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A panel as its template draws it, with the heads and rows of its table."""

    read: PanelRead
    title: str
    bars: tuple[Bar, ...]
    charts: tuple[dict[str, Any], ...]
    heads: tuple[str, ...]
    table: tuple[tuple[Any, ...], ...]


def said(value: Decimal | None, unit: Unit, currency: str) -> str:
    """A value in words; unknown is said, never 0."""
    if value is None:
        return _("unknown")
    if unit is Unit.MONEY:
        return short_money(value, currency)
    if unit in (Unit.SHARE, Unit.CHANGE, Unit.RETURN):
        return formats.percent(100 * float(value), 1 if abs(value) < Decimal("0.1") and value != 0 else 0)
    return plain(unit, value)


def beside_said(measure: Measure, currency: str) -> str:
    """What stands beside a span of time or a share: the 90th percentile, the share of all."""
    if measure.unit is not Unit.HOURS or not measure.beside or measure.beside[0].value is None:
        return ""
    return _("90th percentile %(value)s", value=said(measure.beside[0].value, measure.unit, currency))


def table_heads(table: TableRead) -> list[dict[str, Any]]:
    """The heads of a table of figures."""
    return [{"label": _("Who") if table.by == "owner_id" else _("What")}] + [
        {"label": _(each.label), "n": True} for each in table.figures
    ]


def change_said(change: Moved | None) -> str:
    """A change in words; nothing where none is known.

    A share changes by points: from 30 % to 33 % is 3 points, not 10 %.
    """
    if change is None:
        return ""
    if change.by == 0:
        return _("as before")
    size = formats.number(round(abs(float(change.by)) * 100, 1))
    if change.points:
        return _("%(size)s points more", size=size) if change.by > 0 else _("%(size)s points less", size=size)
    return _("%(size)s %% more", size=size) if change.by > 0 else _("%(size)s %% less", size=size)


def target_said(figure: Figure, currency: str) -> str:
    """The target in words; nothing where there is none."""
    target = figure.measure.target
    return "" if target is None else _("target %(target)s", target=said(target, figure.kpi.unit, currency))


def draw(read: PanelRead, currency: str) -> Drawn:
    """A panel with its bars or its line for both widths, and its table."""
    unit = Unit.COUNT if read.panel.part is Part.N or read.panel.shape is Shape.FUNNEL else read.kpi.unit
    bars = () if read.panel.shape is Shape.WEEKS else _bars(read, unit, currency)
    charts = _lines(read, unit, currency) if read.panel.shape is Shape.WEEKS else ()
    heads = (_("Week of") if read.panel.shape is Shape.WEEKS else _("What"), _(read.kpi.label), _("n"))
    table = tuple((_name(read, row), said(row.value, unit, currency), row.n) for row in read.rows)
    return Drawn(read, _(read.panel.title), bars, charts, heads, table)


def _lines(read: PanelRead, unit: Unit, currency: str) -> tuple[dict[str, Any], ...]:
    label = _("%(title)s, %(weeks)d weeks", title=_(read.panel.title), weeks=len(read.rows))
    points = [(_name(read, row), row.value) for row in read.rows]
    return lines(label, points, lambda value: said(value, unit, currency))


def _name(read: PanelRead, row: PanelRow) -> str:
    if read.panel.shape is Shape.WEEKS:
        return formats.short_day(date.fromisoformat(row.label))
    return _(row.label) if row.label else _("not said")


def _bars(read: PanelRead, unit: Unit, currency: str) -> tuple[Bar, ...]:
    longest = max((abs(row.value) for row in read.rows if row.value is not None), default=Decimal(0))
    return tuple(
        Bar(
            _name(read, row),
            float(100 * max(row.value, Decimal(0)) / longest) if row.value is not None and longest else 0.0,
            said(row.value, unit, currency),
            row.n,
        )
        for row in read.rows
    )


def answer(figure: Figure, currency: str) -> str:
    """The sentence that a dashboard opens with: its first figure, and how it changed."""
    value = said(figure.measure.value, figure.kpi.unit, currency)
    if figure.measure.value is None:
        return _("%(label)s: unknown.", label=_(figure.kpi.label))
    change = change_said(figure.moved)
    if not change:
        return _("%(label)s: %(value)s.", label=_(figure.kpi.label), value=value)
    return _("%(label)s: %(value)s, %(change)s than before.", label=_(figure.kpi.label), value=value, change=change)


def off_said(off: tuple[int, int]) -> str:
    """How many figures are off their target, in words."""
    wrong, judged = off
    if not judged:
        return ""
    if not wrong:
        return _("Every figure with a target reaches it.")
    if judged == 1:
        return _("The one figure with a target is off it.")
    return _("%(wrong)d of %(judged)d figures with a target are off it.", wrong=wrong, judged=judged)


def campaign_cells(one: CampaignFigures) -> list[tuple[str, str]]:
    """The cells of a campaign's row with their heads; what is not known is said so."""
    unknown, currency = _("unknown"), base()

    def money(amount: Decimal | None) -> str:
        return short_money(amount, currency)

    def share(value: float | None) -> str:
        return unknown if value is None else formats.percent(value, 1)

    return [
        (_("Reach"), unknown if one.reach is None else formats.number(one.reach)),
        (_("Click-through"), share(one.click_through)),
        (_("Leads"), formats.number(one.leads)),
        (_("Converted"), formats.number(one.conversions)),
        (_("Cost"), money(one.cost_known)),
        (_("Cost per lead"), money(one.cost_per_lead)),
        (_("Revenue"), money(one.revenue.amount if one.revenue.whole else None)),
        (_("Return"), share(one.roi)),
    ]
