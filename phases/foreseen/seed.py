"""Planting what a template foresees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from infra.database import db
from infra.transaction import Work
from phases.foreseen.models import Foreseen
from phases.foreseen.rules.states import State


@dataclass(frozen=True, slots=True)
class ForeseenSeed:
    """A meeting, message, course, objective, KPI ... as a template has it.

    It is due ``due_offset`` working days after the finish of the task ``anchor``. ``parent`` is the key of the one it
    belongs to, such as an agenda point's meeting.
    """

    kind: str
    key: str
    phase: int | None
    name: str
    description: str
    role: str | None
    due_offset: int | None
    anchor: str | None = None
    parent: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def plant(
    project_id: int,
    seeds: Sequence[ForeseenSeed],
    phases: Mapping[int, int],
    tasks: Mapping[str, int],
    roles: Mapping[str, int],
    work: Work,
) -> dict[str, int]:
    """Create what is foreseen, parents first; returns ids by key. Due days are set when the plan is scheduled."""
    rows: dict[str, Foreseen] = {}
    for position, seed in enumerate(seeds):
        rows[seed.key] = Foreseen(
            project_id=project_id,
            phase_id=phases.get(seed.phase) if seed.phase is not None else None,
            position=position,
            kind=seed.kind,
            key=seed.key,
            name=seed.name,
            description=seed.description,
            role_id=roles.get(seed.role) if seed.role else None,
            due_offset=seed.due_offset,
            anchor_id=tasks.get(seed.anchor) if seed.anchor else None,
            details=dict(seed.details),
        )
    work.session.add_all(rows.values())
    work.session.flush()
    for seed in seeds:
        if seed.parent:
            rows[seed.key].parent_id = rows[seed.parent].id
    work.session.flush()
    return {key: row.id for key, row in rows.items()}


def harvest(project_id: int) -> frozenset[tuple[str, str]]:
    """Kind and key of what is foreseen in a project and was not dropped."""
    query = select(Foreseen.kind, Foreseen.key)
    query = query.where(Foreseen.project_id == project_id, Foreseen.state != State.DROPPED)
    return frozenset((kind, key) for kind, key in db.session.execute(query))
