"""Who belongs to the crew of a roll-out, and who may read of its use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kernel.permission import Visibility, allow

ALL = Visibility.ALL

GRANTS = (
    *allow("adoption.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("adoption.edit", administrator=ALL, manager=ALL),
)
"""Whoever may see the project may see the figures of its groups; people by name only as far as the policy of adoption
allows. Offering help, rewards and the policy of one roll-out are its manager's."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the crew: the team, the CRM roles by key, and since when the account is there."""

    id: int
    name: str
    team_id: int | None
    team: str
    roles: tuple[str, ...]
    leads: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Crew:
    """All whom a roll-out brings on board, by name; ``live_since`` None: not live yet.

    ``teams`` None: it is for everybody who uses the CRM. ``people`` were named, whatever their team.
    """

    project_id: int
    members: tuple[Member, ...]
    teams: frozenset[int] | None
    live_since: date | None
    people: frozenset[int] = frozenset()

    @property
    def ids(self) -> frozenset[int]:
        """The numbers of the people."""
        return frozenset(each.id for each in self.members)

    def led_by(self, person_id: int | None) -> frozenset[int]:
        """The people whose team somebody leads, and the person: whom one may see by name among groups.

        >>> at = datetime(2026, 1, 5)
        >>> people = [Member(n, "P", team, "T", (), n == 1, at) for n, team in ((1, 7), (2, 7), (3, 8))]
        >>> sorted(Crew(1, tuple(people), None, None).led_by(1)), sorted(Crew(1, tuple(people), None, None).led_by(3))
        ([1, 2], [3])
        """
        led = {each.team_id for each in self.members if each.id == person_id and each.leads and each.team_id}
        return frozenset(each.id for each in self.members if each.id == person_id or each.team_id in led)
