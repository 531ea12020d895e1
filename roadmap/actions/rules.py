"""What holds of an action item: its states, its limits, when it is late, and who may see and change it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.errors import RuleBroken
from kernel.permission import Visibility, allow

ALL, OWN = Visibility.ALL, Visibility.OWN
TITLE_LIMIT, TEXT_LIMIT = 300, 20_000
LATEST = date(2199, 12, 31)
"""The last day that something can be due."""

GRANTS = (
    *allow("action.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("action.add", administrator=ALL, manager=ALL, member=ALL),
    *allow("action.edit", administrator=ALL, manager=ALL, member=OWN),
)
"""A member changes what is theirs: what they own, and what they asked for."""

SOURCES = {
    "risk": "Risk",
    "task": "Task",
    "item": "Checklist item",
    "comment": "Comment",
    "foreseen": "Meeting",
    "criterion": "Criterion",
    "report": "Report",
    "help": "Adoption",
    "": "Nothing else",
}
"""What an action item can come from, by the kind of its subject."""


class State(StrEnum):
    """How it stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class ActionData:
    """What is asked for: by whom it is done, by which day, and the subject that it came from, such as ``risk:3``."""

    title: str
    details: str = ""
    owner_id: int | None = None
    due: date | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many action items there are by state; ``late`` and ``soon`` (due within a week) count among the open."""

    open: int = 0
    done: int = 0
    dropped: int = 0
    late: int = 0
    soon: int = 0

    @property
    def total(self) -> int:
        """All but the dropped ones."""
        return self.open + self.done


def code(number: int) -> str:
    """What people call it.

    >>> code(7), code(112)
    ('A-07', 'A-112')
    """
    return f"A-{number:02d}"


def source_of(subject: str) -> str:
    """The kind of what it came from; empty for nothing, and for a kind that is not known here.

    >>> source_of("risk:3"), source_of("")
    ('risk', '')
    """
    kind = subject.partition(":")[0]
    return kind if kind in SOURCES else ""


def is_late(state: str, due: date | None, today: date) -> bool:
    """Open although its day has passed.

    >>> is_late("open", date(2026, 2, 17), date(2026, 2, 18)), is_late("done", date(2026, 2, 17), date(2026, 2, 18))
    (True, False)
    """
    return state == State.OPEN and due is not None and due < today


def check_title(title: str) -> str:
    """The title as it is kept. Raises RuleBroken for none and for one that is too long."""
    cleaned = " ".join(title.split())
    if not cleaned:
        raise RuleBroken("action.title", "Say what is to be done.", field="title")
    if len(cleaned) > TITLE_LIMIT:
        raise RuleBroken(
            "action.title_long",
            "The title has %(length)s characters; at most %(limit)s fit. The rest belongs into the details.",
            field="title",
            length=len(cleaned),
            limit=TITLE_LIMIT,
        )
    return cleaned


def check_text(text: str, field: str) -> str:
    """A longer text as it is kept. Raises RuleBroken when it is too long."""
    if len(text) > TEXT_LIMIT:
        raise RuleBroken(
            "action.text_long",
            "The text has %(length)s characters; at most %(limit)s fit.",
            field=field,
            length=len(text),
            limit=TEXT_LIMIT,
        )
    return text.strip()


def check_due(due: date | None, start: date) -> None:
    """Raise RuleBroken for a day before the project's start, or beyond what a calendar holds."""
    if due is not None and due < start:
        raise RuleBroken(
            "action.due_early",
            "The day lies before the start of the roll-out, %(start)s. Give a later one.",
            field="due",
            start=start.isoformat(),
        )
    if due is not None and due > LATEST:
        raise RuleBroken("action.due_far", "Give a day before the year 2200.", field="due")


def check_owner(owner_id: int | None, people: Iterable[int]) -> None:
    """Raise RuleBroken for somebody who has no part in the project; ``people`` are those who have."""
    if owner_id is not None and owner_id not in set(people):
        raise RuleBroken("action.owner", "Choose somebody of this project's team.", field="owner_id")


def check_reason(reason: str) -> str:
    """Why an item is dropped, as it is kept. Raises RuleBroken for no reason at all."""
    cleaned = check_text(reason, "outcome")
    if not cleaned:
        raise RuleBroken("action.reason", "Say why it is no longer needed.", field="outcome")
    return cleaned


def check_move(now: str, wanted: State) -> None:
    """Raise RuleBroken where an item can't go at once: what is closed is opened again first."""
    if State.OPEN not in (now, wanted) and now != wanted:
        raise RuleBroken(
            "action.move", "What is %(now)s has to be opened again first.", field="state", now=now, wanted=wanted.value
        )
