"""Reading the scope of a roll-out, which stands among what it foresees."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.errors import NotFound
from phases.foreseen import queries as foreseen
from phases.foreseen.rules.states import State
from phases.kickoff.scope.rules import KIND


@dataclass(frozen=True, slots=True)
class ScopeLine:
    """Something that is in scope or out of it; ``change`` is the request that brought it, ``note`` why it was taken."""

    id: int
    name: str
    description: str
    inside: bool
    change: str
    taken: bool
    note: str


def lines(project_id: int) -> list[ScopeLine]:
    """Every line of a roll-out, those that were taken away last: one statement."""
    found = [
        ScopeLine(
            each.id,
            each.name,
            each.description,
            bool(each.details.get("inside")),
            str(each.details.get("change", "")),
            each.state == State.DROPPED,
            each.note,
        )
        for each in foreseen.elements(project_id, kinds=[KIND])
    ]
    return sorted(found, key=lambda line: line.taken)


def line(project_id: int, line_id: int) -> ScopeLine:
    """One line inside its roll-out. Raises NotFound."""
    found = next((each for each in lines(project_id) if each.id == line_id), None)
    if found is None:
        raise NotFound
    return found
