"""Steps back and forth, read from what the trail tells: nothing is kept beside it, so they outlive a reload."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

KEPT = timedelta(days=1)
"""How long one's own steps can be taken back one after the other."""
MOST = 100
"""How many."""


@dataclass(frozen=True, slots=True)
class Told:
    """One action of the trail. ``undoes`` is the action that it took back, if it took one back."""

    transaction_id: str
    undoes: str | None = None
    action: str = ""
    label: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done; ``transaction_id`` is what did it last, so that taking that back turns it around."""

    transaction_id: str
    action: str
    label: str
    more: int


@dataclass(frozen=True, slots=True)
class Steps:
    """What can be undone and what can be done again; the next one of each is the last."""

    undo: tuple[Step, ...] = ()
    redo: tuple[Step, ...] = ()


def steps(told: Iterable[Told]) -> Steps:
    """The steps that actions leave, oldest first; a new one ends what could be done again.

    >>> found = steps([Told("a"), Told("b"), Told("c", undoes="b")])
    >>> [each.transaction_id for each in found.undo], [each.transaction_id for each in found.redo]
    (['a'], ['c'])
    """
    done: list[Step] = []
    undone: list[Step] = []
    for each in told:
        if each.undoes is None:
            done.append(Step(each.transaction_id, each.action, each.label, each.more))
            undone.clear()
        elif not (_turn(done, undone, each) or _turn(undone, done, each)):
            continue
    return Steps(tuple(done[-MOST:]), tuple(undone))


def _turn(source: list[Step], target: list[Step], told: Told) -> bool:
    """Whether an action took back one of these steps, which goes to the others then."""
    for place, step in enumerate(source):
        if step.transaction_id == told.undoes:
            target.append(replace(source.pop(place), transaction_id=told.transaction_id))
            return True
    return False
