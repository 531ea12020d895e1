"""Planting the rows of a plan all at once, from a file or from another project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from infra.transaction import Work
from kernel.errors import RuleBroken
from roadmap.projects.events import ProjectCopied
from roadmap.projects.models import Phase
from roadmap.schedule.rules import TaskType
from roadmap.staffing import service as staffing
from roadmap.tasks import service as tasks
from roadmap.tasks.models import Dependency, Task, TaskDates


@dataclass(frozen=True, slots=True)
class RowSeed:
    """A row as a file or another plan has it, in tree order; ``parent`` is the key of a row before it.

    ``values`` are fields of `Task`, such as ``type``, ``duration_minutes``, ``phase_id``, ``role_id``, ``deadline``.
    """

    key: str
    name: str
    parent: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TieSeed:
    """A dependency between two keys; the lag is working minutes."""

    predecessor: str
    successor: str
    type: str = "FS"
    lag_minutes: int = 0


def plant(project_id: int, seeds: Sequence[RowSeed], links: Iterable[TieSeed], work: Work) -> dict[str, int]:
    """Add the rows below what is there, with their links, and schedule once; returns numbers by key.

    Raises RuleBroken, its ``params`` naming the row by ``key``, for values that make no sense and for a cycle.
    """
    levels = _levels(seeds)
    placed: dict[str | None, int] = {None: _rows_at_top(project_id, work)}
    rows: dict[str, Task] = {}
    for seed in seeds:
        position = placed.get(seed.parent, 0)
        placed[seed.parent] = position + 1
        rows[seed.key] = _row(project_id, seed, position, work)
    for level in range(max(levels.values(), default=-1) + 1):
        for seed in (each for each in seeds if levels[each.key] == level):
            row = rows[seed.key]
            if seed.parent is not None:
                row.parent_id = rows[seed.parent].id
                rows[seed.parent].type = TaskType.SUMMARY.value
            work.session.add(row)
        work.session.flush()
    work.session.add_all(
        Dependency(
            project_id=project_id,
            predecessor_id=rows[link.predecessor].id,
            successor_id=rows[link.successor].id,
            type=link.type,
            lag_minutes=link.lag_minutes,
        )
        for link in links
    )
    tasks.reschedule(project_id, work)
    return {key: row.id for key, row in rows.items()}


def follow_copy(event: ProjectCopied, work: Work) -> None:
    """A project was copied: its roles and its plan follow."""
    roles = staffing.copy_roles(event.source_id, event.project_id, work)
    copy(event.source_id, event.project_id, event.days_later, roles, work)


def copy(source_id: int, project_id: int, days_later: int, roles: Mapping[int, int], work: Work) -> dict[int, int]:
    """Copy the plan of a project without its progress; returns the new number of each row.

    ``roles`` maps old numbers to new ones; phases are found by their number. Dates that were given by hand move by the
    calendar days that the start moves.
    """
    rows = work.session.scalars(
        select(Task)
        .join(TaskDates, TaskDates.task_id == Task.id)
        .where(Task.project_id == source_id)
        .order_by(TaskDates.row)
    ).all()
    phases = _phases(source_id, project_id, work)
    shift = timedelta(days=days_later)
    seeds = [_seed_of(row, shift, phases, roles) for row in rows]
    ties = work.session.scalars(select(Dependency).where(Dependency.project_id == source_id))
    links = [TieSeed(str(tie.predecessor_id), str(tie.successor_id), tie.type, tie.lag_minutes) for tie in ties]
    numbers = plant(project_id, seeds, links, work)
    for row in rows:
        work.session.get_one(Task, numbers[str(row.id)]).key = row.key
    return {row.id: numbers[str(row.id)] for row in rows}


def _phases(source_id: int, project_id: int, work: Work) -> dict[int, int]:
    there = {row.number: row.id for row in work.session.scalars(select(Phase).where(Phase.project_id == project_id))}
    old = work.session.scalars(select(Phase).where(Phase.project_id == source_id))
    return {row.id: there[row.number] for row in old if row.number in there}


def _seed_of(row: Task, shift: timedelta, phases: Mapping[int, int], roles: Mapping[int, int]) -> RowSeed:
    values: dict[str, Any] = {name: getattr(row, name) for name in _COPIED}
    values["type"] = TaskType.TASK.value if row.type == TaskType.SUMMARY and row.phase_id is None else row.type
    values["phase_id"] = phases.get(row.phase_id or 0)
    values["role_id"] = roles.get(row.role_id or 0)
    values["deadline"] = row.deadline and row.deadline + shift
    values["constraint_date"] = row.constraint_date and row.constraint_date + shift
    return RowSeed(str(row.id), row.name, str(row.parent_id) if row.parent_id else None, values)


_COPIED = (
    "description",
    "reason",
    "acceptance",
    "duration_minutes",
    "estimate_low",
    "estimate_likely",
    "estimate_high",
    "work_minutes",
    "constraint_type",
    "owner_id",
    "is_go_live",
)


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


def _row(project_id: int, seed: RowSeed, position: int, work: Work) -> Task:
    row = tasks.blank(project_id, position=position, key=seed.key[:80])
    try:
        tasks.settle(work, row, {"name": seed.name, **seed.values})
    except RuleBroken as error:
        raise RuleBroken(error.code, error.text, field=error.field, **{**error.params, "key": seed.key}) from error
    return row
