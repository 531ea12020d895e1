"""What a report is made from: the plan's work, its links, checklists and phases as they stood on a day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

Working = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Work:
    """A task or milestone on the day of the report; summaries are not work.

    ``percent`` is 0 to 100 on that day, ``done_on`` the day it was finished, ``promised`` the day it was first planned
    for where the plan says one (``basis``: target, deadline, window or empty).
    """

    id: int
    name: str
    start: date
    finish: date
    percent: float
    milestone: bool = False
    go_live: bool = False
    critical: bool = False
    late: bool = False
    owner_id: int | None = None
    owner: str = ""
    role: str = ""
    phase: str = ""
    deadline: date | None = None
    promised: date | None = None
    basis: str = ""
    done_on: date | None = None
    waits_for: tuple[int, ...] = ()

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.percent >= 100

    @property
    def who(self) -> str:
        """The owner, else the role that does it."""
        return self.owner or self.role

    @property
    def due(self) -> date:
        """The day it has to be done by: its deadline or its planned finish, whichever comes first."""
        return min(self.finish, self.deadline or self.finish)


@dataclass(frozen=True, slots=True)
class ListState:
    """A checklist on the day of the report; ``guards_id`` is the milestone that waits for its required items."""

    id: int
    name: str
    done: int
    total: int
    late: int
    required_open: int
    guards_id: int | None = None
    guards: str = ""


def percent_on(
    percent: float,
    dates: tuple[date, date],
    actual: tuple[datetime | None, datetime | None],
    as_of: date,
    is_working: Working,
) -> float:
    """Progress on an earlier day, from what has a date: work that began later is at 0, work that was finished later is
    taken as far as its working days had gone; otherwise what is recorded now.
    """
    begun, finished = (each.date() if each else None for each in actual)
    if begun is not None and begun > as_of:
        return 0.0
    if finished is not None and finished > as_of:
        return min(99.0, 100 * elapsed(begun or dates[0], finished, as_of, is_working))
    return percent


def elapsed(start: date, finish: date, as_of: date, is_working: Working) -> float:
    """The share of the working days from ``start`` to ``finish``, both counted, that has passed at the end of a day.

    >>> elapsed(date(2026, 2, 16), date(2026, 2, 19), date(2026, 2, 17), lambda day: day.weekday() < 5)
    0.5
    """
    if as_of < start:
        return 0.0
    if as_of >= finish:
        return 1.0
    return _days(start, as_of, is_working) / max(_days(start, finish, is_working), 1)


def _days(first: date, last: date, is_working: Working) -> int:
    return sum(is_working(first + timedelta(days=n)) for n in range((last - first).days + 1))
