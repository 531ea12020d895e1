"""Counting response times in buckets, so that medians of many workers and minutes can be added up.

A share of a histogram is found as Prometheus does it: linearly inside the bucket that holds it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

BOUNDS_MS = (5, 10, 25, 50, 75, 100, 150, 250, 500, 1_000, 2_500, 5_000, 10_000)
"""Upper ends of the buckets in milliseconds; one more bucket holds what took longer."""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MINUTES_KEPT, HOURS_KEPT, FAILURES_KEPT = timedelta(days=2), timedelta(days=400), timedelta(days=90)


class Window(Enum):
    """How far one looks back, and the steps in which a line is drawn."""

    HOUR = ("1h", timedelta(hours=1), timedelta(minutes=5))
    DAY = ("24h", timedelta(days=1), timedelta(hours=1))
    WEEK = ("7d", timedelta(days=7), timedelta(hours=6))
    MONTH = ("30d", timedelta(days=30), timedelta(days=1))

    def __init__(self, key: str, length: timedelta, step: timedelta) -> None:
        """Its key in an address, its length and the length of a step."""
        self.key, self.length, self.step = key, length, step

    @classmethod
    def named(cls, key: str) -> Window:
        """The window of an address; a day for a key that is none.

        >>> Window.named("7d").name, Window.named("century").name
        ('WEEK', 'DAY')
        """
        return next((each for each in cls if each.key == key), cls.DAY)


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers counted by how long they took. ``counts`` has one number a bucket, ``failed`` are those with 5xx."""

    counts: tuple[int, ...] = (0,) * (len(BOUNDS_MS) + 1)
    failed: int = 0
    total_ms: float = 0.0

    @property
    def answered(self) -> int:
        """How many answers."""
        return sum(self.counts)

    @property
    def error_rate(self) -> float | None:
        """The share of answers that failed, 0 to 1; None where nothing was asked."""
        return self.failed / self.answered if self.answered else None

    def with_answer(self, milliseconds: float, *, failed: bool) -> Tally:
        """The same with one more answer."""
        place = bisect_left(BOUNDS_MS, milliseconds)
        counts = (*self.counts[:place], self.counts[place] + 1, *self.counts[place + 1 :])
        return Tally(counts, self.failed + failed, self.total_ms + milliseconds)

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        counts = tuple(mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True))
        return Tally(counts, self.failed + other.failed, self.total_ms + other.total_ms)

    def quantile(self, share: float) -> float | None:
        """The milliseconds within which a share (0 to 1) of the answers came; None where nothing was asked.

        What took longer than the last bound counts as the last bound: "10 s or more".

        >>> tally = Tally().with_answer(8, failed=False).with_answer(20, failed=False)
        >>> tally.quantile(0.5), tally.quantile(1)
        (10.0, 25.0)
        """
        wanted, below = share * self.answered, 0
        if not self.answered:
            return None
        for place, count in enumerate(self.counts[:-1]):
            if count and below + count >= wanted:
                low = BOUNDS_MS[place - 1] if place else 0
                return low + (BOUNDS_MS[place] - low) * (wanted - below) / count
            below += count
        return float(BOUNDS_MS[-1])


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer that failed: when, where, and under which number the log tells more."""

    at: datetime
    method: str
    path: str
    status: int
    request_id: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A tally of one page in one stretch of time; ``minutes`` of it were seen by a worker (for the time in service)."""

    at: datetime
    endpoint: str
    tally: Tally
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a line over time."""

    at: datetime
    tally: Tally


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    found = Tally()
    for each in tallies:
        found += each
    return found


def start_of(moment: datetime, step: timedelta) -> datetime:
    """The start of the step of time in which a moment lies, counted from midnight of UTC.

    >>> start_of(datetime(2026, 2, 18, 9, 17, 30, tzinfo=UTC), timedelta(hours=6)).isoformat()
    '2026-02-18T06:00:00+00:00'
    """
    epoch = datetime(2000, 1, 1, tzinfo=UTC)
    return epoch + (moment - epoch) // step * step


def steps(kept: Sequence[Kept], now: datetime, window: Window) -> list[Step]:
    """The line over a window: every step, those without an answer too, the one with now last."""
    last = start_of(now, window.step)
    count = window.length // window.step
    found = {last - window.step * number: Tally() for number in range(count)}
    for each in kept:
        at = start_of(each.at, window.step)
        if at in found:
            found[at] += each.tally
    return [Step(at, tally) for at, tally in sorted(found.items())]


def folded(minutes: Iterable[Kept]) -> list[Kept]:
    """Minutes as hours: answers added up by page, and in how many minutes of the hour some worker was up."""
    tallies: dict[tuple[datetime, str], Tally] = {}
    up: dict[datetime, set[datetime]] = {}
    for each in minutes:
        hour = start_of(each.at, HOUR)
        if each.endpoint:
            tallies[hour, each.endpoint] = tallies.get((hour, each.endpoint), Tally()) + each.tally
        else:
            up.setdefault(hour, set()).add(each.at)
    pages = [Kept(hour, endpoint, tally) for (hour, endpoint), tally in sorted(tallies.items())]
    return [*pages, *(Kept(hour, "", Tally(), len(seen)) for hour, seen in sorted(up.items()))]


def in_service(kept: Sequence[Kept], now: datetime, window: Window, first: datetime | None) -> float | None:
    """The share of minutes in which some worker was up, 0 to 1, since the window's or the first measurement's start.

    None before anything was measured. The minute under way is not counted.
    """
    if first is None:
        return None
    begin = max(start_of(now - window.length, MINUTE), first)
    minutes = (start_of(now, MINUTE) - begin) // MINUTE
    seen = {each.at: each.minutes for each in kept if begin <= each.at < start_of(now, MINUTE)}
    return min(1.0, sum(seen.values()) / minutes) if minutes > 0 else None
