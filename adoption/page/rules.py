"""Which days a reader chose, and what the sentence of the page says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from adoption.measures.rules import KEYS, Verdict, Wish
from crm.counts.rules.windows import Window
from crm.kpis.rules import control
from crm.kpis.rules.control import Limits, Point
from crm.kpis.rules.definitions import State
from crm.kpis.rules.measures import Measure

GO_LIVE = "go-live"
STRETCHES: Mapping[str, int | None] = {"7": 7, GO_LIVE: None, "90": 90}
"""The stretches of days that one may choose; None: since go-live."""
BY = ("team", "role", "person")
STEADY = 0.05
"""A week that differs from the one before by less is steady: five points."""
STANDS_OUT = Decimal("0.05")
"""A group is named where it is so much further from the target than the whole."""
MOST_TOLD = 2
"""So many figures at most are told in the sentence."""
FEATURE_DAYS = 28
FEATURES = ("leads", "accounts", "contacts", "opportunities", "pipeline", "activities", "calendar", "campaigns",
            "search", "quality", "kpis", "dashboards")  # fmt: skip
"""Features that people work with; the others are set up, or are no part of the CRM."""
NEGLECTED = 0.1
"""A feature that fewer of the active people opened is neglected."""
MOST_FEATURES = 5


class Trend(StrEnum):
    """How the last week stands to the one before."""

    STEADY = "steady"
    RISING = "rising"
    FALLING = "falling"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Group:
    """People who are shown together: their name, how many they are, every figure, and how they stand."""

    name: str
    people: int
    measures: Mapping[str, Measure]
    verdict: Verdict
    team_id: int | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A figure that misses its target: by how much, which way it goes, and which group is furthest behind."""

    key: str
    short: Decimal
    state: State
    trend: Trend
    group: str = ""


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature with how many of the active people opened it, and how often."""

    key: str
    people: int
    opened: int
    share: float


def wish(chosen: str, today: Window, live_since: date) -> Wish:
    """The days since go-live, or the last 7 or 90 of them; no day before go-live counts."""
    days = STRETCHES.get(chosen)
    if days is None:
        return Wish(today.between(live_since, today.until), live_since)
    since = max(live_since, today.until - timedelta(days=days - 1))
    return Wish(today.between(since, today.until), live_since, live=False)


def met(found: Mapping[str, Measure]) -> tuple[int, int]:
    """How many figures meet their target, of how many that are known and have one."""
    known = [each for each in found.values() if each.value is not None and each.target is not None]
    return sum(each.state is State.GREEN for each in known), len(known)


def told(found: Mapping[str, Measure], points: Mapping[str, Sequence[Point]], groups: Iterable[Group]) -> list[Told]:
    """The figures that miss their targets, the one that misses it by most first, two at most."""
    many = list(groups)
    missed = [
        Told(key, each.target - each.value, each.state, trend(points.get(key, ())), _furthest(key, each, many))
        for key in KEYS
        for each in [found[key]]
        if each.value is not None and each.target is not None and each.state is not State.GREEN
    ]
    return sorted(missed, key=lambda each: -each.short)[:MOST_TOLD]


def _furthest(key: str, whole: Measure, groups: Sequence[Group]) -> str:
    """The group that lags furthest behind the whole, where it stands out and is not alone."""
    known = [(each.measures[key].value, each) for each in groups if each.measures[key].value is not None]
    if len(known) < 2 or whole.value is None:  # one group is the whole
        return ""
    value, last = min(((value, each) for value, each in known if value is not None), key=lambda pair: pair[0])
    return last.name if whole.value - value >= STANDS_OUT and not last.parts else ""


def trend(points: Sequence[Point]) -> Trend:
    """The last known week against the known one before.

    >>> trend([Point(date(2026, 1, 5), 0.7), Point(date(2026, 1, 12), 0.72)]).value
    'steady'
    """
    known = [each.value for each in points if each.value is not None][-2:]
    if len(known) < 2:  # one week is no way
        return Trend.UNKNOWN
    change = known[1] - known[0]
    if abs(change) < STEADY:
        return Trend.STEADY
    return Trend.RISING if change > 0 else Trend.FALLING


@dataclass(frozen=True, slots=True)
class Control:
    """A figure's weeks, their limits from the eighth week on, and the weeks that stand out."""

    points: Sequence[Point]
    limits: Limits | None
    odd: frozenset[date]

    @property
    def known(self) -> int:
        """So many weeks have a value."""
        return sum(each.value is not None for each in self.points)


def controlled(points: Sequence[Point]) -> Control:
    """The control chart of a figure: limits are those of its first eight weeks with a value, and stay."""
    limits = control.limits_of(points)
    odd = frozenset(each.week for each in control.anomalies(points, limits)) if limits else frozenset()
    return Control(points, limits, odd)


def features(opened: Mapping[str, tuple[int, int]], active: int) -> tuple[list[Feature], list[Feature]]:
    """Features that people work with, the most used first; and those that hardly anybody opened.

    ``opened`` is by feature how many people opened it and how often; nothing is said of nobody.
    """
    if not active:
        return [], []
    found = [
        Feature(key, people, times, people / active) for key in FEATURES for people, times in [opened.get(key, (0, 0))]
    ]
    ranked = sorted(found, key=lambda each: (-each.people, -each.opened, each.key))
    used = [each for each in ranked if each.share >= NEGLECTED]
    return used[:MOST_FEATURES], [each for each in ranked if each.share < NEGLECTED]
