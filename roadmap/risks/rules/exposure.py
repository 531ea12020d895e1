"""Exposure: the sum of the current scores of open risks, now and at the end of each week, against the appetite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from roadmap.risks.rules.scores import Band, band_of

APPETITE = 100
"""The exposure that a project bears where nobody said otherwise."""
_WEEK = timedelta(days=7)
_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Exposure:
    """How much hangs over a project: the sum of scores, what it bears, how many risks are critical and how many open.

    ``open`` counts risks without a score too; they add nothing to ``total``.
    """

    total: int
    appetite: int
    critical: int
    open: int

    @property
    def above(self) -> bool:
        """Whether it is more than the project bears."""
        return self.total > self.appetite


@dataclass(frozen=True, slots=True)
class History:
    """The scores of a risk: (day, score), oldest first; 0 from the day on which it was closed or rejected."""

    risk_id: int
    code: str
    scores: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """Exposure at the end of a week; the running week ends today. Weeks count from 1."""

    week: int
    day: date
    total: int


@dataclass(frozen=True, slots=True)
class Shift:
    """The week in which exposure rose or fell most, by how much, and the risk that did most of it."""

    week: int
    by: int
    code: str


def score_on(history: History, day: date) -> int:
    """The score that held at the end of a day; 0 before the first.

    >>> score_on(History(1, "R-01", ((date(2026, 1, 5), 12), (date(2026, 2, 2), 6))), date(2026, 2, 1))
    12
    """
    return next((score for at, score in reversed(history.scores) if at <= day), 0)


def exposure(histories: Iterable[History], day: date, appetite: int, unscored: int = 0) -> Exposure:
    """Exposure at the end of a day; ``unscored`` open risks have no history yet."""
    held = [score for score in (score_on(each, day) for each in histories) if score]
    critical = sum(band_of(score) is Band.CRITICAL for score in held)
    return Exposure(sum(held), appetite, critical, len(held) + unscored)


def trend(histories: Sequence[History], start: date, today: date) -> list[Point]:
    """Exposure at the end of each week (Sunday) since a project's start, the last point being today.

    Before the start there is only today.
    """
    monday = start - timedelta(days=start.weekday())
    points = []
    week, end = 1, monday + timedelta(days=_SUNDAY)
    while end < today:
        points.append(Point(week, end, _total(histories, end)))
        week, end = week + 1, end + _WEEK
    return [*points, Point(week, today, _total(histories, today))]


def shifts(histories: Sequence[History], points: Sequence[Point]) -> list[Shift]:
    """The largest rise and the largest fall from one week to the next, with the risk behind each."""
    found = []
    for earlier, later in pairwise(points):
        changes = {each.code: score_on(each, later.day) - score_on(each, earlier.day) for each in histories}
        by = later.total - earlier.total
        code = (max if by > 0 else min)(changes, key=lambda name: changes[name]) if changes else ""
        found.append(Shift(later.week, by, code))
    rise = max(found, key=lambda each: each.by, default=None)
    fall = min(found, key=lambda each: each.by, default=None)
    return [each for each, real in ((rise, rise and rise.by > 0), (fall, fall and fall.by < 0)) if each and real]


def _total(histories: Iterable[History], day: date) -> int:
    return sum(score_on(each, day) for each in histories)
