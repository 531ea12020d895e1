"""Ticking, noting and dating what is foreseen; following the plan and its copies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from infra.merge import merge
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken
from phases.foreseen import rules
from phases.foreseen.models import Foreseen
from roadmap.actions import seed as actions
from roadmap.projects import queries as project_queries
from roadmap.projects import service as projects
from roadmap.projects.events import ProjectCopied
from roadmap.projects.rules import Clash
from roadmap.staffing import queries as staffing
from roadmap.staffing.models import ProjectRole
from roadmap.tasks import queries as tasks
from roadmap.tasks.events import PlanRescheduled
from roadmap.tasks.models import TaskDates

UNDOABLE = {
    "foreseen.marked": "foreseen.edit",
    "foreseen.changed": "foreseen.edit",
    "foreseen.dated": "foreseen.edit",
}
"""What can be taken back, and the permission that this needs."""
EDITABLE = ("note", "due", "role_id")


@dataclass(frozen=True, slots=True)
class Marked:
    """What setting a state came to: how many changed, how many could not go there at once, and the action."""

    changed: int
    held_back: int
    work: Work


def set_state(project_id: int, element_id: int, wanted: str, *, actor: Actor) -> Marked:
    """Set how an element stands; the same state again changes nothing. Raises NotFound, RuleBroken."""
    with transaction(actor, "foreseen.marked") as work:
        [row] = _open(work, project_id, [element_id])
        changed = _mark(row, rules.check_move(row.state, wanted))
        _catch_up(project_id, wanted, work)
        return Marked(int(changed), 0, work)


def set_states(project_id: int, element_ids: Iterable[int], wanted: str, *, actor: Actor) -> Marked:
    """Set the state of several; those that can't go there at once stay as they are and are counted."""
    with transaction(actor, "foreseen.marked") as work:
        state = rules.state_named(wanted)
        rows = _open(work, project_id, element_ids)
        able = [row for row in rows if rules.may_move(row.state, state)]
        changed = sum([_mark(row, state) for row in able])
        _catch_up(project_id, wanted, work)
        return Marked(changed, len(rows) - len(able), work)


def set_due(project_id: int, element_ids: Iterable[int], due: date | None, *, actor: Actor) -> Work:
    """Give elements a day by hand, which the plan then leaves alone; None lets them follow the plan again."""
    with transaction(actor, "foreseen.dated") as work:
        for row in _open(work, project_id, element_ids):
            row.due, row.due_fixed = due, due is not None
        if due is None:
            work.session.flush()
            _follow(project_id, work)
        return work


def change(
    project_id: int, element_id: int, values: Mapping[str, Any], *, actor: Actor, base: Mapping[str, Any] | None = None
) -> Work:
    """Change any of note, due and role_id. ``base`` is what the form showed. Raises NotFound, RuleBroken, Clash."""
    with transaction(actor, "foreseen.changed") as work:
        [row] = _open(work, project_id, [element_id])
        wanted = {name: values[name] for name in EDITABLE if name in values}
        if base is not None:
            merged = merge(base, wanted, {name: getattr(row, name) for name in wanted})
            if merged.conflicts:
                raise Clash(merged.conflicts)
            wanted = dict(merged.values)
        _fill(work, row, wanted)
        return work


def set_note(project_id: int, element_id: int, note: str, *, actor: Actor) -> Work:
    """Note something on an element."""
    return change(project_id, element_id, {"note": note}, actor=actor)


def set_role(project_id: int, element_id: int, role_id: int | None, *, actor: Actor) -> Work:
    """Give an element to a role of the project, or to none."""
    return change(project_id, element_id, {"role_id": role_id}, actor=actor)


def follow_plan(event: PlanRescheduled, work: Work) -> None:
    """Move what is planned and follows the plan to its new days, in the transaction that re-scheduled it."""
    _follow(event.project_id, work)


def follow_copy(event: ProjectCopied, work: Work) -> None:
    """Foresee the same in a copied project, all of it planned; phases, tasks and roles are those of the copy."""
    source = list(work.session.scalars(select(Foreseen).where(Foreseen.project_id == event.source_id)))
    phases = _phase_twins(event)
    roles = staffing.twins(event.source_id, event.project_id)
    anchors = tasks.twins(event.source_id, event.project_id)
    later = timedelta(days=event.days_later)
    copies = {row.id: _copy(row, event.project_id, later) for row in source}
    for row in source:
        made = copies[row.id]
        made.phase_id = phases.get(row.phase_id or 0)
        made.role_id = roles.get(row.role_id or 0)
        made.anchor_id = anchors.get(row.anchor_id or 0)
    work.session.add_all(copies.values())
    work.session.flush()
    for row in source:
        if row.parent_id in copies:
            copies[row.id].parent_id = copies[row.parent_id].id
    work.session.flush()
    actions.copy(event, {f"foreseen:{id}": f"foreseen:{made.id}" for id, made in copies.items()}, work)
    _follow(event.project_id, work)


def _follow(project_id: int, work: Work) -> None:
    rows = work.session.execute(
        select(Foreseen.id, Foreseen.due, Foreseen.due_offset, TaskDates.finish)
        .join(TaskDates, TaskDates.task_id == Foreseen.anchor_id)
        .where(Foreseen.project_id == project_id, ~Foreseen.due_fixed, Foreseen.state == rules.State.PLANNED)
        .where(Foreseen.due_offset.is_not(None))
    ).all()
    if not rows:
        return
    calendar = tasks.working_time_of(project_id)
    days = {row.id: calendar.add_days(row.finish.date(), row.due_offset or 0) for row in rows}
    moved = [row.id for row in rows if row.due != days[row.id]]
    for found in work.session.scalars(select(Foreseen).where(Foreseen.id.in_(moved))) if moved else ():
        found.due = days[found.id]


def _phase_twins(event: ProjectCopied) -> dict[int, int]:
    there = {phase.number: phase.id for phase in project_queries.phases(event.project_id)}
    here = project_queries.phases(event.source_id)
    return {phase.id: there[phase.number] for phase in here if phase.number in there}


def _copy(row: Foreseen, project_id: int, later: timedelta) -> Foreseen:
    return Foreseen(
        **{name: getattr(row, name) for name in _COPIED},
        project_id=project_id,
        due=row.due + later if row.due else None,
        details=dict(row.details),
    )


_COPIED = ("position", "kind", "key", "name", "description", "due_offset", "due_fixed")


def _fill(work: Work, row: Foreseen, wanted: Mapping[str, Any]) -> None:
    if "note" in wanted:
        row.note = rules.check_note(wanted["note"] or "")
    if "role_id" in wanted:
        row.role_id = _role_of(work, row.project_id, wanted["role_id"])
    if "due" in wanted and wanted["due"] != row.due:
        set_due(row.project_id, [row.id], wanted["due"], actor=work.actor)


def _role_of(work: Work, project_id: int, role_id: int | None) -> int | None:
    if role_id is None:
        return None
    role = work.session.get(ProjectRole, role_id)
    if role is None or role.project_id != project_id:
        raise RuleBroken("foreseen.role", "Choose a role of this project.", field="role_id")
    return role_id


def _mark(row: Foreseen, state: rules.State) -> bool:
    changed = row.state != state
    row.state = state.value
    return changed


def _catch_up(project_id: int, wanted: str, work: Work) -> None:
    """What is planned again gets the day that the plan has by now."""
    if wanted == rules.State.PLANNED:
        work.session.flush()
        _follow(project_id, work)


def _open(work: Work, project_id: int, element_ids: Iterable[int]) -> list[Foreseen]:
    """The rows, all of them, in a project that takes changes. Raises NotFound, RuleBroken."""
    projects.check_open(project_id)
    wanted = set(element_ids)
    query = select(Foreseen).where(Foreseen.project_id == project_id, Foreseen.id.in_(wanted)).order_by(Foreseen.id)
    rows = list(work.session.scalars(query))
    if len(rows) != len(wanted):
        raise NotFound
    return rows
