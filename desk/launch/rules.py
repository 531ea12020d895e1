"""What belongs to a launch day, told from rows of the plan and its lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

AROUND = timedelta(days=2)
"""So many days before and after the launch its page looks."""
MOST = 12
"""Rows of each list on the page."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A task, a checklist item or an action item: where it opens, whose it is, its day, and when it was done."""

    kind: str
    name: str
    href: str
    owner: str
    due: date | None
    done_on: date | None = None

    def late(self, today: date) -> bool:
        """Whether its day has passed and it is open."""
        return self.done_on is None and self.due is not None and self.due < today


@dataclass(frozen=True, slots=True)
class Arrived:
    """The first time that somebody of the audience was here since the launch; without a name where it is not told."""

    at: datetime
    team: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """How many people of a team were here since the launch."""

    name: str
    here: int
    whole: int


def around(launch: date) -> tuple[date, date]:
    """The first and the last day that belong to a launch."""
    return launch - AROUND, launch + AROUND


def finished(things: Iterable[Thing], launch: date, today: date) -> list[Thing]:
    """What was done around the launch, the latest first."""
    first, last = around(launch)
    done = [each for each in things if each.done_on and first <= each.done_on <= min(last, today)]
    return sorted(done, key=lambda each: (-(each.done_on or first).toordinal(), each.name))


def upcoming(things: Iterable[Thing], launch: date, today: date) -> list[Thing]:
    """What is open and due by today, or by the end of the launch's days, the earliest first.

    >>> day = date(2026, 3, 3)
    >>> tasks = [Thing("task", name, "", "", date(2026, 3, n)) for name, n in (("b", 4), ("a", 3), ("far", 9))]
    >>> [each.name for each in upcoming(tasks, day, day)]
    ['a', 'b']
    """
    last = max(around(launch)[1], today)
    due = [each for each in things if each.done_on is None and each.due is not None and each.due <= last]
    return sorted(due, key=lambda each: (each.due or last, each.kind, each.name))


def by_team(members: Sequence[tuple[int, str]], here: Iterable[int]) -> list[Team]:
    """The teams of an audience with how many of each were here, by name; members are number and team.

    >>> by_team([(1, "North"), (2, "North"), (3, "South")], [1])
    [Team(name='North', here=1, whole=2), Team(name='South', here=0, whole=1)]
    """
    seen = set(here)
    names = sorted({team for _number, team in members})
    return [
        Team(
            name,
            sum(team == name and number in seen for number, team in members),
            sum(team == name for _number, team in members),
        )
        for name in names
    ]
