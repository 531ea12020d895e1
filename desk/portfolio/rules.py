"""What the portfolio says of several roll-outs together, and what waits for one person in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar

from kernel.permission import Visibility, allow
from readiness.health.rules.claims import Foreseen
from roadmap.standing.rules.curve import Point, Work, series
from roadmap.standing.rules.health import Health
from roadmap.standing.rules.standing import Standing

GRANTS = allow("portfolio.see", administrator=Visibility.ALL, person=Visibility.ALL)
"""Everybody may open the portfolio; it holds the roll-outs that they have a part in."""
SPARK_DAYS = 8
"""How many steps a line as small as a word has."""
ACTIVE = "active"
WEIGHT = {Health.OFF_TRACK: 0, Health.AT_RISK: 1, Health.UNKNOWN: 2, Health.ON_TRACK: 3, Health.CLOSED: 4}
"""The order of health: what needs help first."""


class Entry(Protocol):
    """What is read of a roll-out's line."""

    @property
    def id(self) -> int: ...  # noqa: D102  # a line of the portfolio
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def standing(self) -> Standing: ...  # noqa: D102
    @property
    def worst(self) -> Health: ...  # noqa: D102
    @property
    def forecast(self) -> Foreseen | None: ...  # noqa: D102  # what was kept last, while it is not live


Line = TypeVar("Line", bound=Entry)


@dataclass(frozen=True, slots=True)
class Summary:
    """The portfolio in figures. ``off``, ``risky`` and ``unknown`` hold running roll-outs, the latest first.

    ``upcoming`` is the roll-out that goes live next.
    """

    active: int
    closed: int
    off: tuple[Entry, ...]
    risky: tuple[Entry, ...]
    unknown: tuple[Entry, ...]
    upcoming: Entry | None


def foreseen(entry: Entry) -> date:
    """When it goes live: P80, where no forecast was kept by the plan."""
    return entry.forecast.p80.date() if entry.forecast else entry.standing.go_live or date.max


def slip_of(entry: Entry) -> int | None:
    """By how many days that is after its target; None without one."""
    return entry.forecast.slip(entry.standing.target) if entry.forecast else entry.standing.slip


def ordered(entries: Iterable[Line]) -> list[Line]:
    """The lines with what needs help first; of the same health the latest first."""
    return sorted(entries, key=lambda row: (WEIGHT[row.worst], -(slip_of(row) or 0), row.name, row.id))


def summary(entries: Iterable[Entry], today: date) -> Summary:
    """Count the roll-outs by the colour that is computed for the whole."""
    rows = list(entries)
    running = [row for row in rows if row.standing.state == ACTIVE]
    ahead = [row for row in running if _ahead(row.standing, today)]
    return Summary(
        active=len(running),
        closed=len(rows) - len(running),
        off=_of(running, Health.OFF_TRACK),
        risky=_of(running, Health.AT_RISK),
        unknown=_of(running, Health.UNKNOWN),
        upcoming=min(ahead, key=lambda row: (foreseen(row), row.id), default=None),
    )


def _of(rows: Iterable[Entry], health: Health) -> tuple[Entry, ...]:
    return tuple(ordered(row for row in rows if row.worst is health))


def _ahead(standing: Standing, today: date) -> bool:
    return standing.go_live is not None and not standing.live and standing.go_live >= today


def spark_days(start: date, today: date) -> list[date]:
    """The days of a small line: evenly from the start to today; none before there are two of them.

    >>> len(spark_days(date(2026, 1, 5), date(2026, 2, 18)))
    9
    """
    passed = (today - start).days
    if passed < 1:
        return []
    steps = min(SPARK_DAYS, passed)
    return [start + timedelta(days=round(number * passed / steps)) for number in range(steps + 1)]


def spark(work: Sequence[Work], start: date, today: date) -> list[Point]:
    """The two lines of a roll-out up to today; empty without work or before it began."""
    return series(work, spark_days(start, today), today) if any(each.minutes for each in work) else []
