"""The tree of a plan: order, WBS numbers, levels, phases, and where a row may be moved to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kernel.errors import RuleBroken
from roadmap.schedule.rules import outline


@dataclass(frozen=True, slots=True)
class Node:
    """A row's place as it is stored."""

    id: int
    parent_id: int | None
    position: int
    phase_id: int | None = None
    type: str = "task"


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place as it is shown: ``row`` counts from 0 through the tree, ``level`` from 1."""

    row: int
    level: int
    wbs: str
    phase_id: int | None


Children = Mapping[int | None, list[int]]


def children_of(nodes: Iterable[Node]) -> dict[int | None, list[int]]:
    """The ids below each row in their order; the key None holds the top."""
    children: dict[int | None, list[int]] = {}
    for node in sorted(nodes, key=lambda each: (each.position, each.id)):
        children.setdefault(node.parent_id, []).append(node.id)
    return children


def places(nodes: Iterable[Node]) -> dict[int, Place]:
    """Every row's place, in tree order.

    >>> found = places([Node(5, None, 0, phase_id=2), Node(7, 5, 1), Node(6, 5, 0), Node(8, None, 1)])
    >>> [(id, place.wbs, place.phase_id) for id, place in found.items()]
    [(5, '1', 2), (6, '1.1', 2), (7, '1.2', 2), (8, '2', None)]
    """
    rows = {node.id: node for node in nodes}
    ordered = sorted(rows.values(), key=lambda each: (each.position, each.id))
    found: dict[int, Place] = {}
    for row in outline((each.id, each.parent_id) for each in ordered):
        node = rows[row.id]
        above = found.get(node.parent_id) if node.parent_id is not None else None
        phase_id = node.phase_id or (above.phase_id if above else None)
        found[row.id] = Place(len(found), row.depth + 1, row.wbs, phase_id)
    return found


def below(children: Children, id: int) -> list[int]:
    """Everything below a row, at any depth."""
    line = list(children.get(id, ()))
    for each in line:
        line += children.get(each, ())
    return line


def with_below(children: Children, ids: Iterable[int]) -> list[int]:
    """The rows and everything below them, each once."""
    return list(dict.fromkeys(each for id in ids for each in (id, *below(children, id))))


def check_parent(nodes: Mapping[int, Node], children: Children, id: int, parent_id: int | None) -> None:
    """Raise RuleBroken where a row can't stand: below itself, below a milestone, or a phase below another."""
    if parent_id is None:
        return
    if parent_id == id or parent_id in below(children, id):
        raise RuleBroken("task.below_itself", "A task can't be moved below itself.", field="parent_id")
    if nodes[parent_id].type == "milestone":
        raise RuleBroken("task.below_milestone", "A milestone holds no tasks. Make it a task first.", field="parent_id")
    if nodes[id].phase_id is not None:
        raise RuleBroken("task.phase_moved", "A phase stays at the top level of the plan.", field="parent_id")


def inserted(siblings: list[int], id: int, position: int) -> list[int]:
    """The siblings with the row at a place counted from 0; beyond the last is the end.

    >>> inserted([1, 2, 3], 3, 0)
    [3, 1, 2]
    """
    rest = [each for each in siblings if each != id]
    place = max(0, min(position, len(rest)))
    return [*rest[:place], id, *rest[place:]]
