"""Whom a reader may see by name, and groups that are large enough that nobody is told out of them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from adoption.crew.rules import Crew
from kernel.permission import Visibility, allow

GRANTS = allow("adoption.policy", administrator=Visibility.ALL)
"""What is shown of people is the organisation's decision, not that of one roll-out."""
SMALLEST_GROUP = 5
"""Fewer people than that are no group: a figure of theirs would be a figure of each."""
Key = TypeVar("Key", bound=Hashable)


class Visible(StrEnum):
    """Who sees people by name. Everybody sees themselves, whatever holds."""

    GROUPS = "groups"
    LEADS = "leads"
    PERSONS = "persons"


USUAL = Visible.LEADS
"""What holds as long as nobody decided."""


def named(crew: Crew, visible: Visible, person_id: int | None, *, manages: bool) -> frozenset[int]:
    """The people of a crew whom a reader may see by name; ``manages``: the reader leads the roll-out."""
    if visible is Visible.PERSONS and manages:
        return crew.ids
    if visible is Visible.GROUPS:
        return crew.ids & {person_id}
    return crew.led_by(person_id)


def groups(parts: Mapping[Key, frozenset[int]], seen: frozenset[int]) -> list[tuple[Key, ...]]:
    """Parts as they may be shown: alone from five people on, or where the reader sees each of them; others together.

    Where those others are fewer than five the smallest group joins them, as the whole less the groups would tell of
    them. What can't be made large enough is left out.

    >>> parts = {"a": frozenset(range(6)), "b": frozenset(range(6, 8)), "c": frozenset(range(8, 11))}
    >>> groups(parts, frozenset())
    [('a',), ('b', 'c')]
    >>> groups({"a": frozenset(range(6)), "b": frozenset({6})}, frozenset())
    [('a', 'b')]
    """
    alone = [key for key, ids in parts.items() if ids and (ids <= seen or len(ids) >= SMALLEST_GROUP)]
    rest = [key for key, ids in parts.items() if ids and key not in alone]
    spare = sorted((key for key in alone if not parts[key] <= seen), key=lambda key: len(parts[key]))
    while rest and spare and _size(parts, rest) < SMALLEST_GROUP:
        rest.append(spare.pop(0))
    if _size(parts, rest) < SMALLEST_GROUP:
        return [(key,) for key in alone]
    together = tuple(key for key in parts if key in rest)
    return [*((key,) for key in alone if key not in rest), together]


def runs(parts: Sequence[tuple[Key, frozenset[int]]]) -> list[tuple[Key, ...]]:
    """Parts in an order, neighbours joined until each run has five people; too few in all are left out.

    >>> runs([("w1", frozenset(range(3))), ("w2", frozenset(range(3, 8))), ("w3", frozenset({8}))])
    [('w1', 'w2', 'w3')]
    """
    found: list[list[Key]] = []
    size = SMALLEST_GROUP
    for key, ids in parts:
        if size >= SMALLEST_GROUP:
            found.append([])
            size = 0
        found[-1].append(key)
        size += len(ids)
    if found and size < SMALLEST_GROUP:
        last = found.pop()
        if not found:
            return []
        found[-1] += last
    return [tuple(each) for each in found]


def whole_is_shown(crew: Crew, seen: frozenset[int]) -> bool:
    """Whether the figures of all may be shown: they are a group, too."""
    return len(crew.ids) >= SMALLEST_GROUP or (bool(crew.ids) and crew.ids <= seen)


def _size(parts: Mapping[Key, frozenset[int]], keys: Sequence[Key]) -> int:
    return len(frozenset().union(*(parts[key] for key in keys)))
