"""How often, how deep and how long: the limits of running, and what is kept of a change while it waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import Kind

DEEPEST = 5
"""So many rules may follow from each other; the next one is stopped."""
BATCH = 500
"""So many records are worked on in one transaction."""
AT_ONCE = 20
"""What concerns no more records than these is done right after the write; more waits for the timetable."""
LEASE = timedelta(minutes=3)
WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""How long a run that failed waits before each further try."""
MOST_TRIES = 5
LOOKS_BACK = timedelta(days=30)
"""A trigger of the clock lets go what came due longer ago."""
MOST_DUE = 2_000
"""So many records of a rule come due in one turn."""
KEPT = timedelta(days=180)
DONE, FAILED, GIVEN_UP, STOPPED, PASSED, TAKEN_BACK = "done", "failed", "given-up", "stopped", "passed", "undone"
STATES: Mapping[str, str] = {
    DONE: "Done",
    FAILED: "Failed, is tried again",
    GIVEN_UP: "Failed",
    STOPPED: "Stopped: a loop",
    PASSED: "Conditions did not hold",
    TAKEN_BACK: "Taken back",
}
_KEPT_KINDS = frozenset({Kind.CHOICE, Kind.FLAG, Kind.PERSON, Kind.TEAM, Kind.RECORD})


def next_try(tries: int, now: datetime) -> datetime | None:
    """When a run that failed so often is tried again; None when it is given up.

    >>> noon = datetime(2026, 2, 18, 12)
    >>> [next_try(each, noon).hour for each in (1, 3, 4)], next_try(5, noon)
    ([12, 13, 18], None)
    """
    return now + WAITS[tries - 1] if tries <= len(WAITS) else None


def kept_change(subject: ObjectType, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """What waits of a change: the names of its fields, and the values of those that hold no text of people.

    None where no field changed, as when a record goes into the bin.
    """
    found_before, found_after = {}, {}
    for key, value in after.items():
        if not subject.has(key):
            continue
        plain = subject.field(key).kind in _KEPT_KINDS
        found_after[key] = _plain(value) if plain else None
        if plain and key in before:
            found_before[key] = _plain(before[key])
    found_after.pop("changed_at", None)
    return (found_before, found_after) if found_after else None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def due_chain(moment: date | datetime) -> str:
    """The name of the chain that a moment of a record begins: each value of the field sets a rule off once.

    >>> due_chain(date(2026, 3, 1))
    'due:2026-03-01'
    """
    return f"due:{moment.isoformat()}"[:40]
