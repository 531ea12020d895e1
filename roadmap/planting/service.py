"""Planting rows with their links below what a plan holds, all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from infra.transaction import Work
from kernel.errors import RuleBroken
from roadmap.planting.rules import RowSeed, TieSeed
from roadmap.schedule.rules import TaskType
from roadmap.tasks import service as tasks
from roadmap.tasks.models import Dependency, Task


def plant(
    project_id: int,
    seeds: Sequence[RowSeed],
    links: Iterable[TieSeed],
    work: Work,
    *,
    exact: bool = False,
    also: Callable[[Mapping[str, int], Work], None] | None = None,
) -> dict[str, int]:
    """Add the rows below what is there, with their links, and schedule once; returns numbers by key.

    ``exact`` rows were checked already and are taken as they are; ``also`` adds what hangs on them before they are
    scheduled. Raises RuleBroken, its ``params`` naming the row by ``key``, for values that make no sense and for a
    cycle.
    """
    levels = _levels(seeds)
    parents = {seed.parent for seed in seeds}
    placed: dict[str | None, int] = {None: _rows_at_top(project_id, work)}
    rows: dict[int, list[dict[str, Any]]] = {}
    for seed in seeds:
        position = placed.get(seed.parent, 0)
        placed[seed.parent] = position + 1
        row = _row(project_id, seed, position, work, exact=exact)
        if seed.key in parents:
            row["type"] = TaskType.SUMMARY.value
        rows.setdefault(levels[seed.key], []).append(row | {"seed": seed})
    numbers = dict.fromkeys((seed.key for seed in seeds), 0)
    for level in sorted(rows):
        wanted = [row.pop("seed") for row in rows[level]]
        for row, seed in zip(rows[level], wanted, strict=True):
            row["parent_id"] = None if seed.parent is None else numbers[seed.parent]
        keys = (seed.key for seed in wanted)
        numbers |= zip(keys, work.bulk_insert(Task, rows[level]), strict=True)
    work.bulk_insert(Dependency, _ties(project_id, links, numbers))
    if also is not None:
        also(numbers, work)
    tasks.reschedule(project_id, work)
    return numbers


def _ties(project_id: int, links: Iterable[TieSeed], numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "project_id": project_id,
            "predecessor_id": numbers[link.predecessor],
            "successor_id": numbers[link.successor],
            "type": link.type,
            "lag_minutes": link.lag_minutes,
            "lag_unit": link.lag_unit,
            "lag_percent": link.lag_percent,
        }
        for link in {(each.predecessor, each.successor, each.type): each for each in links}.values()
    ]


def _levels(seeds: Sequence[RowSeed]) -> dict[str, int]:
    levels: dict[str, int] = {}
    for seed in seeds:
        if seed.key in levels:
            raise RuleBroken("plan.key_twice", "“%(key)s” is used by two rows.", key=seed.key)
        if seed.parent is not None and seed.parent not in levels:
            raise RuleBroken("plan.parent_unknown", "“%(key)s” stands below a row that does not exist.", key=seed.key)
        levels[seed.key] = 0 if seed.parent is None else levels[seed.parent] + 1
    return levels


def _rows_at_top(project_id: int, work: Work) -> int:
    query = select(Task.position).where(Task.project_id == project_id, Task.parent_id.is_(None))
    return max(work.session.scalars(query), default=-1) + 1


def _row(project_id: int, seed: RowSeed, position: int, work: Work, *, exact: bool) -> dict[str, Any]:
    """The columns of a row."""
    row = tasks.blank(project_id, position=position, key=seed.key[:80])
    values = {"name": seed.name, **seed.values}
    if not exact:
        try:
            tasks.settle(work, row, values)
        except RuleBroken as error:
            raise RuleBroken(error.code, error.text, field=error.field, **{**error.params, "key": seed.key}) from error
    columns = {name: value for name, value in vars(row).items() if name in _COLUMNS}
    return columns | values


_COLUMNS = frozenset(Task.__table__.columns.keys()) - {"id"}
