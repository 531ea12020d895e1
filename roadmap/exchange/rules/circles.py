"""Links that close a circle are left out, so that the rest of a plan can be scheduled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kernel.errors import RuleBroken
from kernel.worktime import standard
from roadmap.exchange.rules.plan_file import Issue
from roadmap.planting.rules import RowSeed, TieSeed
from roadmap.schedule.rules import Activity, CycleFound, Link, LinkType, Plan, TaskType, schedule

MOST_CIRCLES = 50


def without_circles(rows: Sequence[RowSeed], ties: Sequence[TieSeed]) -> tuple[list[TieSeed], list[Issue]]:
    """The links without the last one of each circle, and what was left out, with the circle named.

    Raises RuleBroken for a file with more circles than somebody could mend by looking at them.
    """
    left, issues = list(ties), list[Issue]()
    names = [row.name for row in rows]
    for _attempt in range(MOST_CIRCLES):
        circle = _circle(rows, left)
        if circle is None:
            return left, issues
        ids = {rows[number].key for number in circle}
        within = [place for place, tie in enumerate(left) if tie.predecessor in ids and tie.successor in ids]
        tie = left.pop(within[-1] if within else _about(left, ids))
        path = " → ".join(f"“{names[number]}”" for number in [*circle, circle[0]])
        issues.append(
            Issue(
                f"task {tie.successor}",
                f"These wait for each other: {path}. Its link to {tie.predecessor} was left out.",
            )
        )
    text = "More than %(count)s circles of tasks wait for each other. Mend them in the file."
    raise RuleBroken("import.circles", text, field="file", count=MOST_CIRCLES)


def _circle(rows: Sequence[RowSeed], ties: Sequence[TieSeed]) -> list[int] | None:
    numbers = {row.key: number for number, row in enumerate(rows)}
    calendar = standard()
    plan = Plan(
        start=datetime(2024, 1, 1, 8),
        calendar=calendar,
        activities=tuple(
            Activity(number, TaskType(row.values["type"]), parent=numbers.get(row.parent or ""))
            for number, row in enumerate(rows)
        ),
        links=tuple(Link(numbers[tie.predecessor], numbers[tie.successor], LinkType(tie.type)) for tie in ties),
    )
    try:
        schedule(plan)
    except CycleFound as error:
        return list(error.ids)
    return None


def _about(ties: Sequence[TieSeed], keys: set[str]) -> int:
    """The last link that touches one of the tasks, where a summary carries the circle."""
    return max(place for place, tie in enumerate(ties) if tie.predecessor in keys or tie.successor in keys)
