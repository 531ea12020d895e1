"""The tree of a plan: order, WBS numbers, levels, phases, and where a row may be moved to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

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


def places(nodes: Iterable[Node]) -> Mapping[int, Place]:
    """Every row's place, in tree order; those of the same rows are found once, as most edits leave them.

    >>> found = places([Node(5, None, 0, phase_id=2), Node(7, 5, 1), Node(6, 5, 0), Node(8, None, 1)])
    >>> [(id, place.wbs, place.phase_id) for id, place in found.items()]
    [(5, '1', 2), (6, '1.1', 2), (7, '1.2', 2), (8, '2', None)]
    """
    return _places(tuple(nodes))


@lru_cache(maxsize=16)
def _places(nodes: tuple[Node, ...]) -> Mapping[int, Place]:
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


def topmost(nodes: Mapping[int, Node], ids: Iterable[int]) -> list[int]:
    """Those of the rows that stand below no other of them: these come along.

    >>> topmost({1: Node(1, None, 0), 2: Node(2, 1, 0), 3: Node(3, None, 1)}, [2, 1, 3])
    [1, 3]
    """
    chosen = list(dict.fromkeys(ids))
    return [id for id in chosen if not set(above(nodes, id)) & set(chosen)]


def above(nodes: Mapping[int, Node], id: int) -> list[int]:
    """The rows above a row, from its parent to the top."""
    line, parent = [], nodes[id].parent_id
    while parent is not None:
        line.append(parent)
        parent = nodes[parent].parent_id
    return line


def indented(siblings: list[int], id: int, name: str) -> int:
    """The row below which a row goes when it is indented. Raises RuleBroken for the first of its siblings."""
    at = siblings.index(id)
    if at == 0:
        text = "“%(name)s” is the first here, so there is no task to put it below."
        raise RuleBroken("task.no_indent", text, name=name)
    return siblings[at - 1]


def outdented(parent_id: int | None, name: str) -> int:
    """The row after which a row goes when it is outdented. Raises RuleBroken at the top."""
    if parent_id is None:
        raise RuleBroken("task.no_outdent", "“%(name)s” stands at the top level already.", name=name)
    return parent_id


def check_deletable(phase_id: int | None, name: str) -> None:
    """Raise RuleBroken for a phase."""
    if phase_id is not None:
        raise RuleBroken("task.is_phase", "“%(name)s” is a phase. Delete the tasks in it instead.", name=name)
