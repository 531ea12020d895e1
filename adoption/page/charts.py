"""The use of a roll-out in words and drawings: the sentence, cards, groups, steps, cohorts; the same in its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from adoption.measures.rules import ACTIVE, COMPLETE, CREATED, KEYS, TIMELY, Verdict
from adoption.onboarding.rules import Cohort, Stair, Step
from adoption.page import rules
from adoption.page.queries import View
from adoption.page.rules import Control, Told, Trend
from crm.counts.rules.windows import week_name
from crm.kpis.charts import state_word
from crm.kpis.models import KpiBaseline
from crm.kpis.rules.control import LEAST_WEEKS, Point
from crm.kpis.rules.definitions import KPIS, Kpi, State, Unit
from crm.kpis.rules.measures import Measure
from crm.trends.charts import counted, said, short_words
from crm.usage.charts import label as feature_label
from infra import formats
from roadmap.standing.charts import count_words

WIDTH, HEIGHT = 300, 132
_LEFT, _RIGHT, _TOP, _BASE = 38, 264, 10, 112
TONES: Mapping[Verdict, str] = {
    Verdict.MET: "green",
    Verdict.ON_PATH: "green",
    Verdict.BEHIND: "amber",
    Verdict.FAR_BEHIND: "red",
    Verdict.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A figure as its card shows it; ``rows`` are its weeks as a table."""

    one: Kpi
    found: Measure
    value: str
    unit: str
    tone: str
    word: str
    target: str
    by_now: str
    line: str
    chart: dict[str, Any] | None
    sentence: str
    odd: bool
    rows: list[tuple[str, str, str, str]]


def titles() -> dict[str, str]:
    """The figures as the heads of columns."""
    return {ACTIVE: _("Active"), COMPLETE: _("Complete"), CREATED: _("Contacts"), TIMELY: _("In time")}


def columns() -> list[dict[str, Any]]:
    """The same as columns of a table."""
    found = titles()
    return [{"label": found[key], "n": True} for key in KEYS]


def verdict_words() -> dict[Verdict, str]:
    """How a group stands, in words."""
    return {
        Verdict.MET: _("On target"),
        Verdict.ON_PATH: _("On its path"),
        Verdict.BEHIND: _("Behind"),
        Verdict.FAR_BEHIND: _("Far behind"),
        Verdict.UNKNOWN: _("Unknown"),
    }


def step_words() -> dict[Step, str]:
    """The steps of coming on board."""
    return {
        Step.INVITED: _("Invited"),
        Step.SIGNED_IN: _("Signed in"),
        Step.TRAINED: _("Trained"),
        Step.FIRST_RECORD: _("First record"),
        Step.HABIT: _("Active weekly"),
    }


def stretch_words() -> dict[str, str]:
    """The stretches that one may choose."""
    return {"7": _("7 d"), rules.GO_LIVE: _("Since go-live"), "90": _("90 d")}


def verdict_of_all(view: View) -> str:
    """How many targets are met: the verdict that the page opens with."""
    met, known = rules.met(view.whole)
    if not known:
        return _("Nothing can be said yet.")
    if met == known:
        return _("Every target that is known is met.") if known < len(KEYS) else _("All four targets are met.")
    if not met:
        return ngettext(
            "The one target that is known is missed.",
            "None of %(known)s targets is met.",
            known,
            known=count_words(known),
        )
    text = ngettext(
        "%(met)s of %(known)s targets is met.", "%(met)s of %(known)s targets are met.", met,
        met=count_words(met), known=count_words(known),
    )  # fmt: skip
    return text[:1].upper() + text[1:]


def clauses(view: View) -> list[tuple[Told, str]]:
    """What misses its target, each in a few words."""
    groups = view.groups["team"]
    return [(each, _clause(each)) for each in rules.told(view.whole, view.reading.points, groups)]


def _clause(each: Told) -> str:
    what = {
        ACTIVE: _("weekly use"),
        COMPLETE: _("data completeness"),
        CREATED: _("contact creation"),
        TIMELY: _("logging in time"),
    }[each.key]
    values = {"what": what, "short": points_words(each.short), "group": each.group}
    text = {
        Trend.STEADY: _("%(what)s is %(short)s short and steady", **values),
        Trend.RISING: _("%(what)s is %(short)s short and rising", **values),
        Trend.FALLING: _("%(what)s is %(short)s short and falling", **values),
        Trend.UNKNOWN: _("%(what)s is %(short)s short", **values),
    }[each.trend]
    return _("%(text)s, most of all in %(group)s", text=text, group=each.group) if each.group else text


def points_words(share: Decimal) -> str:
    """A difference of shares in whole points, at least one: small ones as words."""
    size = max(1, round(share * 100))
    return ngettext("%(n)s point", "%(n)s points", size, n=count_words(size))


def cards(view: View) -> list[Card]:
    """The four figures."""
    return [_card(view, key) for key in KEYS]


def _card(view: View, key: str) -> Card:
    one, found = KPIS[key], view.whole[key]
    chart, by_now = rules.controlled(view.reading.points.get(key, ())), view.by_now[key]
    value, unit = split(one, found.value)
    return Card(
        one,
        found,
        value,
        unit,
        found.state.value if found.value is not None and found.target is not None else "unknown",
        state_word(found),
        _("target %(value)s", value=said(one.unit, found.target)) if found.target is not None else _("no target"),
        _by_now(one, found, by_now),
        _line(one, found),
        drawing(one, chart, found.target),
        _sentence(one, found, chart),
        bool(chart.odd),
        week_rows(one, chart),
    )


def _by_now(one: Kpi, found: Measure, by_now: Decimal | None) -> str:
    """What it should be by now, where it is not on target and that is not the target itself."""
    if by_now in (None, found.target) or found.state is State.GREEN:
        return ""
    return _("by now %(value)s", value=said(one.unit, by_now))


def split(one: Kpi, value: Decimal | None) -> tuple[str, str]:
    """A share as a number and its sign, so that the sign may be small."""
    if value is None:
        return _("unknown"), ""
    sign = "+" if one.unit is Unit.CHANGE and value > 0 else ""
    whole = round(float(value) * 100, 1)
    return f"{sign}{formats.number(int(whole) if whole == int(whole) else whole)}", "%"


def _line(one: Kpi, found: Measure) -> str:
    """What it was counted from."""
    return _(found.why) if found.value is None and not found.n else f"n = {counted(one, found)}"


def _sentence(one: Kpi, found: Measure, chart: Control) -> str:
    """Whether it stays within its limits, and what is missing."""
    parts = []
    if chart.odd:
        weeks = ", ".join(week_name(each)[5:] for each in sorted(chart.odd)[-3:])
        parts.append(_("Outside its limits in %(weeks)s", weeks=weeks))
    elif chart.limits is not None:
        parts.append(_("Within its limits"))
    elif chart.known:
        left = LEAST_WEEKS - chart.known
        parts.append(ngettext("Limits after %(num)d more week", "Limits after %(num)d more weeks", left))
    else:
        parts.append(_("No whole week has a value yet"))
    short = short_words(one, found)
    if found.value is None and found.why:
        parts.append(_(found.why))
    elif short:
        parts.append(short)
    if found.provisional:
        parts.append(_("still provisional"))
    return "; ".join(parts)


def drawing(one: Kpi, chart: Control, target: Decimal | None) -> dict[str, Any] | None:
    """The control chart of a card, None below two known weeks; a week without a value breaks the line."""
    known = [each.value for each in chart.points if each.value is not None]
    if len(known) < 2:  # noqa: PLR2004  # a line has two ends
        return None
    marks = [*known, *([chart.limits.upper, chart.limits.lower] if chart.limits else [])]
    goal = [float(target)] if target is not None else []
    low, high = min([*marks, *goal]), max([*marks, *goal])
    pad = (high - low) * 0.12 or 0.05
    least = -1.0 if one.unit is Unit.CHANGE else 0.0  # nothing falls by more than all, and no share is below none
    scale = (max(least, low - pad), high + pad)
    places = _places(chart.points, scale)
    drawn: dict[str, Any] = {
        "width": WIDTH,
        "height": HEIGHT,
        "left": _LEFT,
        "right": _RIGHT,
        "cls": "chart--s",
        "label": _("%(label)s by ISO week since go-live", label=_(one.label)),
        "grid": [(_TOP, said(one.unit, round(scale[1], 3))), (_BASE, said(one.unit, round(scale[0], 3)))],
        "axis": [
            (_LEFT, week_name(chart.points[0].week)[5:]),
            (_RIGHT, week_name(chart.points[-1].week)[5:]),
        ],
        "lines": [("s1", part) for part in _unbroken(places) if len(part) > 1],
        "marks": _marks(chart, places),
        "target": _y(float(target), scale) if target is not None else None,
        "notes": [],
    }
    if target is not None:
        drawn["notes"].append((_RIGHT + 4, _y(float(target), scale) + 4, said(one.unit, target), "start", "lab"))
    if chart.limits is not None:
        top, bottom = _y(chart.limits.upper, scale), _y(chart.limits.lower, scale)
        mean = _y(chart.limits.mean, scale)
        drawn["band"] = [(_LEFT, top), (_RIGHT, top), (_RIGHT, bottom), (_LEFT, bottom)]
        drawn["lines"].insert(0, ("limit", [(_LEFT, mean), (_RIGHT, mean)]))
    return drawn


def _y(value: float, scale: tuple[float, float]) -> float:
    low, high = scale
    inside = min(max(value, low), high)
    return round(_TOP + (high - inside) / (high - low) * (_BASE - _TOP), 1)


def _places(points: Sequence[Point], scale: tuple[float, float]) -> list[tuple[float, float] | None]:
    step = (_RIGHT - _LEFT - 6) / max(1, len(points) - 1)
    return [
        None if each.value is None else (round(_LEFT + 3 + step * at, 1), _y(each.value, scale))
        for at, each in enumerate(points)
    ]


def _unbroken(places: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    parts: list[list[tuple[float, float]]] = [[]]
    for place in places:
        if place is None:
            parts.append([])
        else:
            parts[-1].append(place)
    return parts


def _marks(chart: Control, places: Sequence[tuple[float, float] | None]) -> list[tuple[str, float, float]]:
    last = max(at for at, place in enumerate(places) if place is not None)
    return [
        ("pt--bad" if chart.points[at].week in chart.odd else "pt--end" if at == last else "", *place)
        for at, place in enumerate(places)
        if place is not None
    ]


def week_rows(one: Kpi, chart: Control) -> list[tuple[str, str, str, str]]:
    """The weeks of a figure as a table: the week, the value, n, and whether it stands out."""
    return [
        (
            week_name(each.week),
            said(one.unit, each.value),
            formats.number(each.n),
            _("outside its limits") if each.week in chart.odd else "",
        )
        for each in reversed(chart.points)
    ]


def stair_percent(stairs: Sequence[Stair]) -> float | None:
    """Which part of the invited have the habit; None where that is not known."""
    known = {each.step: each.people for each in stairs}
    invited, habit = known[Step.INVITED], known[Step.HABIT]
    return None if not invited or habit is None else 100 * habit / invited


def cohort_name(each: Cohort) -> str:
    """The weeks in which people began: from the first day of the first to the last day of the last."""
    last = each.last + timedelta(days=6)
    return f"{formats.short_day(each.first)} – {formats.short_day(last)}"


def heat(percent: float | None) -> str:
    """The shade of a cell: in fifths.

    >>> heat(0.0), heat(59.0), heat(100.0), heat(None)
    ('heat-0', 'heat-2', 'heat-4', '')
    """
    return "" if percent is None else f"heat-{min(4, int(percent // 20))}"


def feature_name(key: str) -> str:
    """A feature in words."""
    return feature_label(key)


def people_words(view: View) -> str:
    """Since when it is live, and for how many people in how many teams."""
    assert view.crew.live_since is not None  # a view is there from go-live on
    teams = len({each.team_id for each in view.crew.members if each.team_id})
    users = ngettext("%(num)d user", "%(num)d users", len(view.crew.members))
    groups = ngettext("%(count)s team", "%(count)s teams", teams, count=count_words(teams))
    return _("live since %(day)s, %(users)s in %(teams)s", day=_day(view.crew.live_since), users=users, teams=groups)


def _day(day: date) -> str:
    return formats.day(day)


def before(found: Sequence[Measure]) -> list[tuple[str, str, str, str]]:
    """The figures before go-live: the name, the value, what it was counted from, the target."""
    return [
        (
            _(KPIS[each.key].label),
            said(each.unit, each.value),
            counted(KPIS[each.key], each) if each.value is not None else _(each.why),
            _("none") if each.target is None else said(each.unit, each.target),
        )
        for each in found
    ]


def baseline_words(found: KpiBaseline | None) -> str:
    """What the creation of contacts will be compared with."""
    if found is None:
        return _("There is no baseline for contact creation yet; without one it stays unknown.")
    days = _("%(first)s to %(last)s", first=formats.day(found.since), last=formats.day(found.until))
    if found.contacts is None:
        return _("Contact creation is compared with %(days)s.", days=days)
    return _(
        "Contact creation is compared with %(days)s: %(contacts)s contacts by %(users)s users.",
        days=days,
        contacts=formats.number(found.contacts),
        users=formats.number(found.users),
    )


def value_words(found: Measure) -> str:
    """A value in its unit; unknown is said."""
    return said(found.unit, found.value)


def share_words(found: Measure, value: Decimal | None) -> str:
    """Another value of the same figure: its target, or what it should be by now."""
    return _("none") if value is None else said(found.unit, value)
