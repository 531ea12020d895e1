"""Policies: what is promised for each priority, in which hours, what pauses a clock, and who is told when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from crm.queues.rules import PRIORITIES, State
from crm.sla.rules.clocks import Measure
from kernel.errors import RuleBroken
from kernel.worktime import Calendar, Period, Periods

HOUR = 60
LONGEST = 60 * 24 * 365
MOST_RUNGS = 8
MOST_PERCENT = 500
NAME_LIMIT = 120
PAUSABLE = (State.WAITING, State.ESCALATED)
"""States in which a policy may let the clock of the solution stand still."""


class Tell(StrEnum):
    """Who is told of a rung of the ladder."""

    AGENT = "agent"
    LEADERS = "leaders"
    MANAGERS = "managers"


@dataclass(frozen=True, slots=True)
class Promise:
    """Minutes until a first answer and until a solution; none is no promise. ``whole``: nights and Sundays count."""

    respond: int | None
    resolve: int | None
    whole: bool = False

    def limit(self, measure: Measure) -> int | None:
        """The limit of one of both."""
        return self.respond if measure is Measure.RESPONSE else self.resolve


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of the ladder: when so much of a limit is used, somebody is told; ``escalate`` also marks the ticket."""

    measure: Measure
    percent: int
    tell: Tell
    escalate: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for a queue, or, without one, for every queue that has no policy of its own.

    ``zone`` is an IANA name, empty for that of the instance; without ``calendar_id`` the hours are `office_hours`.
    """

    name: str
    promises: Mapping[str, Promise]
    ladder: tuple[Rung, ...] = ()
    pauses: frozenset[State] = frozenset({State.WAITING})
    queue_id: int | None = None
    zone: str = ""
    calendar_id: int | None = None
    id: int | None = None

    def rungs(self, measure: Measure) -> tuple[Rung, ...]:
        """The rungs of a measure, from the first to the last."""
        return tuple(each for each in self.ladder if each.measure is measure)


SHIPPED = Policy(
    "Standard",
    {
        "critical": Promise(2 * HOUR, 24 * HOUR, whole=True),
        "high": Promise(4 * HOUR, 16 * HOUR),
        "medium": Promise(8 * HOUR, 40 * HOUR),
        "low": Promise(16 * HOUR, 80 * HOUR),
    },
    (
        Rung(Measure.RESPONSE, 75, Tell.AGENT),
        Rung(Measure.RESPONSE, 100, Tell.LEADERS),
        Rung(Measure.RESOLUTION, 75, Tell.AGENT),
        Rung(Measure.RESOLUTION, 100, Tell.LEADERS, escalate=True),
        Rung(Measure.RESOLUTION, 150, Tell.MANAGERS),
    ),
)
"""What holds until somebody writes a policy: critical tickets around the clock, the others in office hours."""


def office_hours() -> Calendar:
    """Monday to Friday from 9 to 17."""
    on: Periods = (Period(9 * 60, 17 * 60),)
    return Calendar((on, on, on, on, on, (), ()))


def minutes_of(text: str) -> int | None:
    """Minutes as people write them; nothing is no promise. Raises RuleBroken for what is no time.

    >>> minutes_of("2 h"), minutes_of("1 h 30 min"), minutes_of("45min"), minutes_of(" ")
    (120, 90, 45, None)
    """
    clean = text.strip().lower()
    if not clean:
        return None
    found = re.fullmatch(r"(?:(\d{1,5})\s*h)?\s*(?:(\d{1,6})\s*(?:m|min))?", clean)
    if found is None or not any(found.groups()):
        raise RuleBroken("sla.time", "“%(typed)s” is no time. Write it as 2 h or 1 h 30 min.", typed=text.strip()[:40])
    minutes = int(found[1] or 0) * HOUR + int(found[2] or 0)
    if not 0 < minutes <= LONGEST:
        raise RuleBroken("sla.time", "A promise takes a minute at least and a year at most.")
    return minutes


def said(minutes: int | None) -> str:
    """Minutes as `minutes_of` reads them.

    >>> said(90), said(120), said(45), said(None)
    ('1 h 30 min', '2 h', '45 min', '')
    """
    if minutes is None:
        return ""
    hours, rest = divmod(minutes, HOUR)
    return " ".join(([f"{hours} h"] if hours else []) + ([f"{rest} min"] if rest or not hours else []))


def check(policy: Policy, taken: Iterable[int | None]) -> Policy:
    """A policy that may be kept beside others, which have ``taken`` these queues. Raises RuleBroken."""
    name = " ".join(policy.name.split())
    if not name:
        raise RuleBroken("sla.name", "Give the policy a name.", field="name")
    if len(name) > NAME_LIMIT:
        raise RuleBroken("sla.name", "At most %(limit)d characters fit.", field="name", limit=NAME_LIMIT)
    if policy.queue_id in set(taken):
        raise RuleBroken("sla.taken", "Another policy holds for that queue already.", field="queue_id")
    for priority in PRIORITIES:
        _check_promise(priority, policy.promises[priority])
    _check_ladder(policy.ladder)
    ladder = tuple(sorted(policy.ladder, key=lambda each: (each.measure.value, each.percent, each.tell.value)))
    return Policy(
        name,
        dict(policy.promises),
        ladder,
        policy.pauses & set(PAUSABLE),
        policy.queue_id,
        policy.zone,
        policy.calendar_id,
        policy.id,
    )


def _check_promise(priority: str, promise: Promise) -> None:
    if promise.respond is not None and promise.resolve is not None and promise.respond > promise.resolve:
        raise RuleBroken(
            "sla.order",
            "A ticket of priority %(priority)s would be solved before it is answered: swap the two times.",
            field=f"{priority}_resolve",
            priority=priority,
        )


def _check_ladder(ladder: Sequence[Rung]) -> None:
    if len(ladder) > MOST_RUNGS:
        raise RuleBroken("sla.rungs", "A ladder has %(most)d rungs at most.", field="ladder", most=MOST_RUNGS)
    for each in ladder:
        if not 0 < each.percent <= MOST_PERCENT:
            raise RuleBroken(
                "sla.percent", "A rung lies between 1 and %(most)d percent.", field="ladder", most=MOST_PERCENT
            )
