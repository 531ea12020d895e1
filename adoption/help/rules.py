"""The gaps that a team or somebody may have, what is offered for each, and by whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from crm.kpis.rules.measures import Measure
from kernel.errors import RuleBroken

TEAM, TEAMS, PERSON = "team", "teams", "person"
"""Kinds of those who are offered help."""
_NUMBER = re.compile(r"[0-9]{1,9}")
HALF = 0.5
"""A feature that at least so many of the others opened is one that a group misses."""
SKIPPED = frozenset({"home", "search", "my-work", "projects", "bin", "setup", "kpis", "imports", "quality", "other"})
"""What is opened by the way, or only by those who look after the CRM: nobody is helped to open it more often."""


class Gap(StrEnum):
    """What is missing."""

    INACTIVE = "inactive"
    LATE = "late"
    INCOMPLETE = "incomplete"
    CONTACTS = "contacts"
    UNUSED = "unused"


class By(StrEnum):
    """Who takes an offer on."""

    LEAD = "lead"
    TRAINER = "training-coordinator"


@dataclass(frozen=True, slots=True)
class Offer:
    """A row of the table: the gap, the figure that shows it, what is offered, who takes it on, and within how long."""

    gap: Gap
    kpi: str
    name: str
    details: str
    by: By
    days: int


_TABLE = (
    Offer(
        Gap.INACTIVE,
        "weekly-active",
        "A check-in: what keeps you from it?",
        "Sit down for 15 minutes with each who was hardly here. Ask what is in the way: access, time, habit, or a list"
        " kept elsewhere. Agree on one thing that is done in the CRM from now on.",
        By.LEAD,
        7,
    ),
    Offer(
        Gap.LATE,
        "activity-timeliness",
        "Log a call in 20 seconds",
        "Show how an activity is written down right after it, on the phone, too: open the record, “Log an activity”,"
        " one line. Agree when the day's activities are written down.",
        By.TRAINER,
        10,
    ),
    Offer(
        Gap.INCOMPLETE,
        "data-completeness",
        "An hour with the work list",
        "Go through the work list of data quality together: what is asked for, why it is needed, and where it is found."
        " An hour is enough for most lists.",
        By.TRAINER,
        14,
    ),
    Offer(
        Gap.CONTACTS,
        "contact-creation",
        "Every conversation has a contact",
        "Look at last week's conversations together: with whom were they, and is each of them a contact? Show how a"
        " contact is made while an activity is logged.",
        By.LEAD,
        14,
    ),
    Offer(
        Gap.UNUSED,
        "",
        "Show what colleagues use: %(feature)s",
        "Let a colleague who uses it every week show it on a record of their own, and try it once each.",
        By.TRAINER,
        14,
    ),
)
OFFERS: Mapping[Gap, Offer] = {each.gap: each for each in _TABLE}


@dataclass(frozen=True, slots=True)
class Need:
    """A gap of a group: how many points a figure lies below its target, or the share of others who use a feature."""

    gap: Gap
    value: float
    aim: float
    n: int
    top: int = 0
    feature: str = ""

    @property
    def short(self) -> float:
        """How much is missing."""
        return self.aim - self.value


def needs(found: Mapping[str, Measure], unused: Iterable[tuple[str, float]] = ()) -> list[Need]:
    """The gaps of a group, the one that matters most first: by how far its figure lies below the target.

    What is not known is no gap. Features that others use follow, the most used first.
    """
    by_figure = []
    for each in _TABLE:
        one = found.get(each.kpi)
        if one is not None and one.value is not None and one.target is not None and one.value < one.target:
            by_figure.append(Need(each.gap, float(one.value), float(one.target), one.n, int(one.numerator or 0)))
    by_figure.sort(key=lambda need: -need.short)
    missed = sorted(unused, key=lambda row: (-row[1], row[0]))
    return by_figure + [Need(Gap.UNUSED, 0.0, share, 0, feature=feature) for feature, share in missed]


def unused(
    group: Iterable[int], opened: Mapping[int, Mapping[str, int]], all_of: Iterable[int]
) -> list[tuple[str, float]]:
    """Features that nobody of a group opened and at least half of the others did, with the share of those.

    Nothing where the group opened nothing at all, or there are no others: then something else is in the way.

    >>> log = {1: {"leads": 3}, 2: {"leads": 1, "pipeline": 4}, 3: {"pipeline": 1}}
    >>> unused([1], log, [1, 2, 3])
    [('pipeline', 1.0)]
    >>> unused([4], log, [1, 2, 3, 4])
    []
    """
    mine = set(group)
    used = {feature for each in mine for feature in opened.get(each, {})}
    others = [opened[each] for each in set(all_of) - mine if opened.get(each)]
    if not used or not others:
        return []
    seen = {feature for log in others for feature in log} - used - SKIPPED
    shares = {feature: sum(feature in log for log in others) / len(others) for feature in seen}
    return sorted(((feature, share) for feature, share in shares.items() if share >= HALF), key=lambda row: -row[1])


def about_teams(ids: Iterable[int | None]) -> str:
    """How a row names the teams that are offered something; people in no team are team 0.

    >>> about_teams([3]), about_teams([4, 2])
    ('team:3', 'teams:2-4')
    """
    found = sorted(each or 0 for each in ids)
    return f"{TEAM if len(found) == 1 else TEAMS}:{'-'.join(str(each) for each in found)}"


def about_person(person_id: int) -> str:
    """How a row names somebody who is offered something."""
    return f"{PERSON}:{person_id}"


def parsed(about: str) -> tuple[str, tuple[int, ...]]:
    """The kind and the numbers of those whom an offer is for. Raises RuleBroken.

    >>> parsed("teams:2-4")
    ('teams', (2, 4))
    """
    kind, _sign, rest = about.partition(":")
    parts = rest.split("-")
    if kind not in (TEAM, TEAMS, PERSON) or not all(_NUMBER.fullmatch(each) for each in parts):
        raise RuleBroken("help.about", "Choose a team or somebody from the list.", field="about")
    return kind, tuple(int(each) for each in parts)


def check_gap(gap: str) -> Offer:
    """The offer for a gap. Raises RuleBroken for one that is not in the table."""
    if gap not in list(Gap):
        raise RuleBroken("help.gap", "Choose what is to be offered from the list.", field="gap")
    return OFFERS[Gap(gap)]


def due(offer: Offer, today: date) -> date:
    """By when it should be done."""
    return today + timedelta(days=offer.days)
