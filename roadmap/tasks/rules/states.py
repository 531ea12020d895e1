"""The state of a task in a word."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

FINISHED = 100
"""The percentage at which nothing is left to do."""


class State(StrEnum):
    """What is said of a task; late goes before the others while it is unfinished."""

    NOT_STARTED = "not started"
    IN_PROGRESS = "in progress"
    LATE = "late"
    DONE = "done"


def is_late(percent: float, finish: datetime, deadline: date | None, today: date) -> bool:
    """Unfinished although its finish or its deadline lies before today.

    >>> is_late(90, datetime(2026, 2, 17, 17), None, today=date(2026, 2, 18))
    True
    >>> is_late(90, datetime(2026, 2, 18, 17), None, today=date(2026, 2, 18))
    False
    """
    return percent < FINISHED and (finish.date() < today or (deadline is not None and deadline < today))


def state_of(percent: float, *, started: bool, late: bool) -> State:
    """The word for a task.

    >>> state_of(0, started=True, late=False).value
    'in progress'
    """
    if percent >= FINISHED:
        return State.DONE
    if late:
        return State.LATE
    return State.IN_PROGRESS if started or percent > 0 else State.NOT_STARTED
