"""How the tickets of the help desk are narrowed, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from crm.queues.rules import OPEN, PRIORITIES, State

LANES = (*OPEN, State.RESOLVED.value)
"""The columns of the board: what is open, and what waits for the requester's yes."""
SOON = timedelta(hours=4)
"""A promise that ends within this is soon."""


class Show(StrEnum):
    """Which tickets are listed: all whose clock runs, those past their promise, those that wait for an answer."""

    RUNNING = "running"
    LATE = "late"
    WAITING = "waiting"


class Whose(StrEnum):
    """Whose tickets are listed."""

    ALL = "all"
    MINE = "mine"
    NOBODY = "nobody"


class Pace(StrEnum):
    """How a promise stands."""

    LATE = "late"
    SOON = "soon"
    LATER = "later"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address narrows the desk to."""

    show: Show = Show.RUNNING
    whose: Whose = Whose.ALL
    queue_id: int | None = None
    priority: str = ""

    def query(self, **other: Any) -> dict[str, Any]:
        """The address of these filters, with some of them otherwise."""
        found = replace(self, **other)
        plain = {"show": found.show.value, "whose": found.whose.value}
        usual = {"show": Show.RUNNING.value, "whose": Whose.ALL.value}
        wished = {key: value for key, value in plain.items() if value != usual[key]}
        return wished | {
            key: value for key, value in (("queue", found.queue_id), ("priority", found.priority)) if value
        }


@dataclass(frozen=True, slots=True)
class Sums:
    """What the tickets of the desk add up to; ``waiting`` are paused and not among the ``running``."""

    running: int = 0
    late: int = 0
    waiting: int = 0
    nobody: int = 0
    mine: int = 0
    critical: int = 0


def filters_of(sent: Mapping[str, str]) -> Filters:
    """The filters that an address names; what is none of the choices narrows nothing.

    >>> filters_of({"show": "late", "priority": "x", "queue": "3"})
    Filters(show=<Show.LATE: 'late'>, whose=<Whose.ALL: 'all'>, queue_id=3, priority='')
    """
    show, whose, queue, priority = (sent.get(key, "") for key in ("show", "whose", "queue", "priority"))
    return Filters(
        Show(show) if show in set(Show) else Show.RUNNING,
        Whose(whose) if whose in set(Whose) else Whose.ALL,
        int(queue) if queue.isascii() and queue.isdigit() and len(queue) < 10 else None,
        priority if priority in PRIORITIES else "",
    )


def pace(due: datetime | None, now: datetime) -> Pace:
    """How a promise stands at a moment.

    >>> noon = datetime(2026, 2, 18, 12)
    >>> pace(noon - SOON, noon).value, pace(noon + SOON, noon).value, pace(None, noon).value
    ('late', 'soon', 'none')
    """
    if due is None:
        return Pace.NONE
    return Pace.LATE if due < now else Pace.SOON if due <= now + SOON else Pace.LATER


def promise(
    answered: datetime | None, respond_by: datetime | None, resolve_by: datetime | None
) -> tuple[bool, datetime | None]:
    """Which promise ends next, whether it is the first answer, and when.

    >>> promise(None, datetime(2026, 2, 18, 9), datetime(2026, 2, 18, 17))
    (True, datetime.datetime(2026, 2, 18, 9, 0))
    """
    if answered is None and respond_by is not None:
        return True, respond_by
    return False, resolve_by


def by_state(counted: Iterable[tuple[str, int]]) -> dict[str, int]:
    """How many tickets stand in each column of the board."""
    found = dict(counted)
    return {each: found.get(each, 0) for each in LANES}
