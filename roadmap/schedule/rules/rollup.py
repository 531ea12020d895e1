"""What a summary says about its children."""

from collections.abc import Iterable

from .plan import Activity

_Share = tuple[int, int, int, int]
"""Work done, all work, sum of percentages, number of leaves."""


def rolled_up_percent(activities: Iterable[Activity]) -> dict[int, int]:
    """Progress in percent of every row: its own, or for summaries that of the leaves below, weighted by duration.

    Where all leaves are milestones each counts the same. Rounded down, so that 100 means everything is done.
    """
    rows = {row.id: row for row in activities}
    parents = {row.parent for row in rows.values()}
    shares: dict[int, _Share] = {}
    for row in rows.values():
        if row.id not in parents:
            _credit(row, rows, shares)
    return {each: _percent(shares[each]) if each in parents else own_percent(row) for each, row in rows.items()}


def own_percent(row: Activity) -> int:
    """Progress of a row without children; an actual finish means all of it."""
    return 100 if row.finished else row.percent_complete


def _credit(leaf: Activity, rows: dict[int, Activity], shares: dict[int, _Share]) -> None:
    percent, minutes, parent = own_percent(leaf), leaf.duration_minutes, leaf.parent
    seen: set[int] = set()
    while parent in rows and parent not in seen:
        done, total, percents, count = shares.get(parent, (0, 0, 0, 0))
        shares[parent] = done + percent * minutes, total + minutes, percents + percent, count + 1
        seen.add(parent)
        parent = rows[parent].parent


def _percent(share: _Share) -> int:
    done, total, percents, count = share
    return done // total if total else percents // count
