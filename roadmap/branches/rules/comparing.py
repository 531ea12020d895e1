"""What differs between a plan and its branches, task by task and field by field, with who changed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from roadmap.branches.rules.shot import Row, Shot, changed_fields, in_order, table_of

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
NEW_IN_PLAN, GONE_IN_PLAN = "new in the plan", "gone in the plan"
"""What the plan did since: a row that the branch never had, and one that only the branch still has."""
UNSAID = frozenset({"key", "uid", "kept", "type", "phase_id"})
"""What no reader asks for: where a row came from, and what follows from other rows."""
Dates = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Line:
    """A field that differs: what the plan says, what the branch says, and whether the branch or the plan changed it."""

    key: str
    field: str
    trunk: Any
    branch: Any
    by_branch: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs in a task, a role or the project itself; without lines it only moved because others did."""

    key: str
    what: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """What one compares plans by. None is unknown, or nothing that the reader may see; ``cost`` is in cents."""

    finish: date | None = None
    go_live: date | None = None
    p80: date | None = None
    cost: int | None = None
    overloads: int | None = None


def later(before: date | None, after: date | None) -> int | None:
    """By how many days a day moved; below 0 it is sooner, None where one of them is unknown.

    >>> later(date(2026, 3, 3), date(2026, 3, 1))
    -2
    """
    return None if before is None or after is None else (after - before).days


def differences(base: Shot, branch: Shot, trunk: Shot) -> dict[str, Difference]:
    """What differs between a branch and its plan as it is now, by the task, role or project that it is said of."""
    found: dict[str, Difference] = {}
    for key in in_order({**trunk, **branch}):
        subject = subject_of(key, branch.get(key) or trunk[key])
        what = _what(key, base, branch, trunk)
        lines = tuple(_lines(key, base.get(key), branch.get(key), trunk.get(key)))
        if subject == key and what != CHANGED:
            found[key] = Difference(key, what, lines if what == CHANGED else ())
        elif lines and found.get(subject, Difference(subject, CHANGED)).what == CHANGED:
            there = found.get(subject, Difference(subject, CHANGED))
            found[subject] = Difference(subject, CHANGED, there.lines + lines)
    return found


def _what(key: str, base: Shot, branch: Shot, trunk: Shot) -> str:
    if key in trunk and key in branch:
        return CHANGED
    if key in branch:
        return GONE_IN_PLAN if key in base else ADDED
    return REMOVED if key in base else NEW_IN_PLAN


def subject_of(key: str, row: Row) -> str:
    """What a row is said of: a link of the task that waits, an assignment of its task, an allocation of its role.

    >>> subject_of("dependency:task:1>task:2>FS", {"successor_id": "task:2"})
    'task:2'
    """
    field = {"dependency": "successor_id", "task_assignment": "task_id", "allocation": "role_id"}.get(table_of(key))
    return key if field is None else str(row[field])


def _lines(key: str, base: Row | None, branch: Row | None, trunk: Row | None) -> Iterator[Line]:
    if branch is None or trunk is None:
        if branch or trunk:
            yield Line(key, "", trunk, branch, by_branch=(base is None) == (trunk is None))
        return
    for field in changed_fields(branch, trunk):
        if field not in UNSAID:
            before = trunk.get(field) if base is None else base.get(field)
            yield Line(key, field, trunk.get(field), branch.get(field), by_branch=branch.get(field) != before)
