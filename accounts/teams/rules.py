"""What a tree of teams allows: what lies below a team, and that no team is above itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kernel.errors import RuleBroken

NAME_LENGTH = 120


def below(parents: Mapping[int, int | None], team_id: int) -> frozenset[int]:
    """Every team under one, at any depth, without itself. ``parents`` gives the team above each.

    >>> sorted(below({1: None, 2: 1, 3: 2, 4: None}, 1))
    [2, 3]
    """
    found: set[int] = set()
    edge = {team_id}
    while edge:
        edge = {each for each, parent in parents.items() if parent in edge and each not in found and each != team_id}
        found |= edge
    return frozenset(found)


def with_below(parents: Mapping[int, int | None], team_ids: Iterable[int]) -> frozenset[int]:
    """Some teams and every team under them.

    >>> sorted(with_below({1: None, 2: 1, 3: 2, 4: None}, [2, 4]))
    [2, 3, 4]
    """
    return frozenset().union(*({each} | below(parents, each) for each in team_ids))


def check_parent(parents: Mapping[int, int | None], team_id: int, parent_id: int | None) -> None:
    """Refuse to hang a team under itself or under one of those below it. Raises RuleBroken."""
    if parent_id is not None and (parent_id == team_id or parent_id in below(parents, team_id)):
        raise RuleBroken("teams.circle", "A team can't stand below itself. Choose another team above.", field="parent")


def check_name(name: str) -> str:
    """The name as it is kept. Raises RuleBroken for none and for a long one."""
    cleaned = " ".join(name.split())
    if not cleaned:
        raise RuleBroken("teams.name", "Give the team a name.", field="name")
    if len(cleaned) > NAME_LENGTH:
        raise RuleBroken("teams.name_long", "The name can have %(limit)d characters.", field="name", limit=NAME_LENGTH)
    return cleaned
