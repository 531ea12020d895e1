"""The forecast in words and in pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any, Protocol

from flask_babel import gettext as _
from flask_babel import ngettext

from infra import formats
from roadmap.forecast.queries import ForecastRow, StopRow
from roadmap.forecast.rules.answer import Driver, Help
from roadmap.forecast.rules.keeping import Basis, Content
from roadmap.forecast.rules.scoring import LEAST, Score
from roadmap.standing.charts import day_words

WIDE, NARROW = 720, 380
HEIGHT, BASE, TOP = 250, 206, 34
_ROW, _ROW_NARROW = 40, 62
_NAMES = 250
_SHARES, _SHARES_NARROW = 44, 60
"""The room beside a drawing for "100 %"; letters are larger where it is narrow."""
_LETTERS = 38
_GOOD, _EVEN = 0.8, 0.5
"""The chance from which a target may be promised, and that below which it is missed rather than kept."""
_NEAR = 0.1
"""How far the share of kept P80 may lie from eight of ten."""
_WIDEST_BAR = 64.0
"""Wider than that a bar of few days would be a slab."""
_HALF_HOUR = 0.0625
_LINE = 12
"""The height of a word in a drawing."""

Names = Mapping[int, str]
Drawing = dict[str, Any]


def chance_words(chance: float | None) -> str:
    """A chance as people say it; 0 and 100 percent only where every run agrees."""
    if chance is None:
        return _("unknown")
    shown = min(99, max(1, round(100 * chance))) if 0 < chance < 1 else round(100 * chance)
    return _("%(n)s %%", n=shown)


def chance_tone(chance: float | None) -> str:
    """The colour of a chance: good from the share at which one may promise, bad below one half."""
    if chance is None:
        return "unknown"
    return "green" if chance >= _GOOD else "amber" if chance >= _EVEN else "red"


def p80_words(row: ForecastRow) -> str:
    """P80 with the day of its forecast, as other pages show it: "P80 Wed 11 Mar (forecast of Mon 16 Feb)"."""
    return _("P80 %(day)s (forecast of %(of)s)", day=formats.day(row.p80), of=formats.day(row.day))


class Foreseen(Protocol):
    """What is read of a kept forecast."""

    @property
    def day(self) -> date: ...  # noqa: D102  # the day on which it was made
    @property
    def p80(self) -> datetime: ...  # noqa: D102
    @property
    def chance(self) -> float | None: ...  # noqa: D102


def foreseen_words(row: Foreseen) -> str:
    """P80 and the chance of the target, as a sentence of a report."""
    said = _("P80 is %(day)s (forecast of %(of)s)", day=formats.day(row.p80), of=formats.day(row.day))
    if row.chance is None:
        return said + "."
    return _("%(said)s: %(chance)s chance of the target.", said=said, chance=chance_words(row.chance))


def sentence(row: ForecastRow, target: date | None, content: Content, names: Names) -> str:
    """The answer first: P50, P80, the chance of the target, and what drives it; once live, that."""
    if row.goal_id and row.p10 == row.p95 and row.p95.date() < row.day:
        late = slip_words(row.slip(target))
        return _(
            "It went live on %(day)s (%(late)s): that is no forecast any more.", day=formats.day(row.p80), late=late
        )
    first = _("P50 %(p50)s, P80 %(p80)s", p50=formats.day(row.p50), p80=formats.day(row.p80))
    if target is None:
        rest = _("no target is set")
    elif row.target == target:
        rest = _("%(chance)s chance of the target %(day)s", chance=chance_words(row.chance), day=formats.day(target))
    else:
        rest = _("the target has moved since to %(day)s", day=formats.day(target))
    said = f"{first}: {rest}"
    drivers = [f"“{names.get(each.task, '')}”" for each in content.drivers if each.days > 0][:2]
    if not drivers:
        return f"{said}."
    return _("%(said)s. It is driven by %(names)s.", said=said, names=_(" and ").join(drivers))


def gain_words(days: float) -> str:
    """How much earlier P80 comes."""
    if abs(days) < _HALF_HOUR:
        return _("nothing")
    shown = formats.number(round(abs(days), 1))
    return _("%(n)s d earlier", n=shown) if days > 0 else _("%(n)s d later", n=shown)


def help_words(each: Help, names: Names, risks: Names, roles: Names) -> str:
    """What could be done."""
    if each.kind == "risk":
        return _("Close the risk “%(name)s”", name=risks.get(each.id, _("a risk that is gone")))
    if each.kind == "person":
        return _("One more person as “%(name)s”", name=roles.get(each.id, _("a role that is gone")))
    return _("Halve “%(name)s”", name=names.get(each.id, _("a task that is gone")))


def basis_words(basis: Basis) -> list[str]:
    """What a forecast rests on, a sentence each."""
    first = ngettext(
        "%(known)s of %(num)s open task has an estimate of three points; the others take their duration.",
        "%(known)s of %(num)s open tasks have an estimate of three points; the others take their duration.",
        basis.open,
        known=formats.number(basis.estimated),
    )
    found = [first] if basis.open else [_("No task is open: the dates are those that happened.")]
    if basis.outside:
        found.append(
            ngettext(
                "%(num)s task has a duration outside of its estimate; the estimate counts.",
                "%(num)s tasks have a duration outside of their estimates; the estimates count.",
                basis.outside,
            )
        )
    risks = ngettext("%(num)s risk may strike.", "%(num)s risks may strike.", basis.risks)
    found.append(risks if basis.risks else _("No risk may strike."))
    return found


def left_words() -> dict[str, str]:
    """Why a risk is not counted."""
    return {
        "occurred": _("has occurred: what it costs belongs in the plan"),
        "chance": _("has no chance in percent"),
        "days": _("has no range of working days"),
        "done": _("hits nothing that is still open"),
    }


def histogram(row: ForecastRow, content: Content, target: date | None, *, narrow: bool = False) -> Drawing:
    """How many runs end when, the share of runs that have ended by then, and the target."""
    width = NARROW if narrow else WIDE
    slots = _slots(content, target)
    counts = {each.day: each.count for each in content.bins}
    most, total = max(counts.values()), sum(counts.values())
    right = width - (_SHARES_NARROW if narrow else _SHARES)
    step = min((right - 4) / len(slots), _WIDEST_BAR)
    left = 4 + (right - 4 - step * len(slots)) / 2
    place = {day: left + step * number for number, day in enumerate(slots)}
    limit = _slot_of(target, content) if target else None
    bars = [
        {
            "x": round(place[day] + step * 0.08, 1),
            "y": round(BASE - (BASE - TOP) * counts[day] / most, 1),
            "width": round(max(step * 0.84, 1), 1),
            "kind": "col" if limit is None or day <= limit else "col--soft",
            "said": _bin_words(day, counts[day], total, weekly=content.weekly),
        }
        for day in slots
        if day in counts
    ]
    shares = [share / total for share in accumulate(counts.get(day, 0) for day in slots)]
    curve = [
        (round(place[day] + step, 1), round(BASE - (BASE - TOP) * share, 1))
        for day, share in zip(slots, shares, strict=True)
    ]
    marks = [(name, getattr(row, name).date()) for name in ("p50", "p80")]
    lines = [
        (round(place[_slot_of(day, content)] + step, 1), name.upper())
        for name, day in marks
        if _slot_of(day, content) in place
    ]
    return {
        "width": width,
        "right": right,
        "height": HEIGHT,
        "base": BASE,
        "top": TOP,
        "bars": bars,
        "curve": [(round(left, 1), BASE), *curve],
        "grid": [
            (round(BASE - (BASE - TOP) * share, 1), _("%(n)s %%", n=round(100 * share))) for share in (0.5, 0.8, 1)
        ],
        "names": _axis(slots, place, step, width, few=3 if narrow else 8),
        "quantiles": lines,
        "target": round(place[limit] + step, 1) if limit in place else None,
        "narrow": narrow,
        "label": _("How many of %(runs)s runs end on which day", runs=formats.number(row.runs)),
    }


def bins_table(content: Content) -> list[tuple[str, str, str]]:
    """The same as a table."""
    total = sum(each.count for each in content.bins)
    sums = accumulate(each.count for each in content.bins)
    return [
        (_slot_words(each.day, weekly=content.weekly), formats.number(each.count), chance_words(share / total))
        for each, share in zip(content.bins, sums, strict=True)
    ]


def tornado(drivers: Sequence[Driver], names: Names, *, narrow: bool = False) -> Drawing | None:
    """By how many days P80 moves when one task goes well, and when it goes badly; the widest first."""
    shown = sorted((each for each in drivers if each.well or each.badly), key=lambda each: each.well - each.badly)
    if not shown:
        return None
    width, left, tall = (NARROW, 20, _ROW_NARROW) if narrow else (WIDE, _NAMES, _ROW)
    low, high = min(0.0, *(each.well for each in shown)), max(0.0, *(each.badly for each in shown))
    room = width - left - 64
    start = left + (40 if low else 8)
    scale = room / ((high - low) or 1)

    def x(days: float) -> float:
        return round(start + (days - low) * scale * 0.9, 1)

    rows = [
        {
            "name": _short(names.get(each.task, _("a task that is gone")), 34 if narrow else _LETTERS),
            "y": number * tall + (30 if narrow else 8),
            "zero": x(0),
            "well": x(min(each.well, 0)),
            "badly": x(max(each.badly, 0)),
            "well_said": _signed(each.well),
            "badly_said": _signed(each.badly),
        }
        for number, each in enumerate(shown)
    ]
    label = _("Days by which P80 moves when one task goes well or badly")
    return {
        "width": width,
        "height": len(rows) * tall + 12,
        "zero": x(0),
        "rows": rows,
        "narrow": narrow,
        "label": label,
    }


def trend(rows: Sequence[ForecastRow], target: date | None, *, narrow: bool = False) -> Drawing | None:
    """P50 and P80 as they were forecast from day to day, beside the target; None for fewer than two days."""
    last: dict[date, ForecastRow] = {row.day: row for row in sorted(rows, key=lambda each: each.id)}
    found = [last[day] for day in sorted(last)]
    if len(found) < 2:  # noqa: PLR2004  # a line has two ends
        return None
    ends = [moment.date() for row in found for moment in (row.p50, row.p80)] + ([target] if target else [])
    low, high = min(ends) - timedelta(days=2), max(ends) + timedelta(days=2)
    width, left = (NARROW, 78) if narrow else (WIDE, 84)
    span, height = (found[-1].day - found[0].day).days, 190

    def x(day: date) -> float:
        return round(left + 8 + (width - left - 60) * (day - found[0].day).days / span, 1)

    def y(day: date) -> float:
        return round(14 + (height - 44) * (high - day).days / ((high - low).days or 1), 1)

    return {
        "width": width,
        "height": height,
        "left": left,
        "right": width - 46,
        "label": _("P50 and P80 as they were forecast from week to week"),
        "cls": "only-narrow fc--narrow" if narrow else "only-wide",
        "grid": [(y(day), formats.short_day(day)) for day in (high, low + (high - low) / 2, low)],
        "axis": [(x(row.day), formats.short_day(row.day)) for row in (found[0], found[-1])],
        "lines": [
            ("s2", [(x(row.day), y(row.p50.date())) for row in found]),
            ("s1", [(x(row.day), y(row.p80.date())) for row in found]),
        ],
        "marks": [("pt--end", x(found[-1].day), y(found[-1].p80.date()))],
        "target": y(target) if target else None,
        "notes": _end_names(width - 42, y(found[-1].p80.date()), y(found[-1].p50.date())),
    }


def _end_names(x: float, p80: float, p50: float) -> list[tuple[float, float, str, str, str]]:
    """The names of the two lines at their ends; only the upper where they would lie on each other."""
    found = [(x, p80 + 4, "P80", "start", "lab"), (x, p50 + 4, "P50", "start", "lab2")]
    return found if abs(p50 - p80) >= _LINE else found[:1]


def score_words(score: Score) -> list[tuple[str, str, str]]:
    """What kept forecasts were worth: name, value with its n, and what a good one has; no value of too few."""
    few = _("too few")
    brier = _("unknown") if score.brier is None else few if score.brier_n < LEAST else f"{score.brier:.2f}"
    enough = score.n >= LEAST
    return [
        (_("Reached by P50"), _share(score.hits_p50, score.n) if enough else few, _("50 % of them")),
        (_("Reached by P80"), _share(score.hits_p80, score.n) if enough else few, _("80 % of them")),
        (_("Brier score of the chance, n %(n)s", n=score.brier_n), brier, _("0 is perfect, 0.25 a coin")),
        (_("Pinball loss of P50"), _days(score.pinball_p50) if enough else few, _("the nearer to 0 the better")),
        (_("Pinball loss of P80"), _days(score.pinball_p80) if enough else few, _("the nearer to 0 the better")),
    ]


def judged(score: Score) -> str:
    """What the scores say of the forecasts, in a sentence."""
    if score.n < LEAST:
        return ngettext(
            "%(num)d forecast can be scored: too few to judge by, %(least)s are needed.",
            "%(num)d forecasts can be scored: too few to judge by, %(least)s are needed.",
            score.n,
            least=LEAST,
        )
    share, shown = score.hits_p80 / score.n, formats.percent(100 * score.hits_p80 / score.n)
    if share < _GOOD - _NEAR:
        return _("P80 held %(share)s of the time: the forecasts were too hopeful.", share=shown)
    if share > _GOOD + _NEAR:
        return _("P80 held %(share)s of the time: the forecasts were more careful than they say.", share=shown)
    return _("P80 held %(share)s of the time: the forecasts say how sure they are.", share=shown)


def stop_rows(found: Sequence[StopRow]) -> Sequence[tuple[StopRow, str, str]]:
    """Milestones with the colour and the words of their chance."""
    return [
        (each, chance_tone(each.chance), chance_words(each.chance) if each.target else _("no deadline"))
        for each in found
    ]


def _slots(content: Content, target: date | None) -> list[date]:
    """Every day, or week, from the first to the last, weekends only where a run ends on one; the target among them."""
    days = [each.day for each in content.bins]
    extra = {_slot_of(target, content)} if target and _near(target, days) else set()
    first, last = min({*days, *extra}), max({*days, *extra})
    step = timedelta(days=7 if content.weekly else 1)
    found = [first + step * number for number in range(((last - first) // step) + 1)]
    return [day for day in found if content.weekly or day.weekday() < 5 or day in {*days, *extra}]  # noqa: PLR2004


def _near(target: date, days: Sequence[date]) -> bool:
    """Whether a target lies near enough to be drawn: further away the bars would be hairs."""
    room = max(timedelta(days=21), (max(days) - min(days)) * 2)
    return min(days) - room <= target <= max(days) + room


def _slot_of(day: date, content: Content) -> date:
    return day - timedelta(days=day.weekday()) if content.weekly else day


def _slot_words(day: date, *, weekly: bool) -> str:
    return _("week of %(day)s", day=formats.short_day(day)) if weekly else formats.day(day)


def _bin_words(day: date, count: int, total: int, *, weekly: bool) -> str:
    return f"{_slot_words(day, weekly=weekly)}: {chance_words(count / total)}"


def _axis(
    slots: Sequence[date], place: Mapping[date, float], step: float, width: int, few: int
) -> list[tuple[float, str, str]]:
    every = max(1, -(-len(slots) // few))
    return [
        (round(place[day] + step / 2, 1), formats.short_day(day), "middle")
        for day in slots[::every]
        if place[day] < width - 60
    ]


def _short(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1] + "…"


def _signed(days: float) -> str:
    return _(
        "%(sign)s%(n)s d", sign="+" if days > 0 else "−" if days < 0 else "", n=formats.number(round(abs(days), 1))
    )


def _share(count: int, of: int) -> str:
    return _("%(count)s of %(of)s", count=formats.number(count), of=formats.number(of))


def _days(days: float) -> str:
    return _("%(n)s days", n=formats.number(round(days, 2)))


def slip_words(days: int | None) -> str:
    """How P80 stands to a target, in words; None is no target."""
    if days is None:
        return _("no target")
    if days <= 0:
        return _("in time")
    return _("%(days)s after the target", days=day_words(days))
