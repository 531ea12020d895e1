"""Reading change requests: inside one project, or what waits for somebody's decision."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from accounts.people.models import Person
from infra.audit import queries as audit
from infra.audit.words import Said, say
from infra.database import db
from infra.lists import Column, Format, Kind, ListSpec
from infra.subjects import Subject
from infra.wires import wires
from kernel.actor import SYSTEM, Actor, project_scope
from kernel.errors import NotFound
from kernel.permission import Facts
from phases.foreseen.models import Foreseen
from phases.foreseen.rules.states import State as Foreseeable
from phases.kickoff.changes import rules
from phases.kickoff.changes.models import ChangePolicy, ChangeRequest
from phases.kickoff.changes.rules import Act, Drift, Level, Policy, ScopeAct, State
from phases.kickoff.changes.rules.effect import Effect, GateDay, from_json, size_of
from phases.kickoff.scope.rules import KIND as SCOPE
from roadmap.branches import queries as branches
from roadmap.projects.models import Project
from roadmap.projects.queries import is_running, reach
from roadmap.twins.queries import twins_of

GATES = "gate_milestones"
"""Where the wires hold the function from a project to the names of its gates and their milestones' numbers."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change request with what a page shows of it."""

    id: int
    project_id: int
    number: int
    title: str
    what: str
    why: str
    asked_by: str
    kind: str
    urgency: str
    state: State
    branch_id: int | None
    branch: str
    branch_state: str
    scope: tuple[ScopeAct, ...]
    effect: Effect | None
    author_id: int | None
    author: str
    created_at: datetime
    submitted_at: datetime | None
    decide_by: date | None
    decided_by: str
    decided_at: datetime | None
    reason: str
    applied_at: datetime | None
    project: str

    @property
    def code(self) -> str:
        """What people call it."""
        return rules.code(self.number)

    @property
    def facts(self) -> Facts:
        """Whose it is: that of whoever wrote it down."""
        return Facts(owners=frozenset() if self.author_id is None else frozenset({self.author_id}))

    @property
    def days(self) -> int | None:
        """By how many days it moves go-live; None where that is unknown."""
        return self.effect.days if self.effect else None

    def level(self, policy: Policy) -> Level:
        """Who decides about it."""
        return rules.level(size_of(self.effect, scope=bool(self.scope)), policy)

    def late(self, today: date) -> bool:
        """Waiting although its day has passed."""
        return self.state is State.SUBMITTED and self.decide_by is not None and self.decide_by < today


def change_list(today: date) -> ListSpec:
    """The columns of a project's change requests."""
    return ListSpec(
        key="changes",
        title="Change requests",
        default_sort="-number",
        page_size=50,
        columns=(
            Column("number", "No.", value=lambda row: row.number),
            Column("title", "Change", Kind.TEXT, searched=True),
            Column("kind", "Kind", Kind.CHOICE, choices=list(rules.KINDS.items())),
            Column("urgency", "Urgency", Kind.CHOICE, choices=[(each.value, each.value) for each in rules.Urgency]),
            Column("state", "State", Kind.CHOICE, choices=[(each.value, each.value) for each in State]),
            Column("days", "Go-live moves by days", Kind.NUMBER, numeric=True),
            Column("asked_by", "Asked by", value=lambda row: row.asked_by or row.author, searched=True),
            Column("decide_by", "Decide by", Kind.DATE, format=Format.DAY),
            Column("late", "Late", Kind.FLAG, value=lambda row: row.late(today), format=Format.FLAG, visible=False),
            Column("decided_by", "Decided by", visible=False),
            Column("created_at", "Written", Kind.DATE, format=Format.MOMENT, visible=False),
            Column("applied_at", "Applied", Kind.DATE, format=Format.MOMENT, visible=False),
            Column("what", "What", searched=True, visible=False),
            Column("why", "Why", searched=True, visible=False),
        ),
    )


def rows(project_id: int) -> list[ChangeRow]:
    """Every change request of a project, the newest first: one statement."""
    return _found(ChangeRequest.project_id == project_id)


def change(project_id: int, change_id: int) -> ChangeRow:
    """One change request inside its project. Raises NotFound."""
    found = _found(ChangeRequest.project_id == project_id, ChangeRequest.id == change_id)
    if not found:
        raise NotFound
    return found[0]


def of_branch(branch_id: int) -> ChangeRow | None:
    """The request that a branch belongs to, the newest that was not withdrawn."""
    kept = (State.WITHDRAWN.value, State.REJECTED.value)
    found = _found(ChangeRequest.branch_id == branch_id, ChangeRequest.state.not_in(kept))
    return found[0] if found else None


def policy_of(project_id: int) -> Policy:
    """Up to what size the manager of a project decides."""
    row = db.session.scalar(select(ChangePolicy).where(ChangePolicy.project_id == project_id))
    return Policy() if row is None else Policy(row.days, row.cents)


def policies() -> dict[int, Policy]:
    """The same for every project that has rules of its own."""
    rows = db.session.execute(select(ChangePolicy.project_id, ChangePolicy.days, ChangePolicy.cents))
    return {row[0]: Policy(row[1], row[2]) for row in rows}


def drifts(project_ids: Sequence[int], today: date) -> dict[int, Drift]:
    """How far the scope of some roll-outs moved: one statement; who has neither lines nor requests is left out."""
    lines = (
        select(Foreseen.project_id, func.count().label("count"))
        .where(
            Foreseen.project_id.in_(project_ids), Foreseen.kind == SCOPE, Foreseen.state != Foreseeable.DROPPED.value
        )
        .group_by(Foreseen.project_id)
        .subquery()
    )
    counting = [each.value for each in (State.SUBMITTED, State.APPROVED, State.APPLIED)]
    asked = and_(ChangeRequest.project_id == Project.id, ChangeRequest.state.in_(counting))
    query = (
        select(Project.id, lines.c.count, ChangeRequest.state, ChangeRequest.scope, ChangeRequest.decide_by)
        .outerjoin(lines, lines.c.project_id == Project.id)
        .outerjoin(ChangeRequest, asked)
        .where(Project.id.in_(project_ids), or_(lines.c.count > 0, ChangeRequest.id.is_not(None)))
    )
    found: dict[int, Drift] = {}
    for project_id, count, state, acts, decide_by in db.session.execute(query):
        drift = found.get(project_id, Drift(agreed=count or 0))
        found[project_id] = rules.with_request(drift, state, acts_of(acts or ()), decide_by, today)
    return found


def waiting_for(actor: Actor) -> list[ChangeRow]:
    """What somebody may decide about now, the most pressing first: two statements."""
    found = _found(ChangeRequest.state == State.SUBMITTED.value, is_running(), reach(actor, "change.decide"))
    own = policies() if found else {}
    mine = [row for row in found if not why_not_decide(row, actor, own.get(row.project_id, Policy()))]
    return sorted(mine, key=lambda row: (row.decide_by or date.max, row.id))


def why_not_decide(row: ChangeRow, actor: Actor, policy: Policy) -> str:
    """Why somebody may not decide about a request, in a sentence; empty where they may."""
    roles = actor.roles_in(project_scope(row.project_id))
    asked = row.author_id is not None and row.author_id == actor.id
    return rules.why_not_decide(row.level(policy), roles, asked=asked)


def measure(project_id: int, branch_id: int, now: datetime, today: date) -> Effect:
    """What a branch comes to beside its plan, now."""
    before, after = (branches.figures(each, today, SYSTEM) for each in (project_id, branch_id))
    return Effect(now, before, after, tuple(_gates(project_id, branch_id)), prints(project_id, branch_id))


def prints(project_id: int, branch_id: int) -> tuple[str, str]:
    """What tells whether a plan or its branch is another one than it was."""
    return _print(project_id), _print(branch_id)


def gate_days(project_id: int, branch_ids: Sequence[int]) -> list[tuple[str, date | None, list[date | None]]]:
    """When each gate is decided by the plan, and by each of its branches."""
    ask = cast("Callable[[int], list[tuple[str, int | None]]]", wires().extras.get(GATES, lambda _project_id: []))
    plan, found = branches.dates_of(project_id), []
    sides = [(twins_of(each), branches.dates_of(each)) for each in branch_ids]
    for name, milestone_id in ask(project_id):
        there = [dates.get(twins.get(milestone_id or 0, 0)) for twins, dates in sides]
        here = plan.get(milestone_id or 0)
        found.append((name, here[1].date() if here else None, [each[1].date() if each else None for each in there]))
    return found


def subject(number: int) -> Subject | None:
    """A change request as comments, files and notices see it."""
    found = _found(ChangeRequest.id == number)
    if not found:
        return None
    row = found[0]
    address = f"/projects/{row.project_id}/change-requests/{row.id}"
    scope = project_scope(row.project_id)
    return Subject(f"change:{number}", f"{row.code} {row.title}", scope, address, "change.see", facts=row.facts)


def history(change_id: int) -> list[Said]:
    """What happened to a change request, newest first."""
    return say(audit.of_subject(f"{ChangeRequest.__tablename__}:{change_id}", limit=30))


def acts_of(kept: Sequence[dict[str, Any]]) -> tuple[ScopeAct, ...]:
    """What a request does to the scope, from its row."""
    return tuple(ScopeAct(Act(each["act"]), each["name"], each["inside"], each.get("line_id")) for each in kept)


def _gates(project_id: int, branch_id: int) -> list[GateDay]:
    return [GateDay(name, before, after[0]) for name, before, after in gate_days(project_id, [branch_id])]


def _print(project_id: int) -> str:
    plain = json.dumps(branches.read(project_id).shot, sort_keys=True, default=str)
    return sha256(plain.encode()).hexdigest()[:16]


def _found(*criteria: Any) -> list[ChangeRow]:
    author, decider, shadow = aliased(Person), aliased(Person), aliased(Project)
    query = (
        select(
            ChangeRequest,
            func.coalesce(author.name, ""),
            func.coalesce(decider.name, ""),
            func.coalesce(shadow.name, ""),
            func.coalesce(shadow.state, ""),
            Project.name,
        )
        .join(Project, Project.id == ChangeRequest.project_id)
        .outerjoin(author, author.id == ChangeRequest.author_id)
        .outerjoin(decider, decider.id == ChangeRequest.decided_by_id)
        .outerjoin(shadow, shadow.id == ChangeRequest.branch_id)
        .where(*criteria)
        .order_by(ChangeRequest.number.desc())
    )
    return [_row(*found) for found in db.session.execute(query)]


def _row(row: ChangeRequest, author: str, decider: str, branch: str, branch_state: str, project: str) -> ChangeRow:
    return ChangeRow(
        id=row.id,
        project_id=row.project_id,
        number=row.number,
        title=row.title,
        what=row.what,
        why=row.why,
        asked_by=row.asked_by,
        kind=row.kind,
        urgency=row.urgency,
        state=State(row.state),
        branch_id=row.branch_id,
        branch=branch,
        branch_state=branch_state,
        scope=acts_of(row.scope),
        effect=from_json(row.effect),
        author_id=row.author_id,
        author=author,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        decide_by=row.decide_by,
        decided_by=decider,
        decided_at=row.decided_at,
        reason=row.reason,
        applied_at=row.applied_at,
        project=project,
    )
