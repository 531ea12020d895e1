"""A plan as plain values that can be kept, compared and merged: every row by a key that holds in all branches of it.

A row of the trunk is called ``task:12``, one that came to be in a branch ``task:+57``; links and assignments are what
they tie together, such as ``dependency:task:12>task:14>FS``. What points to another row holds its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Row = Mapping[str, Any]
Shot = Mapping[str, Row]
PROJECT = "project"
"""The key of the plan's own row."""
PLACE = "position"
"""The field that says where a row stands among its siblings: it is merged by order, not by number."""

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "task": ("parent_id",),
    "dependency": ("predecessor_id", "successor_id"),
    "task_assignment": ("task_id", "role_id"),
    "allocation": ("role_id",),
}
"""What a row can't be without, where it names one: a task below another goes with it."""
LOOSE: Mapping[str, tuple[str, ...]] = {"task": ("role_id", "phase_id"), "fixed_cost": ("task_id", "phase_id")}
"""What a row may name and can be without."""
TABLES = ("project", "phase", "project_role", "allocation", "task", "fixed_cost", "dependency", "task_assignment")
"""The parts of a plan, each after those that it points to."""


def table_of(key: str) -> str:
    """The table that a row belongs to.

    >>> table_of("task:+57"), table_of("dependency:task:1>task:2>FS"), table_of("project")
    ('task', 'dependency', 'project')
    """
    return key.partition(":")[0]


def needs(key: str, row: Row) -> Iterator[str]:
    """The rows that this one can't be without."""
    for field in REQUIRED.get(table_of(key), ()):
        if row.get(field) is not None:
            yield str(row[field])


def family(shot: Shot) -> dict[str, list[str]]:
    """The keys of the tasks below each task in their order; the empty key holds the top."""
    below: dict[str, list[tuple[int, str]]] = {}
    for key, row in shot.items():
        if table_of(key) == "task":
            below.setdefault(row.get("parent_id") or "", []).append((row[PLACE], key))
    return {parent: [key for _place, key in sorted(rows)] for parent, rows in below.items()}


def kinds_of(shot: Shot) -> dict[str, str]:
    """The type of each task: one that others stand below is a summary, and so is that of a phase."""
    tree = family(shot)
    return {
        key: "summary" if key in tree or row.get("phase_id") is not None else str(row["type"])
        for key, row in shot.items()
        if table_of(key) == "task"
    }


def in_order(shot: Shot) -> list[str]:
    """Every key after those that it needs: table by table, the tree of tasks from the top down."""
    tree = family(shot)
    walked: list[str] = []
    waiting = list(reversed(tree.get("", [])))
    while waiting:
        key = waiting.pop()
        walked.append(key)
        waiting += reversed(tree.get(key, []))
    rank = {key: place for place, key in enumerate(walked)}
    return sorted(shot, key=lambda key: (TABLES.index(table_of(key)), rank.get(key, len(rank)), key))


def changed_fields(one: Row, other: Row) -> list[str]:
    """The fields in which two states of a row differ, but for its place."""
    return [name for name in one.keys() | other.keys() if name != PLACE and one.get(name) != other.get(name)]


def with_above(keys: Iterable[str], *shots: Shot) -> set[str]:
    """These rows and all that they need, directly or not, in any of the shots."""
    found: set[str] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key in found:
            continue
        found.add(key)
        for shot in shots:
            waiting += needs(key, shot[key]) if key in shot else ()
    return found
