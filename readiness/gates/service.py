"""Changing what is asked at gates, and copying it with a project."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from infra.merge import merge
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken
from readiness.gates.models import ReadinessCriterion, ReadinessGate
from readiness.gates.rules import definitions as rules
from readiness.gates.rules.definitions import Category, Comparator
from roadmap.projects import queries as project_queries
from roadmap.projects import service as projects
from roadmap.projects.events import ProjectCopied
from roadmap.projects.rules import Clash
from roadmap.staffing import queries as staffing
from roadmap.staffing.models import ProjectRole
from roadmap.tasks import queries as tasks

UNDOABLE = {
    f"readiness.{what}": "readiness.edit"
    for what in ("gate_changed", "criterion_added", "criterion_changed", "criterion_dropped", "criterion_asked")
}
"""What can be taken back, and the permission that this needs."""
_TEXTS: Mapping[str, tuple[int, str, bool]] = {
    "statement": (rules.STATEMENT_LIMIT, "The statement", True),
    "help": (rules.TEXT_LIMIT, "The reason for asking", False),
    "workaround": (rules.TEXT_LIMIT, "The workaround", False),
    "source": (30, "The source", True),
    "subject": (80, "What the source looks at", False),
    "unit": (40, "The unit", True),
}
_NUMBERS: Mapping[str, tuple[float, float, str]] = {
    "threshold": (-1e9, 1e9, "The threshold"),
    "margin": (0, 1e9, "The margin"),
    "weight": (0.1, rules.MOST_WEIGHT, "The weight"),
    "effort_days": (0, rules.MOST_EFFORT, "The effort to close it"),
    "minimum_sample": (0, 1e6, "The minimum sample"),
}
_DAYS: Mapping[str, str] = {"window_days": "The window", "freshness_days": "The age of evidence"}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "category": tuple(each.value for each in Category),
    "comparator": tuple(each.value for each in Comparator),
}
_SWITCHES = ("must_have", "never_waivable")
EDITABLE = ("role_id", *_CHOICES, *_TEXTS, *_NUMBERS, *_DAYS, *_SWITCHES)


def change_gate(
    project_id: int, key: str, values: Mapping[str, Any], *, actor: Actor, base: Mapping[str, Any] | None = None
) -> Work:
    """Change name, description, minimum_score or minimum_confidence. Raises NotFound, RuleBroken, Clash."""
    with transaction(actor, "readiness.gate_changed") as work:
        row = _gate(work, project_id, key)
        wanted = _merged(row, values, base, ("name", "description", "minimum_score", "minimum_confidence"))
        if "name" in wanted:
            wanted["name"] = rules.check_text("name", wanted["name"], 200, "The name", needed=True)
        for name, label in (("minimum_score", "The least score"), ("minimum_confidence", "The least confidence")):
            if name in wanted:
                wanted[name] = rules.check_number(name, wanted[name], 0, 100, label)
        _fill(row, wanted)
    return work


def add_criterion(project_id: int, gate_key: str, values: Mapping[str, Any], *, actor: Actor) -> tuple[int, Work]:
    """Ask for one thing more at a gate; its number. Raises NotFound, RuleBroken."""
    with transaction(actor, "readiness.criterion_added") as work:
        gate = _gate(work, project_id, gate_key)
        checked = _checked(work, project_id, values)
        last = work.session.scalar(
            select(func.max(ReadinessCriterion.position)).where(ReadinessCriterion.gate_id == gate.id)
        )
        key = _free_key(work, project_id, checked.get("statement", ""))
        row = ReadinessCriterion(
            project_id=project_id, gate_id=gate.id, key=key, position=(last or 0) + 1, **{**_USUAL, **checked}
        )
        if not row.statement or not row.source:
            rules.check_text("statement", row.statement, rules.STATEMENT_LIMIT, "The statement", needed=True)
            raise RuleBroken("gates.source", "Choose where its evidence comes from.", field="source")
        work.session.add(row)
        work.session.flush()
    return row.id, work


def change_criterion(
    project_id: int,
    criterion_id: int,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    base: Mapping[str, Any] | None = None,
) -> Work:
    """Change what is asked. ``base`` is what the form showed. Raises NotFound, RuleBroken, Clash."""
    with transaction(actor, "readiness.criterion_changed") as work:
        row = _criterion(work, project_id, criterion_id)
        _fill(row, _checked(work, project_id, _merged(row, values, base, EDITABLE)))
    return work


def drop_criterion(project_id: int, criterion_id: int, *, actor: Actor) -> Work:
    """Ask it no longer; what was decided on it stays readable. Raises NotFound."""
    with transaction(actor, "readiness.criterion_dropped") as work:
        _criterion(work, project_id, criterion_id).asked = False
    return work


def ask_again(project_id: int, criterion_id: int, *, actor: Actor) -> Work:
    """Ask again what was dropped. Raises NotFound."""
    with transaction(actor, "readiness.criterion_asked") as work:
        _criterion(work, project_id, criterion_id).asked = True
    return work


def follow_copy(event: ProjectCopied, work: Work) -> None:
    """Ask the same at the gates of a copied project; phases, milestones and roles are those of the copy."""
    numbers = {phase.number: phase.id for phase in project_queries.phases(event.project_id)}
    phases = {phase.id: numbers.get(phase.number) for phase in project_queries.phases(event.source_id)}
    roles = staffing.twins(event.source_id, event.project_id)
    milestones = tasks.twins(event.source_id, event.project_id)
    source = ReadinessGate.project_id == event.source_id
    for gate in work.session.scalars(select(ReadinessGate).where(source).order_by(ReadinessGate.id)).all():
        made = ReadinessGate(
            **{name: getattr(gate, name) for name in _GATE_COPIED},
            project_id=event.project_id,
            phase_id=phases.get(gate.phase_id or 0),
            milestone_id=milestones.get(gate.milestone_id or 0),
        )
        work.session.add(made)
        work.session.flush()
        asked = select(ReadinessCriterion).where(ReadinessCriterion.gate_id == gate.id, ReadinessCriterion.asked)
        for row in work.session.scalars(asked.order_by(ReadinessCriterion.id)).all():
            work.session.add(
                ReadinessCriterion(
                    **{name: getattr(row, name) for name in _COPIED},
                    project_id=event.project_id,
                    gate_id=made.id,
                    role_id=roles.get(row.role_id or 0),
                )
            )
    work.session.flush()


_GATE_COPIED = ("position", "key", "name", "description", "minimum_score", "minimum_confidence", "quorum")
_COPIED = ("position", "key", *(name for name in EDITABLE if name != "role_id"))
_USUAL: Mapping[str, Any] = {
    "statement": "",
    "source": "",
    "category": Category.PROCESS.value,
    "comparator": Comparator.EQUAL.value,
    "threshold": 1.0,
    "unit": rules.YES_NO,
    "weight": 1.0,
}


def _merged(
    row: ReadinessGate | ReadinessCriterion,
    values: Mapping[str, Any],
    base: Mapping[str, Any] | None,
    editable: tuple[str, ...],
) -> dict[str, Any]:
    wanted = {name: values[name] for name in editable if name in values}
    if base is None:
        return wanted
    merged = merge(base, wanted, {name: getattr(row, name) for name in wanted})
    if merged.conflicts:
        raise Clash(merged.conflicts)
    return dict(merged.values)


def _checked(work: Work, project_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as it is kept. Raises RuleBroken."""
    found: dict[str, Any] = {name: bool(values[name]) for name in _SWITCHES if name in values}
    found |= {
        name: rules.check_text(name, values[name] or "", limit, label, needed=needed)
        for name, (limit, label, needed) in _TEXTS.items()
        if name in values
    }
    found |= {
        name: rules.check_number(name, values[name], least, most, label)
        for name, (least, most, label) in _NUMBERS.items()
        if name in values
    }
    found |= {name: _days(name, values[name], label) for name, label in _DAYS.items() if name in values}
    found |= {name: _choice(name, values[name], known) for name, known in _CHOICES.items() if name in values}
    if "minimum_sample" in found:
        found["minimum_sample"] = int(found["minimum_sample"])
    if "role_id" in values:
        found["role_id"] = _role(work, project_id, values["role_id"])
    return found


def _days(name: str, days: int | None, label: str) -> int | None:
    return None if days is None else int(rules.check_number(name, days, 1, 3650, label))


def _choice(name: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise RuleBroken("gates.choice", "“%(value)s” is none of the choices.", field=name, value=str(value)[:40])
    return str(value)


def _role(work: Work, project_id: int, role_id: int | None) -> int | None:
    if role_id is None:
        return None
    role = work.session.get(ProjectRole, role_id)
    if role is None or role.project_id != project_id:
        raise RuleBroken("gates.role", "Choose a role of this project.", field="role_id")
    return role_id


def _free_key(work: Work, project_id: int, statement: str) -> str:
    """A key made of the statement's words that no other criterion of the project has."""
    stem = "-".join(re.findall(r"[a-z0-9]+", statement.lower()))[:60].strip("-") or "criterion"
    query = select(ReadinessCriterion.key).where(ReadinessCriterion.project_id == project_id)
    taken = set(work.session.scalars(query))
    return next(
        key for number in range(1, len(taken) + 2) if (key := stem if number == 1 else f"{stem}-{number}") not in taken
    )


def _fill(row: ReadinessGate | ReadinessCriterion, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _gate(work: Work, project_id: int, key: str) -> ReadinessGate:
    projects.check_open(project_id)
    query = select(ReadinessGate).where(ReadinessGate.project_id == project_id, ReadinessGate.key == key)
    row = work.session.scalars(query).first()
    if row is None:
        raise NotFound
    return row


def _criterion(work: Work, project_id: int, criterion_id: int) -> ReadinessCriterion:
    projects.check_open(project_id)
    row = work.session.get(ReadinessCriterion, criterion_id)
    if row is None or row.project_id != project_id:
        raise NotFound
    return row
