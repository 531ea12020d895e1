"""Gates as they are read: always inside one project."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select

from accounts.people.models import Person
from infra.database import db
from infra.subjects import Subject
from kernel.actor import project_scope
from kernel.errors import NotFound
from readiness.gates.models import ReadinessCriterion, ReadinessGate
from readiness.gates.rules.definitions import GO_LIVE, Category, Comparator, Criterion, Gate
from roadmap.projects.models import Phase
from roadmap.staffing.models import ProjectRole

_COPIED = (
    "id", "gate_id", "key", "statement", "source", "subject", "threshold", "unit", "weight", "must_have", "margin",
    "window_days", "minimum_sample", "freshness_days", "effort_days", "never_waivable", "role_id", "help", "workaround",
)  # fmt: skip


def gates(project_id: int) -> list[Gate]:
    """The gates of a project with what they ask, in the order of the phases: two statements."""
    return gates_of([project_id]).get(project_id, [])


def gates_of(project_ids: list[int]) -> dict[int, list[Gate]]:
    """The same for several projects."""
    asked = _criteria(ReadinessCriterion.project_id.in_(project_ids))
    query = (
        select(ReadinessGate, Phase.number)
        .outerjoin(Phase, Phase.id == ReadinessGate.phase_id)
        .where(ReadinessGate.project_id.in_(project_ids))
        .order_by(Phase.number.is_(None), Phase.number, ReadinessGate.position, ReadinessGate.id)
    )
    found: dict[int, list[Gate]] = defaultdict(list)
    for row, number in db.session.execute(query):
        found[row.project_id].append(_gate(row, number, tuple(asked.get(row.id, ()))))
    return found


def gate(project_id: int, key: str) -> Gate:
    """One gate by its key. Raises NotFound."""
    found = next((each for each in gates(project_id) if each.key == key), None)
    if found is None:
        raise NotFound
    return found


def main_gate(rows: list[Gate]) -> Gate | None:
    """The gate that pages ask first: the one for go-live, else the last."""
    return next((each for each in rows if each.key == GO_LIVE), rows[-1] if rows else None)


def of_phase(project_id: int, phase_id: int) -> list[Gate]:
    """The gates that stand in a phase, with what they ask."""
    return [each for each in gates(project_id) if each.phase_id == phase_id]


def criterion(project_id: int, criterion_id: int) -> Criterion:
    """One criterion inside its project, asked or not. Raises NotFound."""
    found = _criteria(ReadinessCriterion.project_id == project_id, ReadinessCriterion.id == criterion_id, every=True)
    if not found:
        raise NotFound
    return next(iter(found.values()))[0]


def dropped(project_id: int) -> list[Criterion]:
    """What is no longer asked."""
    rows = _criteria(ReadinessCriterion.project_id == project_id, ~ReadinessCriterion.asked, every=True)
    return [each for many in rows.values() for each in many]


def milestones_of(project_id: int) -> list[tuple[str, int | None]]:
    """The names of a project's gates with the numbers of their milestones, in order: for whoever compares plans."""
    return [(each.name, each.milestone_id) for each in gates(project_id)]


def subject(number: int) -> Subject | None:
    """A criterion as comments, files and action items refer to it."""
    row = db.session.get(ReadinessCriterion, number)
    if row is None:
        return None
    address = f"/projects/{row.project_id}/readiness/criteria/{number}"
    return Subject(f"criterion:{number}", row.statement, project_scope(row.project_id), address, "readiness.see")


def _criteria(*where: Any, every: bool = False) -> dict[int, list[Criterion]]:
    query = (
        select(ReadinessCriterion, ProjectRole.name, Person.id, Person.name)
        .outerjoin(ProjectRole, ProjectRole.id == ReadinessCriterion.role_id)
        .outerjoin(Person, Person.id == ProjectRole.person_id)
        .where(*where)
        .order_by(ReadinessCriterion.position, ReadinessCriterion.id)
    )
    found: dict[int, list[Criterion]] = defaultdict(list)
    for row, role, owner_id, owner in db.session.execute(query if every else query.where(ReadinessCriterion.asked)):
        found[row.gate_id].append(
            Criterion(
                **{name: getattr(row, name) for name in _COPIED},
                category=Category(row.category),
                comparator=Comparator(row.comparator),
                role=role or "",
                owner_id=owner_id,
                owner=owner or "",
            )
        )
    return found


def _gate(row: ReadinessGate, number: int | None, criteria: tuple[Criterion, ...]) -> Gate:
    return Gate(
        row.id,
        row.project_id,
        row.key,
        row.name,
        row.description,
        row.phase_id,
        number,
        row.milestone_id,
        row.minimum_score,
        row.minimum_confidence,
        criteria,
    )
