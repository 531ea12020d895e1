"""What holds of lines of the scope: what may be written, and who may do what."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.errors import RuleBroken
from kernel.permission import Visibility, allow

ALL = Visibility.ALL
KIND = "scope"
"""What such a line is among the things that a roll-out foresees."""
NAME_LIMIT, TEXT_LIMIT = 300, 2_000

GRANTS = (
    *allow("scope.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("scope.edit", administrator=ALL, manager=ALL),
)
"""Everybody in a roll-out may read what it is about; its manager writes it down."""


@dataclass(frozen=True, slots=True)
class LineData:
    """A line: whether it is in scope, what it says, and the change request that brought it, such as ``C-03``."""

    inside: bool
    name: str
    description: str = ""
    change: str = ""


def checked(data: LineData) -> LineData:
    """The line as it is kept. Raises RuleBroken for none and for one that is too long."""
    name = " ".join(data.name.split())
    if not name:
        raise RuleBroken("scope.name", "Say what is in scope, or out of it.", field="name")
    for text, limit, field in ((name, NAME_LIMIT, "name"), (data.description, TEXT_LIMIT, "description")):
        if len(text) > limit:
            said = "The text has %(length)s characters; at most %(limit)s fit."
            raise RuleBroken("scope.long", said, field=field, length=len(text), limit=limit)
    return LineData(data.inside, name, data.description.strip(), data.change)
