"""The states of a ticket, who may take it from one to the next, and what each step asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from crm.queues.rules import DONE, State
from kernel.errors import RuleBroken
from kernel.rownumbers import row_number_or_none

OPEN = frozenset(State) - DONE
"""States in which somebody still waits for help."""


class Part(StrEnum):
    """What somebody has to do with a ticket."""

    AGENT = "agent"
    REQUESTER = "requester"


class Kind(StrEnum):
    """What an entry of the conversation is: an answer, a note among agents, or news for all who are affected."""

    REPLY = "reply"
    NOTE = "note"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Step:
    """A step from some states to another. ``asks`` is the field that has to be filled in for it, if any.

    ``label`` is what stands on its button, ``done`` what is told afterwards.
    """

    key: str
    label: str
    to: State
    sources: frozenset[State]
    done: str
    by: frozenset[Part] = frozenset({Part.AGENT})
    asks: str = ""

    def fits(self, state: str, part: Part) -> bool:
        """Whether somebody may take this step with a ticket in a state."""
        return part in self.by and state in self.sources


_BOTH = frozenset(Part)
_WORKED_ON = OPEN - {State.IN_PROGRESS}
STEPS: Mapping[str, Step] = {
    each.key: each
    for each in (
        Step("triage", "Triage", State.TRIAGED, frozenset({State.NEW, State.REOPENED}), "Triaged."),
        Step("start", "Work on it", State.IN_PROGRESS, _WORKED_ON, "It is being worked on."),
        Step("wait", "Wait for the requester", State.WAITING, OPEN - {State.WAITING}, "Waits for the requester."),
        Step("escalate", "Escalate", State.ESCALATED, OPEN - {State.ESCALATED}, "Escalated.", asks="reason"),
        Step("resolve", "Resolve", State.RESOLVED, OPEN, "Resolved.", asks="resolution"),
        Step("verify", "It works", State.VERIFIED, frozenset({State.RESOLVED}), "Verified: it works.", _BOTH),
        Step(
            "withdraw",
            "I need no help any more",
            State.VERIFIED,
            OPEN,
            "Withdrawn.",
            frozenset({Part.REQUESTER}),
        ),
        Step("close", "Close", State.CLOSED, frozenset({State.RESOLVED, State.VERIFIED}), "Closed."),
        Step("reopen", "Open again", State.REOPENED, DONE, "Open again.", _BOTH, asks="reason"),
    )
}
"""Every step by its key, in the order in which they are offered."""

LONGEST = 20_000
"""Characters of one entry of the conversation."""
REOPEN_WITHIN = timedelta(days=30)
"""So long a requester may open a settled ticket again; later they write a new one."""
CLOSES_AFTER: Mapping[State, timedelta] = {State.RESOLVED: timedelta(days=7), State.VERIFIED: timedelta(days=1)}
"""So long after it was resolved or verified a ticket is closed, if nobody objects."""
MOST_TOLD = 500
"""Tickets that one piece of news reaches."""


def step(key: str) -> Step:
    """A step by its key. Raises RuleBroken for an unknown one.

    >>> step("resolve").to.value
    'resolved'
    """
    found = STEPS.get(key)
    if found is None:
        raise RuleBroken("crm.ticket_step", "There is no such step.")
    return found


def offered(state: str, part: Part, settled_at: datetime | None, now: datetime) -> list[Step]:
    """The steps that somebody may take with a ticket in a state.

    >>> now = datetime(2026, 2, 18, 9)
    >>> [each.key for each in offered("resolved", Part.REQUESTER, now, now)]
    ['verify', 'reopen']
    """
    found = [each for each in STEPS.values() if each.fits(state, part)]
    return [each for each in found if each.key != "reopen" or may_reopen(part, settled_at, now)]


def may_reopen(part: Part, settled_at: datetime | None, now: datetime) -> bool:
    """Whether it is not too late to open a ticket again: agents may at any time."""
    return part is Part.AGENT or settled_at is None or now - settled_at <= REOPEN_WITHIN


def check_step(wanted: Step, state: str, part: Part, settled_at: datetime | None, now: datetime, said: str) -> str:
    """What has to be said for a step, without blanks around it. Raises RuleBroken where the step may not be taken."""
    if not wanted.fits(state, part):
        raise RuleBroken(
            "crm.ticket_step",
            "A ticket that is “%(state)s” can't go to “%(to)s”. Somebody changed it meanwhile: look at it again.",
            state=state,
            to=wanted.to.value,
        )
    if wanted.key == "reopen" and not may_reopen(part, settled_at, now):
        raise RuleBroken(
            "crm.ticket_late",
            "It was settled more than %(days)d days ago. Report the problem anew and name this ticket.",
            days=REOPEN_WITHIN.days,
        )
    return check_text(said, wanted.asks) if wanted.asks else said.strip()


def check_text(text: str, field: str = "text") -> str:
    """An entry of the conversation as it is kept. Raises RuleBroken for none and for what is too long."""
    clean = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not clean:
        raise RuleBroken("crm.ticket_text", _NOTHING.get(field, "Write something first."), field=field)
    if len(clean) > LONGEST:
        raise RuleBroken(
            "crm.too_long",
            "That has %(length)d characters; at most %(limit)d fit.",
            field=field,
            length=len(clean),
            limit=LONGEST,
        )
    return clean


_NOTHING: Mapping[str, str] = {
    "reason": "Say why: those who go on with it have to know.",
    "resolution": "Say what solved it: the requester reads it.",
}


def after_words(state: str, part: Part, then: str, settled_at: datetime | None, now: datetime) -> Step | None:
    """The step that follows from something public that was said; None where the state stays.

    What a requester says wakes a ticket that waits for them and opens a settled one again, while it is not too late.
    An agent's first answer begins the work, unless they chose what comes next.

    >>> after_words("waiting", Part.REQUESTER, "", None, datetime(2026, 2, 18)).key
    'start'
    """
    if part is Part.REQUESTER:
        key = "start" if state == State.WAITING else "reopen" if state in DONE else ""
        return STEPS[key] if key and (key == "start" or may_reopen(part, settled_at, now)) else None
    if then:
        return step(then)
    return STEPS["start"] if state in (State.NEW, State.TRIAGED, State.REOPENED) else None


def closes_at(state: str, resolved_at: datetime | None, verified_at: datetime | None) -> datetime | None:
    """When a settled ticket is closed by itself; None for one that is not to be."""
    since = {State.RESOLVED.value: resolved_at, State.VERIFIED.value: verified_at}.get(state)
    return None if since is None else since + CLOSES_AFTER[State(state)]


def mail_subject(number: int, name: str) -> str:
    """What a mail about a ticket is called: its number leads an answer back to it.

    >>> mail_subject(12, "Printer is  silent")
    '[T-12] Printer is silent'
    """
    return f"[{code(number)}] {' '.join(name.split())}"


def code(number: int) -> str:
    """What people call a ticket on the phone."""
    return f"T-{number}"


def number_in(text: str) -> int | None:
    """The ticket that a text names, as "T-12", "12" or with its whole address; None for none.

    >>> number_in("[T-12] Re: Printer"), number_in(" 7 "), number_in("none")
    (12, 7, None)
    """
    found = _CODE.search(text) or _PLAIN.fullmatch(text.strip())
    return row_number_or_none(next(each for each in found.groups() if each)) if found else None


_CODE = re.compile(r"\bT-(\d{1,10})\b|/tickets/(\d{1,10})\b", re.IGNORECASE)
_PLAIN = re.compile(r"#?(\d{1,10})")


def filled_in(text: str, values: Mapping[str, str]) -> str:
    """A canned answer with its places filled: {requester}, {agent}, {ticket}, {subject}; other braces stay.

    >>> filled_in("Hello {requester}, {this} stays.", {"requester": "Ines"})
    'Hello Ines, {this} stays.'
    """
    for key, value in values.items():
        text = text.replace("{" + key + "}", value)
    return text
