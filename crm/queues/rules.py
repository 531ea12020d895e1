"""What holds for a ticket by its own values: its priority from severity and impact, and what a new state brings.

Terms and states are those of ITIL's incident practice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from kernel.errors import RuleBroken

Matrix = Mapping[tuple[str, str], str]
"""The priority of each (severity, impact)."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the help desk is set to: the matrix, and the team of each queue."""

    matrix: Matrix
    teams: Mapping[int, int | None]


class State(StrEnum):
    """How far a ticket is."""

    NEW = "new"
    TRIAGED = "triaged"
    IN_PROGRESS = "in-progress"
    WAITING = "waiting"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    VERIFIED = "verified"
    CLOSED = "closed"
    REOPENED = "reopened"


class Audience(StrEnum):
    """Whose tickets wait in a queue: those of customers, or those of the people of a roll-out."""

    CUSTOMERS = "customers"
    ROLL_OUT = "roll-out"


SEVERITIES = ("critical", "high", "medium", "low")
IMPACTS = ("organisation", "department", "team", "person")
PRIORITIES = ("critical", "high", "medium", "low")
DONE = frozenset({State.RESOLVED, State.VERIFIED, State.CLOSED})
"""States in which nobody works on a ticket any more."""
OPEN = tuple(each.value for each in State if each not in DONE)
"""The values of the states in which somebody has to."""
_WORKING = frozenset({State.TRIAGED, State.IN_PROGRESS, State.WAITING, State.ESCALATED, State.RESOLVED})
MOVES: Mapping[State, frozenset[State]] = {
    State.NEW: _WORKING,
    State.TRIAGED: _WORKING,
    State.IN_PROGRESS: _WORKING,
    State.WAITING: _WORKING,
    State.ESCALATED: _WORKING,
    State.REOPENED: _WORKING,
    State.RESOLVED: frozenset({State.VERIFIED, State.CLOSED, State.REOPENED}),
    State.VERIFIED: frozenset({State.CLOSED, State.REOPENED}),
    State.CLOSED: frozenset({State.REOPENED}),
}
"""Where a ticket may go from each state."""
_WEIGHT = {"critical": 3, "high": 2, "medium": 1, "low": 0}
_REACH = {"organisation": 3, "department": 2, "team": 1, "person": 0}
_BY_SUM = {6: "critical", 5: "critical", 4: "high", 3: "high", 2: "medium", 1: "low", 0: "low"}


def shipped_matrix() -> dict[tuple[str, str], str]:
    """The matrix until somebody edits it.

    >>> shipped = shipped_matrix()
    >>> shipped["critical", "organisation"], shipped["critical", "person"], shipped["low", "person"]
    ('critical', 'high', 'low')
    """
    return {
        (severity, impact): _BY_SUM[weight + reach]
        for severity, weight in _WEIGHT.items()
        for impact, reach in _REACH.items()
    }


def may_move(before: str, after: str) -> bool:
    """Whether a ticket may go from one state to another; staying is no move.

    >>> may_move("new", "resolved"), may_move("closed", "in-progress")
    (True, False)
    """
    return State(after) in MOVES[State(before)]


def follow(before: Mapping[str, Any], after: Mapping[str, Any], now: datetime, desk: Desk) -> dict[str, Any]:
    """What follows from a ticket's values: its priority, its team, and the moments that belong to its state.

    ``before`` is empty for a new ticket, which may begin in any state: it may come from elsewhere. What is none of the
    choices is left to be refused. Raises RuleBroken for a state that can't be reached from the one before.
    """
    found: dict[str, Any] = {"team_id": _team(before, after, desk)}
    if priority := desk.matrix.get((after.get("severity") or "", after.get("impact") or "")):
        found["priority"] = priority
    was, state = before.get("state"), after.get("state")
    if state == was or state not in set(State):
        return found
    if was and not may_move(was, state):
        raise RuleBroken(
            "crm.ticket_state",
            "A ticket that is %(was)s can't become %(state)s.",
            field="state",
            was=was.replace("-", " "),
            state=state.replace("-", " "),
        )
    return found | _moments(after, State(state), now)


def _team(before: Mapping[str, Any], after: Mapping[str, Any], desk: Desk) -> int | None:
    """A ticket goes to the team of its queue with every change of queue, unless another team is named with it, and back
    to that team when nobody has it any more.
    """
    named, queue = after.get("team_id"), after.get("queue_id") or 0
    moved = before.get("queue_id") != queue and named == before.get("team_id")
    return desk.teams.get(queue) if moved or (named is None and after.get("owner_id") is None) else named


def _moments(after: Mapping[str, Any], state: State, now: datetime) -> dict[str, Any]:
    if state is State.REOPENED:
        again = (after.get("reopened") or 0) + 1
        return {"reopened": again, "resolved_at": None, "verified_at": None, "closed_at": None}
    found: dict[str, Any] = {}
    if state in DONE:
        found["resolved_at"] = after.get("resolved_at") or now
    if state is State.VERIFIED:
        found["verified_at"] = after.get("verified_at") or now
    if state is State.CLOSED:
        found["closed_at"] = after.get("closed_at") or now
    return found
