"""Figures from outside in words and as a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from crm.counts.rules.windows import week_name
from crm.figures.models import FigureSeries
from crm.figures.queries import Kept, Listed
from crm.figures.rules import WEEK, Entry
from infra import formats

WIDE, NARROW, HEIGHT = 720, 340, 240
_LEFT, _RIGHT, _TOP, _FOOT = 60, 28, 12, 24
_SPARK_W, _SPARK_H = 96, 24
DRAWN = 60
"""Values that a line shows: more than a year of weeks, two months of days."""


def said(value: Decimal | None, unit: str = "") -> str:
    """A value with its unit."""
    text = formats.number(float(value)) if value is not None else _("unknown")
    return f"{text} {unit}".strip()


def time_of(period: str, day: date) -> str:
    """A week by its name, a day as days are written."""
    return week_name(day) if period == WEEK else formats.day(day)


def sentence(series: FigureSeries, values: Sequence[Kept], lacking: int) -> str:
    """What the reader came for: the latest value, how it moved, and what is missing."""
    if not values:
        return _("Nothing has been entered yet.")
    last = values[0]
    text = _("%(value)s in %(time)s", value=said(last.value, series.unit), time=time_of(series.period, last.day))
    if len(values) > 1 and values[1].value:
        share = float((last.value - values[1].value) / abs(values[1].value)) * 100
        verb = _("up") if share > 0 else _("down")
        text += (
            _(", %(verb)s %(share)s on the one before", verb=verb, share=formats.percent(abs(share))) if share else ""
        )
    if lacking:
        text += "; " + ngettext("one value is missing", "%(num)d values are missing", lacking)
    return f"{text}."


def spark(entries: Sequence[Entry]) -> list[tuple[float, float]]:
    """Values as points of a line as small as a word; one value alone is none."""
    if len(entries) < 2:  # noqa: PLR2004  # a line has two ends
        return []
    values = [float(each.value) for each in entries]
    low, high = min(values), max(values)
    step, span = (_SPARK_W - 4) / (len(values) - 1), (high - low) or 1
    return [
        (round(2 + step * at, 1), round(_SPARK_H - 3 - (value - low) / span * (_SPARK_H - 6), 1))
        for at, value in enumerate(values)
    ]


def change(listed: Listed) -> str:
    """How the latest value stands to the one before it, in words."""
    if len(listed.recent) < 2 or not listed.recent[-2].value:  # noqa: PLR2004  # two to compare
        return ""
    before, now = listed.recent[-2].value, listed.recent[-1].value
    share = float((now - before) / abs(before)) * 100
    return f"{'+' if share > 0 else ''}{formats.percent(share)}"


def lines(series: FigureSeries, values: Sequence[Kept]) -> list[dict[str, Any]]:
    """The line for a wide page and for a phone, the latest values on the right; time has its true width."""
    known = list(reversed(values[:DRAWN]))
    if len(known) < 2:  # noqa: PLR2004  # a line has two ends
        return []
    return [_drawn(series, known, WIDE, "only-wide"), _drawn(series, known, NARROW, "only-narrow")]


def _drawn(series: FigureSeries, known: Sequence[Kept], width: int, cls: str) -> dict[str, Any]:
    found = [float(each.value) for each in known]
    low, high = min(0.0, *found), max(found) or 1.0
    right, days = width - _RIGHT, (known[-1].day - known[0].day).days

    def x(each: Kept) -> float:
        return round(_LEFT + 4 + (right - _LEFT - 8) * (each.day - known[0].day).days / days, 1)

    def y(value: float) -> float:
        return round(_TOP + (high - value) / (high - low) * (HEIGHT - _TOP - _FOOT), 1)

    dots = [(x(each), y(float(each.value))) for each in known]
    every = max(1, -(-len(known) // (8 if width == WIDE else 3)))
    middle = (high + low) / 2
    return {
        "width": width,
        "height": HEIGHT,
        "left": _LEFT,
        "right": right,
        "cls": cls,
        "label": _("%(name)s over time", name=series.name),
        "grid": [(y(each), formats.number(round(each, 2))) for each in (high, middle, low)],
        "axis": [(dots[at][0], _tick(series.period, known[at].day)) for at in range(0, len(known), every)],
        "lines": [("s1", dots)],
        "marks": [("pt--end" if each is dots[-1] else "", *each) for each in dots],
    }


def _tick(period: str, day: date) -> str:
    return week_name(day)[5:] if period == WEEK else formats.short_day(day)


def rows(series: FigureSeries, values: Sequence[Kept]) -> list[tuple[str, str]]:
    """The line as a table."""
    return [(time_of(series.period, each.day), said(each.value)) for each in values[:DRAWN]]
