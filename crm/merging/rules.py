"""Which record stays and which value each field gets, and how a tree of accounts stays a tree."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import Field
from crm.quality.rules import is_nothing

MOST = 8
"""Records that one can compare side by side."""
LEFT_ALONE = frozenset({"owner_id", "team_id"})
"""Fields that stay the survivor's unless somebody chooses otherwise: whose it is, is no question of completeness."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may stay."""

    id: int
    values: Mapping[str, Any]
    changed_at: datetime
    created_at: datetime


def fields(subject: ObjectType) -> tuple[Field, ...]:
    """The fields that somebody chooses; what follows from others is none of them."""
    return subject.written


def suggested_survivor(subject: ObjectType, candidates: Sequence[Candidate]) -> int:
    """The most complete record; of equally complete ones the oldest: more points to it."""
    best = min(candidates, key=lambda each: (-_filled(subject, each), each.created_at, each.id))
    return best.id


def _filled(subject: ObjectType, candidate: Candidate) -> int:
    return sum(_says(candidate.values.get(each.key)) for each in fields(subject))


def _says(value: Any) -> bool:
    """Whether a value says something: "n/a" does not."""
    return value is not None and not (isinstance(value, str) and is_nothing(value))


def suggested(subject: ObjectType, candidates: Sequence[Candidate], survivor_id: int) -> dict[str, int]:
    """For each field the record whose value is suggested: one that says something, the most recent, the survivor."""
    found = {}
    for field in fields(subject):
        if field.key in LEFT_ALONE:
            found[field.key] = survivor_id
            continue
        best = max(
            candidates,
            key=lambda each: (_says(each.values.get(field.key)), each.id == survivor_id, each.changed_at, -each.id),
        )
        found[field.key] = best.id
    return found


def chosen(
    subject: ObjectType, candidates: Sequence[Candidate], survivor_id: int, picks: Mapping[str, int]
) -> dict[str, Any]:
    """The values that the survivor gets, of fields where it has another one.

    Picks are passed over that name no candidate, or one whose value is hidden: an empty one would take its place.

    Texts of several lines are chosen like any other: nothing is glued together that nobody has read.
    """
    by_id = {each.id: each for each in candidates}
    there = by_id[survivor_id].values
    found = {}
    for field in fields(subject):
        pick = by_id.get(picks.get(field.key, survivor_id))
        if pick is not None and field.key in pick.values and pick.values[field.key] != there.get(field.key):
            found[field.key] = pick.values[field.key]
    return found


def differing(subject: ObjectType, candidates: Sequence[Candidate]) -> tuple[Field, ...]:
    """The fields on which the records differ."""
    return tuple(
        each
        for each in fields(subject)
        if len({str(candidate.values.get(each.key) or "") for candidate in candidates}) > 1
    )


def parent_after(parents: Mapping[int, int | None], survivor_id: int, losers: Collection[int]) -> int | None:
    """What the survivor is part of once the losers are it: the first account above that is none of them.

    A chain that comes back to one of them would make a loop: it ends there.

    >>> parent_after({1: 2, 2: 3, 3: None}, 1, [2])
    3
    >>> parent_after({1: 3, 3: 2, 2: None}, 1, [2]) is None
    True
    """
    inside = {survivor_id, *losers}
    above = parents.get(survivor_id)
    seen = set(inside)
    while above in losers and above is not None:
        above = parents.get(above)
        if above == survivor_id:
            return None
    step = above
    while step is not None:
        if step in inside:
            return None
        if step in seen:
            break
        seen.add(step)
        step = parents.get(step)
    return above
