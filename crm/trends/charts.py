"""Figures in words and lines: values in their unit, states, windows to choose from, the control chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.people.queries import names_of as people_names
from accounts.teams import queries as teams
from crm.access import rules as access_rules
from crm.access.rules import Access
from crm.counts.rules.cells import Cell
from crm.counts.rules.windows import week_name
from crm.kpis.charts import plain, state_word
from crm.kpis.rules.control import Anomaly, Limits, Point
from crm.kpis.rules.definitions import Kpi, State, Unit
from crm.kpis.rules.measures import Measure, short_of
from crm.kpis.rules.segments import CHOICES
from crm.objects.rules.catalogue import OBJECTS
from crm.rates.charts import money, short_money
from crm.rates.queries import base
from crm.records import queries as records
from crm.trends.queries import Found
from infra import formats

WIDTH, HEIGHT = 720, 240
NARROW = 340
_LEFT, _RIGHT, _TOP, _FOOT = 62, 44, 12, 24
_SPARK_W, _SPARK_H = 96, 24
TONES: Mapping[State, str] = {each: each.value for each in State}


def said(unit: Unit, value: Decimal | float | None, *, short: bool = False) -> str:
    """A value in its unit."""
    if value is None:
        return _("unknown")
    if unit is Unit.SHARE:
        return _percent(float(value))
    if unit in (Unit.CHANGE, Unit.RETURN):
        return f"{'+' if value > 0 else ''}{_percent(float(value))}"
    if unit is Unit.MONEY:
        return (short_money if short else money)(round(Decimal(str(value)), 2), base())
    return plain(unit, value)


_LARGE = 1000
"""From so many percent on a tenth of one says nothing."""


def _percent(share: float) -> str:
    whole = round(share * 100, 1)
    return formats.percent(whole, 0 if whole == int(whole) or abs(whole) >= _LARGE else 1)


def counted(one: Kpi, found: Measure) -> str:
    """What a figure was counted from, in a line: 15 of 20 enabled users."""
    top = _amount(one, found.numerator)
    if found.denominator is None or not one.bottom:
        return ngettext("n = %(num)d record", "n = %(num)d records", found.n)
    return _(
        "%(top)s %(what)s of %(bottom)s %(whole)s",
        top=top,
        what=one.top,
        bottom=_amount(one, found.denominator, bottom=True),
        whole=one.bottom,
    )


def _amount(one: Kpi, value: Decimal | None, *, bottom: bool = False) -> str:
    if value is None:
        return _("unknown")
    if one.unit is Unit.RETURN or (one.unit is Unit.MONEY and not bottom):
        return money(value, base())
    return formats.number(round(float(value), 1))


def short_words(one: Kpi, found: Measure) -> str:
    """How many more would meet the target; empty where that says nothing."""
    missing = short_of(
        one, Cell(top=found.numerator or Decimal(0), bottom=found.denominator or Decimal(0)), found.target
    )
    if found.value is None or not missing:
        return ""
    return _("%(count)s more would meet it", count=formats.number(missing))


def beside_words(one: Kpi, found: Measure) -> list[tuple[str, str]]:
    """What goes with a figure, in words."""
    words = {
        "median": _("Median"),
        "without a lead, mean": _("Without a lead, mean"),
        "without a lead, median": _("Without a lead, median"),
        "of all days": _("Over all days"),
        "weekly to all": _("By week"),
        "90th percentile": _("90th percentile"),
        "mean": _("Mean"),
        "of all tickets": _("Of all tickets"),
    }
    return [
        (words[each.label], f"{said(Unit.SHARE if one.key == 'stickiness' else each.unit, each.value)} (n = {each.n})")
        for each in found.beside
    ]


@dataclass(frozen=True, slots=True)
class Card:
    """A figure as its card shows it."""

    one: Kpi
    found: Measure
    value: str
    target: str
    line: str
    word: str
    tone: str
    spark: Sequence[tuple[float, float]]


def card(one: Kpi, found: Measure, weeks: Sequence[float]) -> Card:
    """A figure as its card shows it."""
    target = _("target %(value)s", value=said(one.unit, found.target)) if found.target is not None else ""
    line = found.why if found.value is None else counted(one, found)
    tone = found.state.value if found.value is not None and found.target is not None else "unknown"
    return Card(
        one, found, said(one.unit, found.value, short=True), target, line, state_word(found), tone, spark(weeks)
    )


def spark(values: Sequence[float]) -> list[tuple[float, float]]:
    """Values as points of a line as small as a word; one value alone is none."""
    if len(values) < 2:  # noqa: PLR2004  # a line has two ends
        return []
    low, high = min(values), max(values)
    span, step = (high - low) or 1, (_SPARK_W - 4) / (len(values) - 1)
    return [
        (round(2 + step * at, 1), round(_SPARK_H - 3 - (value - low) / span * (_SPARK_H - 6), 1))
        for at, value in enumerate(values)
    ]


def control_charts(
    one: Kpi, points: Sequence[Point], limits: Limits | None, odd: Sequence[Anomaly], target: Decimal | None
) -> list[dict[str, Any]]:
    """The control chart for a wide page and for a phone, where anything can be drawn."""
    known = [each for each in points if each.value is not None]
    if len(known) < 2:  # noqa: PLR2004  # a line has two ends
        return []
    wanted = [each.value for each in known if each.value is not None]
    marks = [limits.upper, limits.lower] if limits else []
    goal = [float(target)] if target is not None else []
    low, high = min([*wanted, *marks, *goal]), max([*wanted, *marks, *goal])
    pad = (high - low) * 0.08 or 1
    signed = one.unit in (Unit.CHANGE, Unit.RETURN)
    scale = (low - pad if signed else max(0.0, low - pad), high + pad)
    return [
        _drawn(one, known, limits, {each.week for each in odd}, target, scale, width, cls)
        for width, cls in ((WIDTH, "only-wide"), (NARROW, "only-narrow"))
    ]


def _drawn(  # a chart is what these say
    one: Kpi,
    known: Sequence[Point],
    limits: Limits | None,
    odd: set[date],
    target: Decimal | None,
    scale: tuple[float, float],
    width: int,
    cls: str,
) -> dict[str, Any]:
    low, high = scale
    right = width - _RIGHT
    step = (right - _LEFT - 8) / (len(known) - 1)

    def y(value: float) -> float:
        inside = min(max(value, low), high)
        return round(_TOP + (high - inside) / (high - low) * (HEIGHT - _TOP - _FOOT), 1)

    dots = [(round(_LEFT + 4 + step * at, 1), y(each.value or 0.0)) for at, each in enumerate(known)]
    chart: dict[str, Any] = {
        "width": width,
        "height": HEIGHT,
        "left": _LEFT,
        "right": right,
        "cls": cls,
        "label": _("%(label)s by week, with its limits", label=one.label),
        "grid": [(y(high), said(one.unit, high, short=True)), (y(low), said(one.unit, low, short=True))],
        "axis": [(dots[at][0], week_name(known[at].week)[5:]) for at in _ticks(len(known), width)],
        "lines": [("s1", dots)],
        "marks": [
            ("pt--bad" if each.week in odd else "pt--end" if each is known[-1] else "", *dot)
            for each, dot in zip(known, dots, strict=True)
        ],
        "target": y(float(target)) if target is not None else None,
        "notes": [],
    }
    if limits is not None:
        top, bottom = y(limits.upper), y(limits.lower)
        chart["band"] = [(_LEFT, top), (right, top), (right, bottom), (_LEFT, bottom)]
        chart["lines"].insert(0, ("plan", [(_LEFT, y(limits.mean)), (right, y(limits.mean))]))
    if target is not None:
        chart["notes"].append((right + 4, y(float(target)) + 4, said(one.unit, target, short=True), "start", ""))
    return chart


def _ticks(count: int, width: int) -> list[int]:
    most = 9 if width > NARROW else 4
    every = max(1, -(-count // most))
    return list(range(0, count, every))


def chart_rows(
    one: Kpi, points: Sequence[Point], seen: Mapping[date, float | None], odd: Sequence[Anomaly]
) -> list[Any]:
    """The chart as a table: each week with its value now, how it was seen at its end, n, and what stood out."""
    marked = {each.week: each.sign.value for each in odd}
    words = {"outside": _("outside its limits"), "run": _("eighth in a row on one side")}
    rows = []
    for each in reversed(points):
        was = seen.get(each.week)
        now = said(one.unit, each.value)
        moved = was is not None and each.value is not None and abs(was - each.value) > 1e-6  # noqa: PLR2004  # rounding
        rows.append(
            (
                week_name(each.week),
                now,
                said(one.unit, was) if moved else "",
                formats.number(each.n),
                words.get(marked.get(each.week, ""), ""),
            )
        )
    return rows


SEGMENTS: Mapping[str, str] = {
    "team_id": "Team",
    "owner_id": "Person",
    "source": "Source",
    "region": "Region",
    "campaign_id": "Campaign",
    "product_line": "Product line",
    "stage_id": "Stage",
    "queue_id": "Queue",
    "priority": "Priority",
    "category": "Category",
    "channel": "Came in by",
    "measure": "Promise",
    "kind": "Kind",
    "object": "Object",
}
"""What a figure is told apart by, in words."""


def segment_names(by: str, values: Sequence[Any], access: Access) -> dict[Any, str]:
    """Segments in words, from one statement at most; what is hidden stays without a name."""
    nothing: dict[Any, str] = {None: _("none"), "": _("none")}
    numbers = [int(each) for each in values if each not in (None, "") and str(each).isdigit()]
    known: dict[Any, str] = {}
    if by == "team_id":
        known = {each.id: each.name for each in teams.teams()}
    elif by == "owner_id":
        known = dict(people_names(numbers))
    elif by in ("stage_id", "queue_id"):
        known = records.small(by.removesuffix("_id"))
    elif by == "campaign_id" and access_rules.may(access, access_rules.SEE, OBJECTS["campaign"]):
        known = dict(records.names(access, OBJECTS["campaign"], numbers))
    elif by == "object":
        known = {key: subject.label_plural for key, subject in OBJECTS.items()}
    else:
        known = dict(CHOICES.get(by, ()))
    return {
        each: nothing.get(each) or known.get(each) or (str(each) if by == "product_line" else _("another"))
        for each in values
    }


def sentence(one: Kpi, found: Found, access: Access) -> str:
    """A week that stood out: lead conversion fell from 22 % to 13 % in week 9, most of it web leads."""
    week = found.week.isocalendar().week
    now = said(one.unit, found.value)
    if found.before is None or said(one.unit, found.before) == now:  # a change too small to be said is not one
        text = _("%(label)s was %(now)s in week %(week)d", label=one.label, now=now, week=week)
    else:
        verb = _("fell") if found.value < found.before else _("rose")
        text = _(
            "%(label)s %(verb)s from %(before)s to %(now)s in week %(week)d",
            label=one.label,
            verb=verb,
            before=said(one.unit, found.before),
            now=now,
            week=week,
        )
    if found.sign == "run":
        text = _(
            "%(label)s has been on one side of its mean for eight weeks, up to week %(week)d",
            label=one.label,
            week=week,
        )
    if not found.segment:
        return text
    value: Any = int(found.segment_value) if found.segment_value.isdigit() else found.segment_value
    name = segment_names(found.segment, [value], access)[value]
    return _("%(text)s, most of it %(by)s %(name)s", text=text, by=SEGMENTS[found.segment].lower(), name=name)
