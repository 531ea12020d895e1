"""The tree of teams as a page shows it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from accounts.teams.queries import TeamRow

DEEPEST = 6
"""Deeper teams are indented no further."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A team in the tree: its depth, its people with those of all below it, whether it is chosen or comes along."""

    id: int
    name: str
    depth: int
    people: int
    chosen: bool
    comes_along: bool


def tree(teams: Sequence[TeamRow], chosen: Collection[int]) -> list[Branch]:
    """Every team below the one that it belongs to, by name. A team whose parent is not there stands at the top."""
    known = {each.id for each in teams}
    below: dict[int | None, list[TeamRow]] = {}
    for each in teams:
        below.setdefault(each.parent_id if each.parent_id in known else None, []).append(each)
    return _branches(below, None, 0, chosen, inside=False)


def _branches(
    below: dict[int | None, list[TeamRow]], parent: int | None, depth: int, chosen: Collection[int], *, inside: bool
) -> list[Branch]:
    found: list[Branch] = []
    for each in below.get(parent, []):
        is_chosen = each.id in chosen
        parts = _branches(below, each.id, depth + 1, chosen, inside=inside or is_chosen)
        people = each.members + sum(part.people for part in parts if part.depth == depth + 1)
        found += [Branch(each.id, each.name, min(depth, DEEPEST), people, is_chosen, inside), *parts]
    return found
