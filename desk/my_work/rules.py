"""What a person has to do, by when: four buckets, and how much of it presses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from kernel.permission import Visibility, allow

GRANTS = allow("work.see", administrator=Visibility.ALL, person=Visibility.ALL)
"""Everybody sees their own work; what it is made of, each roll-out's roles say."""
SHOWN_LATER = 15
"""How much of what comes later is shown at once."""


MORNING = range(6, 12)
"""The hours in which people are told what is due."""


class Bucket(StrEnum):
    """When something is due, seen from today."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Duty:
    """A task, a checklist item or an action item to do. ``place`` is its phase, its list or its number.

    ``percent`` is None for what is only done or not; ``may`` says whether this person may report on it, ``may_log``
    whether they may log time on it; ``blocked`` is what keeps it from going on.
    """

    kind: str
    id: int
    name: str
    due: date | None
    project_id: int
    project: str
    place: str
    place_id: int | None
    required: bool
    percent: int | None = None
    started: bool = False
    milestone: bool = False
    may: bool = True
    may_log: bool = False
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many things there are, and how many of them are overdue, due today, due in the rest of the week."""

    total: int
    overdue: int
    today: int
    week: int


def end_of_week(today: date) -> date:
    """The Sunday of a day's week.

    >>> end_of_week(date(2026, 2, 18))
    datetime.date(2026, 2, 22)
    """
    return today + timedelta(days=6 - today.weekday())


def bucket(due: date | None, today: date) -> Bucket:
    """Where something belongs; without a day it can wait.

    >>> bucket(date(2026, 2, 20), date(2026, 2, 18)).value
    'week'
    """
    if due is None or due > end_of_week(today):
        return Bucket.LATER
    if due < today:
        return Bucket.OVERDUE
    return Bucket.TODAY if due == today else Bucket.WEEK


def in_buckets(duties: Iterable[Duty], today: date) -> dict[Bucket, list[Duty]]:
    """Everything in its bucket, soonest first; all four are there."""
    found: dict[Bucket, list[Duty]] = {each: [] for each in Bucket}
    for duty in sorted(duties, key=lambda each: (each.due or date.max, each.kind, each.project_id, each.id)):
        found[bucket(duty.due, today)].append(duty)
    return found


def tally(buckets: dict[Bucket, list[Duty]]) -> Tally:
    """Count the buckets."""
    return Tally(
        total=sum(len(duties) for duties in buckets.values()),
        overdue=len(buckets[Bucket.OVERDUE]),
        today=len(buckets[Bucket.TODAY]),
        week=len(buckets[Bucket.WEEK]),
    )


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that somebody has to do: ``key`` as notices call it."""

    key: str
    name: str
    project_id: int
    due: date


def late_and_due(things: Iterable[Owed], today: date) -> tuple[list[Owed], list[Owed]]:
    """What is late, the longest waiting first, and what is due tomorrow."""
    ordered = sorted(things, key=lambda thing: (thing.due, thing.key))
    tomorrow = today + timedelta(days=1)
    return [thing for thing in ordered if thing.due < today], [thing for thing in ordered if thing.due == tomorrow]


def is_morning(local: datetime) -> bool:
    """Whether people are told now what is due."""
    return local.hour in MORNING
