"""A plan and a file that is brought into it, both read alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from roadmap.branches.rules.shot import Row, Shot
from roadmap.exchange.rules.plan_file import PlanFile


@dataclass(frozen=True, slots=True)
class Sides:
    """``ours`` is the plan read back from a file of the same kind, its rows in order those of ``keys`` in ``shot``.

    ``pairs`` says which rows of the file are which of ``ours``; ``workers`` what its resources are in the plan, by key.
    ``blank`` are rows of each table that nobody has filled in yet. ``said`` are the fields that only the file could
    say, ``structured`` tells whether it says what stands below what, ``money`` whether costs count; ``filled`` names
    people for resources that are new.
    """

    ours: PlanFile
    theirs: PlanFile
    keys: tuple[str, ...]
    shot: Shot
    pairs: Mapping[str, str]
    workers: Mapping[str, str]
    blank: Mapping[str, Row]
    said: frozenset[str] = frozenset()
    structured: bool = True
    money: bool = True
    filled: Mapping[str, int] = field(default_factory=dict)


def numbered(plan: PlanFile, calendars: Mapping[str, int]) -> PlanFile:
    """A plan whose rows and resources name calendars by their number here instead of their key in the file."""
    rows = []
    for row in plan.rows:
        values = {name: value for name, value in row.values.items() if name != "calendar"}
        if "calendar" in row.values:
            values["calendar_id"] = calendars.get(row.values["calendar"] or "")
        rows.append(replace(row, values=values))
    known = {key: str(number) for key, number in calendars.items()}
    roles = tuple(replace(each, calendar=known.get(each.calendar or "")) for each in plan.roles)
    return replace(plan, rows=tuple(rows), roles=roles)
