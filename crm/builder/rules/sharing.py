"""Who finds a report, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from kernel.errors import RuleBroken

NAME, DESCRIPTION = 120, 500
MOST = 200
"""So many reports of one person are kept."""


class Shared(StrEnum):
    """Who finds a report besides who built it and those whom it is sent."""

    NOBODY = "nobody"
    TEAM = "team"
    EVERYBODY = "everybody"


SHARED: Mapping[Shared, str] = {
    Shared.NOBODY: "Only me",
    Shared.TEAM: "My team and the teams below it",
    Shared.EVERYBODY: "Everybody who reads figures",
}


def check_name(name: str, description: str) -> tuple[str, str]:
    """Name and description as they are kept. Raises RuleBroken.

    >>> check_name("  Leads   by source ", "")
    ('Leads by source', '')
    """
    clean, said = (" ".join(each.replace("\0", "").split()) for each in (name, description))
    if not clean:
        raise RuleBroken("reports.name", "Give the report a name.", field="name")
    for field, value, most in (("name", clean, NAME), ("description", said, DESCRIPTION)):
        if len(value) > most:
            raise RuleBroken("reports.long", "At most %(most)d characters fit.", field=field, most=most)
    return clean, said


def check_shared(shared: str, team_id: int | None) -> Shared:
    """Who shall find it. Raises RuleBroken."""
    if shared not in SHARED:
        raise RuleBroken("reports.shared", "Choose who finds it.", field="shared")
    if shared == Shared.TEAM and team_id is None:
        raise RuleBroken("reports.team", "You are in no team. Share it with everybody, or keep it.", field="shared")
    return Shared(shared)
