"""The states of what is foreseen: planned, then done or dropped, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from kernel.errors import RuleBroken

NOTE_LIMIT = 20_000


class State(StrEnum):
    """How it stands."""

    PLANNED = "planned"
    DONE = "done"
    DROPPED = "dropped"


_MOVES = {
    State.PLANNED: frozenset({State.DONE, State.DROPPED}),
    State.DONE: frozenset({State.PLANNED}),
    State.DROPPED: frozenset({State.PLANNED}),
}


class Foreseeable(Protocol):
    """What counting needs of an element."""

    @property
    def state(self) -> str:
        """How it stands."""
        ...

    @property
    def due(self) -> date | None:
        """The day it should be done by."""
        ...


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are by state, and how many of the planned ones are late."""

    planned: int = 0
    done: int = 0
    dropped: int = 0
    late: int = 0

    @property
    def total(self) -> int:
        """All but the dropped ones, which nobody waits for."""
        return self.planned + self.done

    @property
    def percent(self) -> float | None:
        """The share done, 0 to 100; None where nothing is waited for."""
        return 100 * self.done / self.total if self.total else None

    def __add__(self, other: Counts) -> Counts:
        """Both taken together."""
        return Counts(
            self.planned + other.planned, self.done + other.done, self.dropped + other.dropped, self.late + other.late
        )


def state_named(word: str) -> State:
    """The state of a word. Raises RuleBroken for a word that is none."""
    try:
        return State(word)
    except ValueError:
        raise RuleBroken(
            "foreseen.state",
            "“%(state)s” is no state. Choose planned, done or dropped.",
            field="state",
            state=word[:40],
        ) from None


def may_move(now: str, wanted: State) -> bool:
    """Whether an element can go from one state to another, or is there already.

    >>> may_move("planned", State.DROPPED), may_move("done", State.DROPPED)
    (True, False)
    """
    return wanted == now or wanted in _MOVES[State(now)]


def check_move(now: str, wanted: str) -> State:
    """The state that is wanted. Raises RuleBroken for a word that is none, and from done to dropped or back."""
    state = state_named(wanted)
    if not may_move(now, state):
        raise RuleBroken(
            "foreseen.move",
            "What is %(now)s can't become %(wanted)s at once. Plan it again first.",
            field="state",
            now=now,
            wanted=state.value,
        )
    return state


def check_note(note: str) -> str:
    """The note as it is kept. Raises RuleBroken when it is too long."""
    if len(note) > NOTE_LIMIT:
        raise RuleBroken(
            "foreseen.note_long",
            "The note has %(length)s characters; at most %(limit)s fit.",
            field="note",
            length=len(note),
            limit=NOTE_LIMIT,
        )
    return note.strip()


def is_late(state: str, due: date | None, today: date) -> bool:
    """Planned although its day has passed.

    >>> is_late("planned", date(2026, 2, 17), date(2026, 2, 18)), is_late("done", date(2026, 2, 17), date(2026, 2, 18))
    (True, False)
    """
    return state == State.PLANNED and due is not None and due < today


def count(rows: Iterable[Foreseeable], today: date) -> Counts:
    """Count elements by state."""
    found = list(rows)
    numbers = {state: sum(row.state == state for row in found) for state in State}
    late = sum(is_late(row.state, row.due, today) for row in found)
    return Counts(numbers[State.PLANNED], numbers[State.DONE], numbers[State.DROPPED], late)
