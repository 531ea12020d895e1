"""Adding to the scope, taking from it, and putting things on the other side."""

from __future__ import annotations

from sqlalchemy import func, select

from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound
from phases.foreseen.models import Foreseen
from phases.foreseen.rules.states import State
from phases.kickoff.scope import rules
from phases.kickoff.scope.rules import KIND, LineData
from roadmap.projects import service as projects

UNDOABLE = {
    "scope.added": "scope.edit",
    "scope.changed": "scope.edit",
    "scope.taken": "scope.edit",
    "scope.back": "scope.edit",
}
"""What can be taken back, and the permission that this needs."""


def add(project_id: int, data: LineData, *, actor: Actor) -> tuple[int, Work]:
    """Say that something is in scope, or out of it; the line's number and the work. Raises RuleBroken."""
    line = rules.checked(data)
    with transaction(actor, "scope.added") as work:
        projects.check_open(project_id)
        place = work.session.scalar(select(func.max(Foreseen.position)).where(Foreseen.project_id == project_id))
        row = Foreseen(
            project_id=project_id,
            position=(place if place is not None else -1) + 1,
            kind=KIND,
            key="",
            name=line.name,
            description=line.description,
            due=None,
            due_offset=None,
            details=_details(line),
        )
        work.session.add(row)
        work.session.flush()
        row.key = f"scope-{row.id}"
        return row.id, work


def change(project_id: int, line_id: int, data: LineData, *, actor: Actor) -> Work:
    """Say it better, or put it on the other side. Raises NotFound, RuleBroken."""
    line = rules.checked(data)
    with transaction(actor, "scope.changed") as work:
        row = _row(work, project_id, line_id)
        row.name, row.description, row.details = line.name, line.description, {**row.details, **_details(line)}
    return work


def take(project_id: int, line_id: int, why: str = "", *, actor: Actor) -> Work:
    """Take a line away; it stays to be read, with why. Raises NotFound."""
    with transaction(actor, "scope.taken") as work:
        row = _row(work, project_id, line_id)
        row.state, row.note = State.DROPPED.value, why[: rules.TEXT_LIMIT]
    return work


def put_back(project_id: int, line_id: int, *, actor: Actor) -> Work:
    """Let a line that was taken away hold again. Raises NotFound."""
    with transaction(actor, "scope.back") as work:
        _row(work, project_id, line_id).state = State.PLANNED.value
    return work


def _details(line: LineData) -> dict[str, object]:
    return {"inside": line.inside} | ({"change": line.change} if line.change else {})


def _row(work: Work, project_id: int, line_id: int) -> Foreseen:
    projects.check_open(project_id)
    row = work.session.get(Foreseen, line_id)
    if row is None or row.project_id != project_id or row.kind != KIND:
        raise NotFound
    return row
