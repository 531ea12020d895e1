"""Planting the gates of a template, and taking them out of a project for a template of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from infra.database import db
from infra.transaction import Work
from readiness.gates.models import ReadinessCriterion, ReadinessGate
from roadmap.projects.models import Phase
from roadmap.staffing.models import ProjectRole


@dataclass(frozen=True, slots=True)
class CriterionSeed:
    """A criterion as a template has it; ``role`` is the key of the role that decides about it."""

    key: str
    statement: str
    help: str
    category: str
    source: str
    subject: str
    comparator: str
    threshold: float
    unit: str
    weight: float
    must_have: bool
    minimum_sample: int
    freshness_days: int | None
    effort_days: float
    role: str | None
    margin: float = 0.0
    window_days: int | None = None
    never_waivable: bool = False
    workaround: str = ""


@dataclass(frozen=True, slots=True)
class GateSeed:
    """A gate as a template has it; ``milestone`` is the key of the task at which it stands."""

    key: str
    name: str
    description: str
    phase: int | None
    milestone: str | None
    minimum_score: float
    minimum_confidence: float
    criteria: tuple[CriterionSeed, ...]


_SAME = (
    "key", "statement", "help", "category", "source", "subject", "comparator", "threshold", "unit", "weight",
    "must_have", "minimum_sample", "freshness_days", "effort_days", "margin", "window_days",
    "never_waivable", "workaround",
)  # fmt: skip


def plant(
    project_id: int,
    seeds: Sequence[GateSeed],
    phases: Mapping[int, int],
    tasks: Mapping[str, int],
    roles: Mapping[str, int],
    work: Work,
) -> None:
    """Create gates with their criteria; ``phases`` by number, ``tasks`` and ``roles`` by key."""
    for position, seed in enumerate(seeds):
        gate = ReadinessGate(
            project_id=project_id,
            phase_id=phases.get(seed.phase) if seed.phase is not None else None,
            milestone_id=tasks.get(seed.milestone) if seed.milestone else None,
            position=position,
            key=seed.key,
            name=seed.name,
            description=seed.description,
            minimum_score=seed.minimum_score,
            minimum_confidence=seed.minimum_confidence,
        )
        work.session.add(gate)
        work.session.flush()
        for place, each in enumerate(seed.criteria):
            same = {name: getattr(each, name) for name in _SAME}
            role = roles.get(each.role) if each.role else None
            work.session.add(
                ReadinessCriterion(project_id=project_id, gate_id=gate.id, position=place, role_id=role, **same)
            )
    work.session.flush()


def harvest(project_id: int, tasks: Mapping[int, str]) -> list[GateSeed]:
    """The gates of a project as a template would have them: what is still asked. ``tasks`` gives keys by number."""
    asked: dict[int, list[CriterionSeed]] = {}
    criteria = (
        select(ReadinessCriterion, ProjectRole.key)
        .outerjoin(ProjectRole, ProjectRole.id == ReadinessCriterion.role_id)
        .where(ReadinessCriterion.project_id == project_id, ReadinessCriterion.asked)
        .order_by(ReadinessCriterion.position, ReadinessCriterion.id)
    )
    for row, role in db.session.execute(criteria):
        same = {name: getattr(row, name) for name in _SAME}
        asked.setdefault(row.gate_id, []).append(CriterionSeed(**same, role=role))
    gates = (
        select(ReadinessGate, Phase.number)
        .outerjoin(Phase, Phase.id == ReadinessGate.phase_id)
        .where(ReadinessGate.project_id == project_id)
        .order_by(ReadinessGate.position, ReadinessGate.id)
    )
    return [
        GateSeed(
            gate.key,
            gate.name,
            gate.description,
            phase,
            tasks.get(gate.milestone_id or 0),
            gate.minimum_score,
            gate.minimum_confidence,
            tuple(asked.get(gate.id, ())),
        )
        for gate, phase in db.session.execute(gates)
    ]
