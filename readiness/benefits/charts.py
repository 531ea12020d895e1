"""Objectives in words and small drawings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from crm.kpis.rules.definitions import KPIS, Unit
from crm.trends.charts import said
from infra import formats
from readiness.benefits.queries import Objective
from readiness.benefits.rules import aims, intervals
from readiness.benefits.rules.aims import Baseline, Outcome
from readiness.benefits.rules.reach import Reach
from roadmap.standing.charts import count_words

WIDTH, EDGE = 240, 14
_WHOLE = 1000
"""From here on parts of one say nothing."""
TONES = {
    Reach.REACHED: "green",
    Reach.REACHABLE: "green",
    Reach.UNLIKELY: "amber",
    Reach.IMPOSSIBLE: "red",
    Reach.MISSED: "red",
}
"""How a verdict looks; all others are unknown."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Baseline, target and value on one line, as places from the left; None for what is not known."""

    baseline: float | None
    target: float | None
    value: float | None
    low: float | None
    high: float | None
    label: str


def reach_words() -> dict[Reach, str]:
    """How an objective can stand, in a word or two."""
    return {
        Reach.REACHED: _("Reached"),
        Reach.REACHABLE: _("Reachable"),
        Reach.UNLIKELY: _("Unlikely"),
        Reach.IMPOSSIBLE: _("Out of reach"),
        Reach.MISSED: _("Missed"),
        Reach.NOT_LIVE: _("Not live yet"),
        Reach.NO_BASELINE: _("No baseline"),
        Reach.NO_FIGURE: _("No figure"),
        Reach.NOT_KEPT: _("Not measured"),
        Reach.UNKNOWN: _("Unknown"),
    }


def reach_word(each: Objective) -> str:
    """How an objective stands."""
    return reach_words()[each.verdict.reach]


def why(each: Objective) -> str:
    """Why it stands so."""
    needed, due = each.verdict.needed, formats.day(each.aim.due) if each.aim.due else ""
    figure = value_words(each, needed)
    plain = {
        Reach.REACHED: _("The target is reached as it is counted now."),
        Reach.MISSED: _("Its day has passed and the target is not reached."),
        Reach.NOT_LIVE: _("It is counted from go-live on."),
        Reach.NO_BASELINE: _("Freeze a baseline before go-live: without one nobody can say what has changed."),
        Reach.NO_FIGURE: _("Choose the figure that it is measured by."),
        Reach.NOT_KEPT: _("Nothing in this system measures that figure yet."),
        Reach.UNKNOWN: _(each.measure.why) if each.measure and each.measure.why else _("Too little is known yet."),
    }
    if each.verdict.reach in plain:
        return plain[each.verdict.reach]
    if needed is None:
        return _("No day is set for it; the target is not reached yet.")
    if each.verdict.reach is Reach.REACHABLE:
        return _("Until %(due)s it has to be %(figure)s on average.", due=due, figure=figure)
    if each.verdict.reach is Reach.UNLIKELY:
        return _(
            "Until %(due)s it would have to be %(figure)s on average: more than chance makes of what was seen so far.",
            due=due,
            figure=figure,
        )
    return _("Until %(due)s it would have to be %(figure)s on average, which can't be.", due=due, figure=figure)


def value_words(each: Objective, value: float | None) -> str:
    """A value of an objective."""
    return figure_words(each.aim.kpi, value)


def figure_words(key: str, value: float | None) -> str:
    """A value in its figure's unit; a sum is that of thirty days."""
    if value is None:
        return _("unknown")
    kpi = KPIS.get(key)
    if kpi is None:
        return formats.number(round(value, 2))
    text = said(kpi.unit, round(value) if abs(value) >= _WHOLE else value)
    return _("%(value)s in 30 days", value=text) if key in aims.SUMS else text


def interval_words(each: Objective) -> str:
    """How sure the value is, or why nobody can say."""
    if each.value is None:
        return ""
    if each.interval is None:
        return _("no interval: it takes %(least)s records or days", least=intervals.LEAST)
    return between_words(each.aim.kpi, each.interval.low, each.interval.high)


def between_words(key: str, low: float, high: float) -> str:
    """An interval in words."""
    first, last = figure_words(key, low), figure_words(key, high)
    return _("%(sure)s %%: %(low)s to %(high)s", sure=intervals.SURE, low=first, high=last)


def figure_name(each: Objective) -> str:
    """What it is measured by."""
    if each.kpi is not None:
        return _(each.kpi.label)
    return each.aim.kpi or _("none")


def change_words(each: Objective) -> str:
    """By how much it should change."""
    return "" if each.aim.change is None else f"{each.aim.change:+g} %".replace("-", "−")


def baseline_words(each: Baseline) -> str:
    """Of which days a baseline is, and from how many."""
    days = _("%(first)s to %(last)s", first=formats.day(each.since), last=formats.day(each.until))
    return days if each.n is None else _("%(days)s, n %(n)s", days=days, n=formats.number(each.n))


def outcome_words() -> dict[Outcome, str]:
    """What can have come of an objective."""
    return {
        Outcome.REACHED: _("Reached"),
        Outcome.PARTLY: _("Reached in part"),
        Outcome.MISSED: _("Not reached"),
        Outcome.OPEN: _("Its day comes later; somebody goes on measuring"),
    }


def sentence(found: Sequence[Objective]) -> str:
    """The one sentence of the page."""
    if not found:
        return _("The charter names no objective.")
    without = sum(each.verdict.reach in (Reach.NO_BASELINE, Reach.NO_FIGURE) for each in found)
    lost = sum(each.verdict.reach in (Reach.IMPOSSIBLE, Reach.MISSED, Reach.UNLIKELY) for each in found)
    good = sum(each.verdict.reach in (Reach.REACHED, Reach.REACHABLE) for each in found)
    parts = [
        ngettext("%(num)d objective is within reach", "%(num)d objectives are within reach", good) if good else "",
        ngettext("%(num)d is not", "%(num)d are not", lost) if lost else "",
        ngettext("%(num)d lacks a baseline", "%(num)d lack a baseline", without) if without else "",
    ]
    told = [part for part in parts if part]
    if told and not good:
        told = [
            ngettext("%(num)d objective is not within reach", "%(num)d objectives are not within reach", lost)
            if lost
            else ngettext("%(num)d objective lacks a baseline", "%(num)d objectives lack a baseline", without),
            *told[1:],
        ]
    if not told:
        return _(
            "%(n)s, and none can be judged yet.",
            n=_large(ngettext("%(n)s objective", "%(n)s objectives", len(found), n=count_words(len(found)))),
        )
    return f"{', '.join(told)}."


def _large(text: str) -> str:
    return text[:1].upper() + text[1:]


def drawing(each: Objective) -> Drawing | None:
    """Where baseline, target and value lie; None where there are not two of them."""
    first = each.baseline.value if each.baseline else None
    if each.kpi is not None and each.kpi.unit is Unit.CHANGE and first is None:
        first = 0.0
    ends = [each.interval.low, each.interval.high] if each.interval else []
    known = [value for value in (first, each.target, each.value, *ends) if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    if low == high:
        return None

    def place(value: float | None) -> float | None:
        return None if value is None else round(EDGE + (WIDTH - 2 * EDGE) * (value - low) / (high - low), 1)

    label = _(
        "Baseline %(baseline)s, target %(target)s, now %(value)s",
        baseline=value_words(each, first),
        target=value_words(each, each.target),
        value=value_words(each, each.value),
    )
    edges = (place(each.interval.low), place(each.interval.high)) if each.interval else (None, None)
    return Drawing(place(first), place(each.target), place(each.value), *edges, label)
