"""Asking for, changing and closing action items; following the plan and its copies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from accounts.notices.service import tell
from infra import subjects
from infra.merge import merge
from infra.transaction import Work, transaction
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound, RuleBroken
from roadmap.actions import rules
from roadmap.actions.models import ActionItem
from roadmap.actions.rules import ActionData, State
from roadmap.projects import service as projects
from roadmap.projects.models import Project
from roadmap.projects.rules import Clash
from roadmap.staffing import queries as staffing
from roadmap.tasks import service as plans
from roadmap.tasks.events import PlanRescheduled

UNDOABLE = {
    "action.added": "action.add",
    "action.changed": "action.edit",
    "action.done": "action.edit",
    "action.reopened": "action.edit",
    "action.dropped": "action.edit",
    "actions.done": "action.edit",
    "actions.assigned": "action.edit",
    "actions.due_set": "action.edit",
}
"""What can be taken back, and the permission that this needs."""
EDITABLE = ("title", "details", "owner_id", "due")


def add_action(project_id: int, data: ActionData, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Ask for something; its number in the table, and the work. Raises RuleBroken, and NotFound for no project.

    The subject must be one of this project that the actor may see.
    """
    with transaction(actor, "action.added") as work:
        project = projects.opened(work, project_id)
        _check_subject(project_id, data.subject, actor)
        row = ActionItem(
            project_id=project_id,
            number=next_number(work, project_id),
            subject=data.subject,
            author_id=actor.id,
            created_at=now,
        )
        values = {"title": data.title, "details": data.details, "owner_id": data.owner_id, "due": data.due}
        _fill(project, row, values)
        work.session.add(row)
        work.session.flush()
        _tell_owner(work, [row])
        return row.id, work


def change(
    project_id: int, action_id: int, values: Mapping[str, Any], *, actor: Actor, base: Mapping[str, Any] | None = None
) -> Work:
    """Change any of title, details, owner_id and due; None as the day of a template's item follows the plan again.

    ``base`` is what the form showed. Raises NotFound, RuleBroken, and Clash where both changed the same field.
    """
    with transaction(actor, "action.changed") as work:
        project = projects.opened(work, project_id)
        [row] = _rows(work, project_id, [action_id])
        wanted = {name: values[name] for name in EDITABLE if name in values}
        if base is not None:
            merged = merge(base, wanted, {name: getattr(row, name) for name in wanted})
            if merged.conflicts:
                raise Clash(merged.conflicts)
            wanted = dict(merged.values)
        if _fill(project, row, wanted):
            _tell_owner(work, [row])
        _follow(project_id, work)
        return work


def complete(project_id: int, action_id: int, outcome: str = "", *, actor: Actor, now: datetime) -> Work:
    """Say that it is done, with a word on what was done. Done twice changes nothing. Raises NotFound, RuleBroken."""
    with transaction(actor, "action.done") as work:
        projects.check_open(project_id)
        [row] = _rows(work, project_id, [action_id])
        rules.check_move(row.state, State.DONE)
        if row.state != State.DONE:
            _close(row, State.DONE, rules.check_text(outcome, "outcome"), work, now)
        return work


def drop(project_id: int, action_id: int, reason: str, *, actor: Actor, now: datetime) -> Work:
    """Say that it is no longer needed, and why. Raises NotFound, RuleBroken without a reason."""
    with transaction(actor, "action.dropped") as work:
        projects.check_open(project_id)
        [row] = _rows(work, project_id, [action_id])
        rules.check_move(row.state, State.DROPPED)
        _close(row, State.DROPPED, rules.check_reason(reason), work, now)
        return work


def reopen(project_id: int, action_id: int, *, actor: Actor) -> Work:
    """Open it again; what was said stays to be read. Raises NotFound."""
    with transaction(actor, "action.reopened") as work:
        projects.check_open(project_id)
        [row] = _rows(work, project_id, [action_id])
        if row.state != State.OPEN:
            row.state, row.closed_at, row.closed_by_id = State.OPEN.value, None, None
        _follow(project_id, work)
        return work


def complete_many(project_id: int, action_ids: Iterable[int], *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Say that several are done; those that are closed already stay as they are. Returns how many changed."""
    with transaction(actor, "actions.done") as work:
        projects.check_open(project_id)
        waiting = [row for row in _rows(work, project_id, action_ids) if row.state == State.OPEN]
        for row in waiting:
            _close(row, State.DONE, row.outcome, work, now)
        return len(waiting), work


def assign(project_id: int, action_ids: Iterable[int], owner_id: int | None, *, actor: Actor) -> Work:
    """Give several to somebody of the team, or to nobody. Raises NotFound, RuleBroken."""
    with transaction(actor, "actions.assigned") as work:
        project = projects.opened(work, project_id)
        rows = _rows(work, project_id, action_ids)
        _tell_owner(work, [row for row in rows if _fill(project, row, {"owner_id": owner_id})])
        return work


def set_due(project_id: int, action_ids: Iterable[int], due: date | None, *, actor: Actor) -> Work:
    """Give several a day; None lets those of a template follow the plan again. Raises NotFound, RuleBroken."""
    with transaction(actor, "actions.due_set") as work:
        project = projects.opened(work, project_id)
        for row in _rows(work, project_id, action_ids):
            _fill(project, row, {"due": due})
        _follow(project_id, work)
        return work


def follow_plan(event: PlanRescheduled, work: Work) -> None:
    """Move what is open and follows the plan to its new day, in the transaction that re-scheduled it."""
    _follow(event.project_id, work)


def next_number(work: Work, project_id: int) -> int:
    """The next number of a project. On PostgreSQL the project's row is held, so that two who ask get two numbers."""
    work.session.execute(select(Project.id).where(Project.id == project_id).with_for_update())
    query = select(func.max(ActionItem.number)).where(ActionItem.project_id == project_id)
    return (work.session.scalar(query) or 0) + 1


def _fill(project: Project, row: ActionItem, values: Mapping[str, Any]) -> bool:
    """Put values into a row; returns whether it got another owner."""
    owner_id = row.owner_id
    kept: dict[str, Callable[[Any], Any]] = {
        "title": lambda value: rules.check_title(value or ""),
        "details": lambda value: rules.check_text(value or "", "details"),
    }
    for name, value in values.items():
        cleaned = kept[name](value) if name in kept else value
        if getattr(row, name) == cleaned:
            continue
        if name == "owner_id":
            rules.check_owner(value, (each.id for each in staffing.people_of(project.id)))
        if name == "due":
            rules.check_due(value, project.start)
            row.due_fixed = value is not None
        setattr(row, name, cleaned)
    return row.owner_id != owner_id


def _check_subject(project_id: int, key: str, actor: Actor) -> None:
    if not key:
        return
    try:
        found = subjects.find(key, actor)
    except NotFound:
        found = None
    if found is None or found.scope != project_scope(project_id):
        raise RuleBroken("action.subject", "What this should belong to is not in this roll-out.", field="subject")


def _close(row: ActionItem, state: State, outcome: str, work: Work, now: datetime) -> None:
    row.state, row.outcome = state.value, outcome
    row.closed_at, row.closed_by_id = now, work.actor.id
    if state == State.DONE:
        _tell(work, "action_done", [row.author_id], row)


def _tell_owner(work: Work, rows: Sequence[ActionItem]) -> None:
    """Say to whoever was given something that it is theirs; several at once are told once."""
    if rows:
        _tell(work, "assigned", [rows[0].owner_id], rows[0], count=len(rows))


def _tell(work: Work, kind: str, people: Iterable[int | None], row: ActionItem, count: int = 1) -> None:
    scope = project_scope(row.project_id)
    tell(work, kind, people, subject=f"action:{row.id}", label=row.title, scope=scope, count=count)


def _follow(project_id: int, work: Work) -> None:
    plans.follow_anchors(ActionItem, project_id, work, ActionItem.state == State.OPEN)


def _rows(work: Work, project_id: int, action_ids: Iterable[int]) -> list[ActionItem]:
    """The rows, all of them, inside their project. Raises NotFound."""
    wanted = set(action_ids)
    query = select(ActionItem).where(ActionItem.project_id == project_id, ActionItem.id.in_(wanted))
    found = list(work.session.scalars(query.order_by(ActionItem.id)))
    if len(found) != len(wanted):
        raise NotFound
    return found
