"""The life of a change request: asked for, measured, submitted, decided, applied; and who decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from accounts.access import queries as access
from accounts.notices.service import tell
from infra.merge import merge
from infra.transaction import Work, transaction
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound, Refused, RuleBroken
from kernel.questions import Obstacle
from phases.kickoff.changes import queries, rules
from phases.kickoff.changes.models import ChangePolicy, ChangeRequest
from phases.kickoff.changes.rules import Act, ChangeData, Level, Policy, ScopeAct, State
from phases.kickoff.changes.rules.effect import as_json, from_json, size_of
from phases.kickoff.scope import service as scope
from phases.kickoff.scope.rules import LineData
from roadmap.branches import queries as branches
from roadmap.branches import service as merging
from roadmap.branches.events import MayMerge
from roadmap.projects import service as projects
from roadmap.projects.models import Project
from roadmap.projects.rules import Clash, wall_time

UNDOABLE = {
    "change.added": "change.ask",
    "change.changed": "change.edit",
    "change.measured": "change.edit",
    "change.submitted": "change.edit",
    "change.withdrawn": "change.edit",
    "change.reworked": "change.edit",
    "change.decided": "change.decide",
    "change.applied": "change.apply",
    "change.policy": "change.apply",
}
"""What can be taken back, and the permission that this needs."""
FIELDS = ("title", "what", "why", "asked_by", "kind", "urgency", "branch_id", "scope")
_ACTIONS = {State.WITHDRAWN: "change.withdrawn", State.DRAFT: "change.reworked"}


def ask_for(project_id: int, data: ChangeData, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Write a request down, as a draft; its number in the table and the work. Raises NotFound, RuleBroken."""
    data = rules.checked(data)
    with transaction(actor, "change.added") as work:
        project = projects.opened(work, project_id)
        _check_running(project)
        row = ChangeRequest(
            project_id=project_id,
            number=_next_number(work, project_id),
            author_id=actor.id,
            created_at=now,
            effect=None,
        )
        _fill(project_id, row, _values(data))
        work.session.add(row)
        work.session.flush()
        return row.id, work


def change(
    project_id: int, change_id: int, data: ChangeData, *, actor: Actor, base: Mapping[str, Any] | None = None
) -> Work:
    """Write a draft anew; ``base`` is what the form showed. Raises NotFound, RuleBroken, Clash."""
    data = rules.checked(data)
    with transaction(actor, "change.changed") as work:
        row = _row(work, project_id, change_id)
        if row.state != State.DRAFT:
            raise RuleBroken("change.frozen", "Only a draft can be written anew. Take the request back first.")
        wanted = _values(data)
        if base is not None:
            merged = merge(base, wanted, {name: getattr(row, name) for name in wanted})
            if merged.conflicts:
                raise Clash(merged.conflicts)
            wanted = dict(merged.values)
        _fill(project_id, row, wanted)
    return work


def measure(project_id: int, change_id: int, *, actor: Actor, now: datetime) -> Work:
    """Measure anew what it comes to; whoever decides sees the new figures. Raises NotFound, RuleBroken."""
    with transaction(actor, "change.measured") as work:
        row = _row(work, project_id, change_id)
        if row.state not in (State.DRAFT, State.SUBMITTED):
            raise RuleBroken("change.decided_already", "What was decided on stays as it was measured.")
        if row.branch_id is None:
            text = "There is no branch to measure. Branch the plan, show the change there, and name the branch here."
            raise RuleBroken("change.no_branch", text, field="branch_id")
        _measure(work, row, now)
    return work


def submit(project_id: int, change_id: int, *, actor: Actor, now: datetime) -> Work:
    """Ask for a decision: the effect is measured and frozen. Raises NotFound, RuleBroken."""
    with transaction(actor, "change.submitted") as work:
        row = _row(work, project_id, change_id)
        rules.check_move(State(row.state), State.SUBMITTED)
        rules.check_complete(row.what, row.why)
        if row.branch_id is not None:
            _measure(work, row, now)
        day = _today(work, project_id, now)
        row.state, row.submitted_at, row.decide_by = State.SUBMITTED.value, now, rules.decide_by(day, row.urgency)
        _tell(work, "change_submitted", _deciders(row), row, day=row.decide_by.isoformat())
    return work


def decide(project_id: int, change_id: int, *, approve: bool, reason: str = "", actor: Actor, now: datetime) -> Work:
    """Approve or reject; a rejection says why. Raises NotFound, RuleBroken, Refused for whom the rules do not let."""
    with transaction(actor, "change.decided") as work:
        row = _row(work, project_id, change_id)
        wanted = State.APPROVED if approve else State.REJECTED
        rules.check_move(State(row.state), wanted)
        found = queries.change(project_id, change_id)
        why_not = queries.why_not_decide(found, actor, queries.policy_of(project_id))
        if why_not and actor.id is not None:
            raise Refused(why_not)
        if not approve and not reason.strip():
            raise RuleBroken("change.reason", "Say why it is rejected.", field="reason")
        if len(reason) > rules.TEXT_LIMIT:
            raise RuleBroken("change.reason_long", "The reason is too long.", field="reason")
        row.state, row.reason = wanted.value, reason.strip()
        row.decided_at, row.decided_by_id = now, actor.id
        _tell(work, "change_decided", [row.author_id, *_with_role(row, "manager")], row, what=_SAID[wanted])
    return work


def step(project_id: int, change_id: int, wanted: State, *, actor: Actor) -> Work:
    """Withdraw a request, or make it a draft again. Raises NotFound, RuleBroken."""
    if wanted not in _ACTIONS:
        raise RuleBroken("change.step", "Choose to withdraw the request or to work on it again.")
    with transaction(actor, _ACTIONS[wanted]) as work:
        row = _row(work, project_id, change_id)
        rules.check_move(State(row.state), wanted)
        row.state = wanted.value
        if wanted is State.DRAFT:
            row.decided_at = row.decided_by_id = row.decide_by = row.submitted_at = None
            row.reason = ""
    return work


def apply(
    project_id: int, change_id: int, choices: Mapping[str, str] | None = None, *, actor: Actor, now: datetime
) -> Work:
    """Do what was approved: merge its branch, change the scope. All or nothing.

    Raises NotFound, RuleBroken, and roadmap.branches.service.Undecided where the plan changed in the same places.
    """
    with transaction(actor, "change.applied") as work:
        row = _row(work, project_id, change_id)
        rules.check_move(State(row.state), State.APPLIED)
        row.state, row.applied_at = State.APPLIED.value, now
        work.session.flush()
        for each in queries.acts_of(row.scope):
            _scope(project_id, each, rules.code(row.number), actor)
        if row.branch_id is not None:
            merging.merge_back(project_id, row.branch_id, choices, actor=actor, now=now)
        _tell(work, "change_decided", [row.author_id], row, what=_SAID[State.APPLIED])
    return work


def set_policy(project_id: int, policy: Policy, *, actor: Actor) -> Work:
    """Say up to what size the manager decides alone. Raises RuleBroken."""
    rules.check_policy(policy)
    with transaction(actor, "change.policy") as work:
        projects.check_open(project_id)
        row = work.session.scalar(select(ChangePolicy).where(ChangePolicy.project_id == project_id))
        if row is None:
            row = ChangePolicy(project_id=project_id, days=policy.days, cents=policy.cents)
            work.session.add(row)
        row.days, row.cents = policy.days, policy.cents
    return work


def obstacles_to_merge(question: MayMerge) -> Iterable[Obstacle]:
    """A branch that a request shows is merged by applying the request, once it is approved."""
    found = queries.of_branch(question.branch_id)
    if found is None or found.state is State.APPLIED:
        return
    address = f"/projects/{found.project_id}/change-requests/{found.id}"
    if found.state is State.APPROVED:
        yield Obstacle(f"It belongs to {found.code}, which is approved: apply that request.", address)
    else:
        yield Obstacle(f"It belongs to {found.code}, which is not approved.", address)


_SAID = {
    State.APPROVED: "approved",
    State.REJECTED: "rejected",
    State.APPLIED: "applied",
}


def _values(data: ChangeData) -> dict[str, Any]:
    acts = [{"act": a.act.value, "name": a.name, "inside": a.inside, "line_id": a.line_id} for a in data.scope]
    return {name: getattr(data, name) for name in FIELDS if name != "scope"} | {"scope": acts}


def _fill(project_id: int, row: ChangeRequest, values: Mapping[str, Any]) -> None:
    branch_id = values["branch_id"]
    if branch_id is not None and branch_id != row.branch_id:
        _check_branch(project_id, branch_id, row.id)
        row.effect = None
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    if branch_id is None:
        row.effect = None


def _check_branch(project_id: int, branch_id: int, change_id: int | None) -> None:
    try:
        found = branches.branch(project_id, branch_id)
    except NotFound:
        found = None
    if found is None or not found.open:
        raise RuleBroken("change.branch", "Choose an open branch of this plan.", field="branch_id")
    other = queries.of_branch(branch_id)
    if other is not None and other.id != change_id:
        text = "This branch shows %(request)s already. Branch the plan once more."
        raise RuleBroken("change.branch_taken", text, field="branch_id", request=other.code)


def _measure(work: Work, row: ChangeRequest, now: datetime) -> None:
    if row.branch_id is None:
        return
    work.session.flush()
    if not branches.branch(row.project_id, row.branch_id).open:
        text = "Its branch is closed: branch the plan once more and name the new branch."
        raise RuleBroken("change.branch_closed", text, field="branch_id")
    effect = queries.measure(row.project_id, row.branch_id, now, _today(work, row.project_id, now))
    row.effect = as_json(effect)


def _scope(project_id: int, act: ScopeAct, code: str, actor: Actor) -> None:
    if act.act is Act.ADD:
        scope.add(project_id, LineData(act.inside, act.name, change=code), actor=actor)
    elif act.line_id is not None:
        scope.take(project_id, act.line_id, code, actor=actor)


def _deciders(row: ChangeRequest) -> list[int]:
    size = size_of(from_json(row.effect), scope=bool(row.scope))
    level = rules.level(size, queries.policy_of(row.project_id))
    return _with_role(row, "manager" if level is Level.MANAGER else "executive")


def _with_role(row: ChangeRequest, role: str) -> list[int]:
    return [member.person_id for member in access.members(project_scope(row.project_id)) if member.role == role]


def _tell(work: Work, kind: str, people: Iterable[int | None], row: ChangeRequest, **params: str) -> None:
    label = f"{rules.code(row.number)} {row.title}"
    tell(work, kind, people, subject=f"change:{row.id}", label=label, scope=project_scope(row.project_id), **params)


def _check_running(project: Project) -> None:
    if project.state != "active":
        raise RuleBroken("change.over", "This roll-out is over: nothing about it can be changed any more.")


def _next_number(work: Work, project_id: int) -> int:
    """The next number of a project. On PostgreSQL the project's row is held, so that two who ask get two numbers."""
    work.session.execute(select(Project.id).where(Project.id == project_id).with_for_update())
    query = select(func.max(ChangeRequest.number)).where(ChangeRequest.project_id == project_id)
    return (work.session.scalar(query) or 0) + 1


def _today(work: Work, project_id: int, now: datetime) -> date:
    return wall_time(now, work.session.get_one(Project, project_id).timezone).date()


def _row(work: Work, project_id: int, change_id: int) -> ChangeRequest:
    """The row inside a project that takes changes. Raises NotFound, RuleBroken."""
    projects.check_open(project_id)
    row = work.session.get(ChangeRequest, change_id)
    if row is None or row.project_id != project_id:
        raise NotFound
    return row
