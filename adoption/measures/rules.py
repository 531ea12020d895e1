"""Which days a figure covers, the path to its target, and the verdict on a group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from crm.counts.rules.windows import DAY, WEEK, Window, monday
from crm.kpis.rules.control import Point
from crm.kpis.rules.definitions import Kpi, State
from crm.kpis.rules.measures import Measure

ACTIVE, COMPLETE, CREATED, TIMELY = "weekly-active", "data-completeness", "contact-creation", "activity-timeliness"
KEYS = (ACTIVE, COMPLETE, CREATED, TIMELY)
"""The figures by which a roll-out is judged, in the order in which they are read."""
PROMISED = (
    *KEYS,
    "stickiness",
    "lead-conversion",
    "win-rate",
    "sales-cycle",
    "deal-size",
    "pipeline",
    "weighted-pipeline",
    "revenue",
    "mql",
    "sql",
    "campaign-roi",
    "csat",
    "nps",
    "fcr",
    "first-response",
    "resolution",
    "sla-met",
)
"""The figures that `roadmap adoption` prints, known or not."""
GROWTH_DAYS = 30
"""Growth speaks of so many days after go-live, as long as nobody chose other days."""
PATH_WEEKS = 12
"""So many weeks after go-live the target is to be met."""
LONGEST_WEEKS = 52
"""How far back weeks are looked at."""
_HUNDREDTH = Decimal("0.0001")


class Verdict(StrEnum):
    """How a group stands to the targets."""

    MET = "met"
    ON_PATH = "on-path"
    BEHIND = "behind"
    FAR_BEHIND = "far-behind"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Wish:
    """The days that somebody wants to see; ``live`` says that they are those since go-live."""

    window: Window
    live_since: date
    live: bool = True


def stretch(one: Kpi, wish: Wish) -> Window:
    """The days that a figure covers.

    Weekly use is that of the last ISO week that is over, and before the first one since go-live is over that of the
    week that runs. Growth since go-live is that of the first 30 days.
    """
    window = wish.window
    if one.key == CREATED and wish.live:
        return window.between(window.since, min(window.until, wish.live_since + timedelta(days=GROWTH_DAYS - 1)))
    if one.key == ACTIVE:
        first = monday(min(window.until + DAY, window.today)) - WEEK
        first = first if first >= wish.live_since else monday(window.until)
        return window.between(first, first + WEEK - DAY)
    return window


def weeks_since(live_since: date, today: date) -> tuple[date, ...]:
    """The Mondays of the ISO weeks since go-live that are whole and over, the latest 52 of them.

    >>> [each.day for each in weeks_since(date(2025, 12, 30), date(2026, 1, 20))]
    [5, 12]
    """
    first = max(monday(live_since + WEEK - DAY), monday(today) - WEEK * LONGEST_WEEKS)
    return tuple(first + WEEK * number for number in range(max(0, (monday(today) - first).days // 7)))


def ends(key: str, live_since: date) -> date:
    """When a target is to be met: after twelve weeks; growth speaks of 30 days, so after these."""
    return live_since + (timedelta(days=GROWTH_DAYS) if key == CREATED else WEEK * PATH_WEEKS)


def path(points: Sequence[Point], target: Decimal | None, end: date, day: date) -> Decimal | None:
    """What a figure should be by a day to meet its target at the end of its path: a straight line to it.

    The line begins with the first week that has a value. Nothing is known without a target or such a week; who began
    above the target has to stay there.

    >>> points = [Point(date(2026, 1, 5), 0.5)]
    >>> path(points, Decimal("0.8"), date(2026, 3, 30), date(2026, 2, 16))
    Decimal('0.6364')
    """
    first = next((each for each in points if each.value is not None), None)
    if target is None or first is None or first.value is None:
        return None
    begin, start = first.week + WEEK, Decimal(str(first.value))
    if start >= target or day >= end or end <= begin:
        return target
    gone = Decimal(max(0, (day - begin).days)) / (end - begin).days
    return (start + (target - start) * gone).quantize(_HUNDREDTH)


def verdict(found: Iterable[Measure], by_now: Mapping[str, Decimal | None]) -> Verdict:
    """On target where every known figure meets it; on the path where the others are as far as they should be by now.

    Far behind where half of the known figures or more miss both; behind otherwise; unknown where nothing is known.
    """
    known = [each for each in found if each.value is not None and each.target is not None]
    if not known:
        return Verdict.UNKNOWN
    if all(each.state is State.GREEN for each in known):
        return Verdict.MET
    off = [each for each in known if each.state is not State.GREEN and not _on_path(each, by_now.get(each.key))]
    if not off:
        return Verdict.ON_PATH
    missed = [each for each in off if each.state is State.RED]
    return Verdict.FAR_BEHIND if 2 * len(missed) >= len(known) else Verdict.BEHIND


def _on_path(found: Measure, by_now: Decimal | None) -> bool:
    return found.value is not None and by_now is not None and found.value >= by_now
