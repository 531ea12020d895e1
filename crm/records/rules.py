"""What follows from a record's own values: names of two parts, when a status was first reached, how a deal ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from crm.queues.rules import Desk
from crm.queues.rules import follow as follow_ticket
from kernel.errors import RuleBroken

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StageFacts:
    """What a rule needs to know of a stage."""

    id: int
    outcome: str
    probability: int


Known = StageFacts | Desk | None
"""What a rule has to know besides a record's own values."""


def full_name(first: str, last: str) -> str:
    """A name of two parts.

    >>> full_name("Ines", "Maertens"), full_name("", "Dams")
    ('Ines Maertens', 'Dams')
    """
    return f"{first} {last}".strip()


def follow(subject: str, before: Values, after: Values, now: datetime, known: Known = None) -> dict[str, Any]:
    """The values that follow from others, to be kept with them. ``before`` is empty for a new record.

    ``known`` is the stage that an opportunity is in after the change, or what the help desk is set to.
    Raises RuleBroken for what can't be.

    >>> follow("contact", {}, {"first_name": "Ines", "last_name": "Maertens"}, datetime(2026, 2, 18))
    {'name': 'Ines Maertens'}
    """
    return _FOLLOWS.get(subject, _nothing)(before, after, now, known)


def _nothing(_before: Values, _after: Values, _now: datetime, _known: Known) -> dict[str, Any]:
    return {}


def _contact(_before: Values, after: Values, _now: datetime, _known: Known) -> dict[str, Any]:
    return {"name": full_name(after.get("first_name") or "", after.get("last_name") or "")}


def _lead(before: Values, after: Values, now: datetime, known: Known) -> dict[str, Any]:
    found = _contact(before, after, now, known)
    status = after.get("status")
    if status in ("mql", "sql", "converted") and not after.get("mql_at"):
        found["mql_at"] = now
    if status in ("sql", "converted") and not after.get("sql_at"):
        found["sql_at"] = now
    return found


def _opportunity(before: Values, after: Values, now: datetime, stage: Known) -> dict[str, Any]:
    if not isinstance(stage, StageFacts):
        raise RuleBroken("crm.stage", "Choose a stage.", field="stage_id")
    if stage.outcome == "lost" and not after.get("lost_reason"):
        raise RuleBroken("crm.lost_reason", "Say why the deal was lost.", field="lost_reason")
    was_open = before.get("outcome", "open") == "open"
    closed = after.get("closed_at")
    if stage.outcome == "open":
        closed = None
    elif closed is None or (was_open and before):
        closed = now
    return {"outcome": stage.outcome, "closed_at": closed}


def _activity(_before: Values, after: Values, now: datetime, _known: Known) -> dict[str, Any]:
    state, occurred = after.get("state"), after.get("occurred_at")
    if state == "planned" and occurred is not None:
        raise RuleBroken("crm.planned", "What is planned has not happened yet. Mark it as done.", field="occurred_at")
    if state == "done" and occurred is None:
        return {"occurred_at": now}
    if occurred is not None and occurred > now:
        raise RuleBroken("crm.future", "That lies in the future. Plan it instead.", field="occurred_at")
    return {}


def _ticket(before: Values, after: Values, now: datetime, desk: Known) -> dict[str, Any]:
    return follow_ticket(before, after, now, desk) if isinstance(desk, Desk) else {}


_FOLLOWS: Mapping[str, Callable[[Values, Values, datetime, Known], dict[str, Any]]] = {
    "contact": _contact,
    "lead": _lead,
    "opportunity": _opportunity,
    "activity": _activity,
    "ticket": _ticket,
}


PAGES_OF_THEIR_OWN: Mapping[tuple[str, str], frozenset[str]] = {
    ("lead", "status"): frozenset({"converted", "disqualified"})
}
"""Values that a form does not set, by object and field: a page of their own asks for what belongs to them."""


def has_own_page(subject: str, key: str, value: Any) -> bool:
    """Whether a value is reached by a page of its own only.

    >>> has_own_page("lead", "status", "converted"), has_own_page("lead", "status", "mql")
    (True, False)
    """
    return value in PAGES_OF_THEIR_OWN.get((subject, key), ())


def differs(one: Any, other: Any) -> bool:
    """Whether a value changed; nothing typed and nothing there are the same."""
    return (one or None) != (other or None) if not isinstance(one, (int, date, Enum)) or one is None else one != other
