"""The forecast in words and as a picture: the weeks that were, and the widening way to the twelfth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from adoption.forecast.queries import Ahead, Forecast
from adoption.forecast.rules.outlook import COVER, LEAST_WEEKS
from adoption.forecast.rules.weeks import HORIZON, Kind
from crm.trends.charts import said
from infra import formats

WIDTH, HEIGHT = 560, 210
_LEFT, _RIGHT, _TOP, _FOOT = 50, 46, 12, 24
LIKELY, UNLIKELY = 0.75, 0.25
NARROW = 0.05
"""An interval of fewer points than that is said in tenths."""
ALMOST = 0.01
"""A chance nearer to none or to sure than this is not said more exactly."""


def panel(project_id: int, found: Ahead) -> Markup:
    """The card of the adoption page: each figure now and in week 12, with its chance."""
    made = render_template("adoption/forecast/_panel.html", project_id=project_id, ahead=found, charts=_words())
    return Markup(made.strip())  # noqa: S704  # the template escapes what it shows


def _words() -> dict[str, Any]:
    """What templates ask of this module."""
    return {
        "now": now_words,
        "week": week_words,
        "chance": chance_words,
        "tone": tone,
        "word": word,
        "why": why_words,
    }


def sentence(found: Ahead) -> str:
    """What week 12 will be like, in one sentence."""
    known = [each for each in found.figures if each.outlook and each.outlook.chance is not None]
    if found.ends is None:
        return _("The roll-out is not live yet, so there is no week to go on from.")
    if not known and found.figures[0].why == "too-few":
        return _("Too few people to say anything of their use.")
    if not known:
        return _("Nothing can be said of week %(number)d yet: a forecast takes %(least)d weeks.", number=HORIZON,
                 least=LEAST_WEEKS)  # fmt: skip
    likely = [each for each in known if each.outlook and (each.outlook.chance or 0) > 1 / 2]
    return ngettext(
        "%(met)d of %(num)d target is more likely than not to be met in week 12, from %(day)s.",
        "%(met)d of %(num)d targets are more likely than not to be met in week 12, from %(day)s.",
        len(known),
        met=len(likely),
        day=formats.day(found.ends),
    )


def now_words(one: Forecast) -> str:
    """What the last week showed that is over."""
    return said(one.kpi.unit, one.values[-1][1]) if one.values else _("unknown")


def week_words(one: Forecast) -> str:
    """The twelfth week: its middle and the interval."""
    if one.outlook is None:
        return _("unknown")
    unit, it = one.kpi.unit, one.outlook
    digits = 2 if it.high - it.low > NARROW else 3
    middle, low, high = (said(unit, round(each, digits)) for each in (it.middle, it.low, it.high))
    return _("%(middle)s (%(low)s to %(high)s)", middle=middle, low=low, high=high)


def chance_words(one: Forecast) -> str:
    """The chance to have reached the target by then."""
    chance = one.outlook.chance if one.outlook else None
    if chance is None:
        return ""
    if not ALMOST <= chance <= 1 - ALMOST:
        return _("below %(share)s", share="1 %") if chance < ALMOST else _("above %(share)s", share="99 %")
    return formats.percent(chance * 100)


def tone(one: Forecast) -> str:
    """The colour that repeats the word."""
    chance = one.outlook.chance if one.outlook else None
    if chance is None:
        return "unknown"
    return "green" if chance >= LIKELY else "red" if chance <= UNLIKELY else "amber"


def word(one: Forecast) -> str:
    """The chance as a word."""
    return {"unknown": _("Unknown"), "green": _("Likely"), "amber": _("Open"), "red": _("Unlikely")}[tone(one)]


def why_words(one: Forecast) -> str:
    """Why there is no forecast."""
    weeks = len(one.series.weeks)
    words = {
        "not-live": _("The roll-out is not live yet."),
        "too-few": _("It is for fewer than five people: a figure of theirs would be a figure of each."),
        "no-baseline": _("Contacts are compared with a baseline, and none is set."),
        "over": _("Week 12 is over: it showed %(value)s.", value=now_words(one)),
        "few": ngettext(
            "There is one week after go-live; a forecast takes %(least)d.",
            "There are %(num)d weeks after go-live; a forecast takes %(least)d.",
            weeks,
            least=LEAST_WEEKS,
        ),
    }
    return words.get(one.why, "")


def rule_words() -> str:
    """How a forecast comes about."""
    return _(
        "Whole ISO weeks since go-live, over everybody whom the roll-out is for. A trend that fades, on the log-odds"
        " of a share (the logarithm of growth); how few people are counted and how much weeks differ widens the"
        " interval, which is to hold what then comes in %(cover)d of 100 roll-outs. In tests with 200 simulated"
        " roll-outs it held 70 to 90 of 100. It tells what comes if nothing is changed.",
        cover=COVER * 100,
    )


def fan(one: Forecast) -> dict[str, Any] | None:
    """The drawing: weeks that were, the middle of those to come, the interval around it; None without a forecast."""
    if one.outlook is None:
        return None
    seen, path = list(one.values), one.outlook.path
    values = [value for _number, value in seen] + [low for _n, _m, low, _h in path] + [high for *_rest, high in path]
    values += [one.target] if one.target is not None else []
    low, high = min(values), max(values)
    pad = (high - low) * 0.08 or 0.05
    floor, roof = low - pad, high + pad
    share = one.series.kind is Kind.SHARE
    floor, roof = (max(0.0, floor), min(1.0, roof)) if share else (max(-1.0, floor), roof)

    def y(value: float) -> float:
        return round(_TOP + (roof - value) / ((roof - floor) or 1) * (HEIGHT - _TOP - _FOOT), 1)

    def x(number: int) -> float:
        return round(_LEFT + 6 + (WIDTH - _RIGHT - _LEFT - 12) * (number - 1) / (HORIZON - 1), 1)

    end = seen[-1][0], seen[-1][1]
    upper = [(x(end[0]), y(end[1])), *((x(number), y(top)) for number, _m, _l, top in path)]
    lower = [(x(number), y(bottom)) for number, _m, bottom, _h in path]
    right = WIDTH - _RIGHT
    chart: dict[str, Any] = {
        "width": WIDTH, "height": HEIGHT, "left": _LEFT, "right": right, "cls": "fan",
        "label": _("%(label)s by week after go-live, and the way to week 12", label=one.kpi.label),
        "grid": [(y(roof), said(one.kpi.unit, round(roof, 2))), (y(floor), said(one.kpi.unit, round(floor, 2)))],
        "axis": [(x(number), _("week %(number)d", number=number)) for number in (1, end[0], HORIZON)],
        "band": [*upper, *reversed(lower)],
        "lines": [
            ("s1", [(x(number), y(value)) for number, value in seen]),
            ("plan", [(x(end[0]), y(end[1])), *((x(number), y(middle)) for number, middle, _l, _h in path)]),
        ],
        "marks": [("pt--end" if number == end[0] else "", x(number), y(value)) for number, value in seen],
        "target": None, "notes": [],
    }  # fmt: skip
    if one.target is not None:
        chart["target"] = y(one.target)
        chart["notes"].append((right + 4, y(one.target) + 4, said(one.kpi.unit, one.target), "start", ""))
    return chart


def rows(one: Forecast) -> Sequence[tuple[str, ...]]:
    """The drawing as a table: each week with what it showed, or the middle and the interval."""
    unit = one.kpi.unit
    made: list[tuple[str, ...]] = [
        (str(week.number), said(unit, value), "", _counts(week.top, week.bottom))
        for week, (_number, value) in zip(one.series.weeks, one.values, strict=True)
    ]
    for number, middle, low, high in one.outlook.path if one.outlook else ():
        between = _("%(low)s to %(high)s", low=said(unit, round(low, 2)), high=said(unit, round(high, 2)))
        made.append((str(number), said(unit, round(middle, 2)), between, ""))
    return made


def _counts(top: float, bottom: float) -> str:
    return _("%(top)s of %(bottom)s", top=formats.number(round(top)), bottom=formats.number(round(bottom)))
