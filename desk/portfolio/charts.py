"""Where the lines and marks of the portfolio's pictures lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from desk.portfolio.rules import Entry, foreseen, slip_of
from roadmap.standing.rules.curve import Point
from roadmap.standing.rules.standing import Standing

SPARK_WIDTH, SPARK_HEIGHT = 92.0, 24.0
ROW, TOP = 34, 28
FORTNIGHT = timedelta(days=14)
WIDE, NARROW = (760, 150), (370, 120)
"""Width of a drawing, and where its time axis begins: names stand left of it."""
LABEL = 96
"""Room for the words right of the last mark."""
MOST_AHEAD = 8
DAY_LABEL = 80
"""The room that a day on the axis takes, with air around it."""
LETTER = 7
"""The width that a letter of a name takes at most."""
Places = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Coming:
    """One line of the picture of go-lives: a dot where it is foreseen, a rule where it should be."""

    id: int
    name: str
    y: int
    foreseen: float
    foreseen_day: date
    by_plan: bool
    target: float | None
    target_day: date | None
    slip: int | None
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class GoLives:
    """The picture of go-lives ahead, in one width."""

    width: int
    height: int
    letters: int
    cls: str
    now: float
    weeks: tuple[tuple[float, date], ...]
    rows: tuple[Coming, ...]


def spark(points: Sequence[Point], scope: float) -> tuple[Places, Places]:
    """The done and the planned line inside 96 x 24; a full height is all work."""
    if not points[1:] or not scope:
        return [], []
    step = SPARK_WIDTH / (len(points) - 1)
    done = [(round(step * at, 1), _spark_y(point.done or 0, scope)) for at, point in enumerate(points)]
    plan = [(round(step * at, 1), _spark_y(point.planned, scope)) for at, point in enumerate(points)]
    return done, plan


def _spark_y(value: float, scope: float) -> float:
    return round(SPARK_HEIGHT - (SPARK_HEIGHT - 2) * value / scope, 1)


def ahead(entries: Iterable[Entry]) -> list[Entry]:
    """The running roll-outs that are still to go live, soonest first."""
    waiting = [each for each in entries if _waits(each.standing)]
    return sorted(waiting, key=lambda each: (foreseen(each), each.id))[:MOST_AHEAD]


def _waits(standing: Standing) -> bool:
    return standing.state == "active" and standing.go_live is not None and not standing.live


def go_lives(entries: Sequence[Entry], today: date) -> tuple[GoLives, ...]:
    """The picture twice: for wide pages and for phones; nothing where no go-live is ahead."""
    if not entries:
        return ()
    return (_drawn(entries, today, WIDE, "only-wide"), _drawn(entries, today, NARROW, "only-narrow"))


def _drawn(entries: Sequence[Entry], today: date, size: tuple[int, int], cls: str) -> GoLives:
    width, left = size
    days = [day for each in entries for day in (foreseen(each), each.standing.target) if day]
    first = min([today, *days])
    first -= timedelta(days=first.weekday())
    span = max((max([today, *days]) - first).days, FORTNIGHT.days)
    scale = (width - left - LABEL) / span

    def at(day: date) -> float:
        return round(left + (day - first).days * scale, 1)

    height = len(entries) * ROW + 40
    every = FORTNIGHT * max(1, -(-span // (FORTNIGHT.days * max(2, (width - left) // DAY_LABEL))))
    weeks = tuple((at(day), day) for day in _steps(first, first + timedelta(days=span), every))
    rows = tuple(_coming(each, TOP + number * ROW, at) for number, each in enumerate(entries))
    return GoLives(width, height, left // LETTER, cls, at(today), weeks, rows)


def _steps(first: date, last: date, step: timedelta) -> list[date]:
    return [first + step * number for number in range((last - first) // step + 1)]


def _coming(entry: Entry, y: int, place: Callable[[date], float]) -> Coming:
    standing = entry.standing
    day = foreseen(entry)
    there, target = place(day), place(standing.target) if standing.target else None
    ends = sorted((there, there if target is None else target))
    return Coming(
        id=entry.id,
        name=entry.name,
        y=y,
        foreseen=there,
        foreseen_day=day,
        by_plan=entry.forecast is None,
        target=target,
        target_day=standing.target,
        slip=slip_of(entry),
        left=ends[0],
        width=round(ends[1] - ends[0], 1),
    )
