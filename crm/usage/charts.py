"""Use as a page shows it: by person where the policy names people, else by teams of five and more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from accounts.teams import queries as teams
from crm.counts.rules.windows import Window
from crm.usage import queries
from crm.usage.queries import User, Week
from crm.usage.rules import LABELS, PERSONS, SMALLEST_GROUP

MOST_FEATURES = 3


@dataclass(frozen=True, slots=True)
class Group:
    """One person, or a team: who is in it."""

    name: str
    ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Line:
    """What a group did in a stretch; ``weeks`` are sign-ins by week, the oldest first."""

    name: str
    people: int
    opened: int
    favourites: str
    last: datetime | None
    weeks: tuple[int, ...]


def groups(users: Sequence[User], visible: str) -> list[Group]:
    """Whom the page may tell apart under the policy; who is in no team of five is left out of groups.

    The size that counts is the team's among those who use the CRM, whatever was chosen.
    """
    if visible == PERSONS:
        return [Group(each.name, frozenset({each.id})) for each in users]
    names = {each.id: each.name for each in teams.teams()}
    found = []
    for team_id, name in names.items():
        ids = frozenset(each.id for each in users if each.team_id == team_id)
        if len(ids) >= SMALLEST_GROUP:
            found.append(Group(name, ids))
    return found


def lines(found: Sequence[Group], window: Window, weeks: Sequence[Week], mondays: Sequence[date]) -> list[Line]:
    """What each group did: two statements, however many."""
    ids = sorted({each for group in found for each in group.ids})
    opened, last = queries.by_person(window, ids), queries.last_here(ids)
    counted = {(each.user.id, each.monday): each.sign_ins for each in weeks}
    return [_line(group, opened, last, counted, mondays) for group in found]


def _line(
    group: Group,
    opened: Mapping[int, Mapping[str, int]],
    last: Mapping[int, datetime],
    counted: Mapping[tuple[int, date], int],
    mondays: Sequence[date],
) -> Line:
    sums: dict[str, int] = {}
    for person_id in group.ids:
        for feature, count in opened.get(person_id, {}).items():
            sums[feature] = sums.get(feature, 0) + count
    best = sorted(sums, key=lambda each: (-sums[each], each))[:MOST_FEATURES]
    seen = [last[each] for each in group.ids if each in last]
    return Line(
        group.name,
        len(group.ids),
        sum(sums.values()),
        ", ".join(label(each) for each in best),
        max(seen, default=None),
        tuple(sum(counted.get((each, monday), 0) for each in group.ids) for monday in mondays),
    )


def label(feature: str) -> str:
    """A feature in words."""
    return _(LABELS.get(feature, feature))
