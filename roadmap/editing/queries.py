"""What editing reads: a plan kept between requests, what changed since somebody looked, steps back and forth."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import func, select

from infra.audit.models import AuditEntry
from infra.audit.rules import Kind
from infra.database import db
from infra.merge import as_plain
from infra.transaction import current
from infra.undo.service import ACTION, UNDOABLE
from infra.wires import wires
from kernel.actor import Actor, project_scope
from kernel.errors import RuleBroken
from roadmap.editing.rules.acts import Act, Set
from roadmap.editing.rules.conflicts import Elsewhere
from roadmap.editing.rules.steps import KEPT, Steps, Told, steps
from roadmap.projects.models import Project
from roadmap.projects.rules import wall_time
from roadmap.revisions import queries as revisions
from roadmap.revisions.queries import Entry, Stamp
from roadmap.schedule.rules import Plan, Schedule
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Assignment, Dependency, Task, TaskDates
from roadmap.tasks.queries import TaskRow
from roadmap.tasks.rules import fields
from roadmap.tasks.rules.dates import Known, scheduled
from roadmap.tasks.rules.tree import Node

ENTRIES = 1000
"""So many entries of the trail are looked through for one's own steps."""
STEPS_OF = ("task.", "tasks.", "plan.edited")
"""How the actions begin that are steps in a plan, of those that can be undone."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A stored plan with its dates, without anything that belongs to a session; nobody changes it."""

    stamp: Stamp
    plan: Plan
    nodes: tuple[Node, ...]
    names: Mapping[int, str]
    schedule: Schedule
    go_lives: tuple[int, ...]
    timezone: str

    def now(self, at: datetime) -> datetime:
        """A moment as the clocks of the project show it."""
        return wall_time(at, self.timezone)


def loaded(project_id: int) -> Loaded:
    """A plan as it is stored; one that nobody changed since is not read again. Raises NotFound."""
    stamp = revisions.stamp_of(project_id)
    work = current(db.session())
    mark = "" if work is not None and stamp.mark == work.transaction_id else stamp.mark
    known = revisions.kept(project_id, mark)
    if known is None:
        read = tasks.load(project_id)
        schedule = scheduled(read.plan, read.nodes, read.names)
        known = Known(read.plan, read.nodes, read.names, schedule, tasks.stored_dates(project_id))
        if mark:
            revisions.keep(project_id, mark, known)
    milestones = select(Task.id).where(Task.project_id == project_id, Task.is_go_live).order_by(Task.id)
    zone = db.session.scalar(select(Project.timezone).where(Project.id == project_id)) or "UTC"
    return Loaded(
        stamp, known.plan, known.nodes, known.names, known.schedule, tuple(db.session.scalars(milestones)), zone
    )


def version_of(project_id: int) -> str:
    """What a page sends along, so that the server knows what it shows."""
    return version_text(revisions.stamp_of(project_id))


def version_text(stamp: Stamp) -> str:
    """A moment in the life of a plan as a text."""
    return f"{stamp.number}.{stamp.entry}"


def seen(version: object, now: Stamp) -> Stamp | None:
    """The moment that a version names; None where the plan never was there, as after a backup came back.

    Raises RuleBroken for what no server gave.
    """
    found = re.fullmatch(r"([0-9]{1,9})\.([0-9]{1,15})", version) if isinstance(version, str) else None
    if found is None:
        raise RuleBroken("plan.version", "“version” is what this server gave with the plan.", field="version")
    then = Stamp(int(found[1]), "", int(found[2]))
    return then if then.number <= now.number and then.entry <= now.entry else None


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since a moment: rows, numbers of rows that are gone, who else did it.

    ``all`` where that can't be said and every row is there.
    """

    stamp: Stamp
    rows: tuple[dict[str, Any], ...]
    gone: tuple[int, ...]
    by: tuple[str, ...]
    go_live: datetime | None
    finish: datetime | None
    all: bool = False


def since(project_id: int, version: object, actor: Actor, today: date) -> Since:
    """The rows that changed since a version, with what else a page shows of the whole. Raises RuleBroken."""
    stamp = revisions.stamp_of(project_id)
    then = seen(version, stamp) if version is not None else None
    entries = revisions.entries_since(project_id, then.entry) if then else []
    whole = then is None or len(entries) >= revisions.MOST
    rows = rows_of(project_id, today, after=None if whole or then is None else then.number)
    numbers = {each.number for each in entries if each.table == "task" and each.kind == Kind.REMOVED}
    there = set(db.session.scalars(select(Task.id).where(Task.id.in_(numbers)))) if numbers else set()
    others = dict.fromkeys(each.actor_name for each in entries if each.actor_id != actor.id)
    ends = _ends(project_id)
    return Since(stamp, tuple(rows), tuple(sorted(numbers - there)), tuple(others), *ends, all=whole)


def _ends(project_id: int) -> tuple[datetime | None, datetime | None]:
    last = select(func.max(TaskDates.finish)).where(TaskDates.project_id == project_id)
    row = db.session.execute(select(tasks.go_live_column(project_id), last.scalar_subquery())).one()
    return row[0], row[1]


def rows_of(project_id: int, today: date, *, after: int | None = None) -> list[dict[str, Any]]:
    """Rows as the script of the plan gets them; ``after`` leaves those that did not change since a revision."""
    changed = () if after is None else (TaskDates.revision > after,)
    return [_row(row) for row in tasks.rows(project_id, today, *changed)]


def _row(row: TaskRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "parent": row.parent_id,
        "row": row.row,
        "position": row.position,
        "level": row.level,
        "wbs": row.wbs,
        "phase": row.phase_id,
        "type": row.type,
        "name": row.name,
        "start": minute_text(row.start),
        "finish": minute_text(row.finish),
        "late_finish": minute_text(row.late_finish),
        "stop": minute_text(row.stop),
        "resume": minute_text(row.resume),
        "duration_minutes": row.duration_minutes,
        "duration": fields.duration_text(row.duration_minutes),
        "percent": round(row.percent, 1),
        "critical": row.critical,
        "slack_minutes": row.total_slack_minutes,
        "late": row.late,
        "state": row.state.value,
        "done": row.done,
        "active": row.active,
        "manual": row.manual,
        "constraint_type": row.constraint_type,
        "constraint_date": minute_text(row.constraint_date),
        "deadline": as_plain(row.deadline),
        "actual_start": minute_text(row.actual_start),
        "actual_finish": minute_text(row.actual_finish),
        "owner_id": row.owner_id,
        "owner": row.owner,
        "role_id": row.role_id,
        "role": row.role,
        "is_go_live": row.is_go_live,
        "predecessors": [
            {"id": each.task_id, "type": each.type, "lag_minutes": each.lag_minutes} for each in row.predecessors
        ],
        "waits_for": row.predecessors_text,
    }


def minute_text(moment: datetime | None) -> str | None:
    """A moment as the script gets it."""
    return None if moment is None else moment.isoformat(timespec="minutes")


def elsewhere(project_id: int, then: Stamp, wanted: Sequence[Act], actor: Actor) -> dict[int, Elsewhere]:
    """What others did since to the rows of a plan, and what acts were based on that is not so any more."""
    entries = [each for each in revisions.entries_since(project_id, then.entry) if each.actor_id != actor.id]
    found: dict[int, Elsewhere] = {}
    for entry in entries:
        for id, changes in _about(entry):
            before = found.get(id, Elsewhere({}, ""))
            folded = {**before.fields}
            for name, pair in changes.items():
                folded[name] = [folded.get(name, pair)[0], pair[1]]
            gone = entry.kind == Kind.REMOVED if entry.table == "task" else before.gone
            found[id] = Elsewhere(
                folded, entry.actor_name, gone, entry.label if entry.table == "task" else before.label
            )
    for act in wanted:
        if isinstance(act, Set) and act.base:
            _add_unseen(found, act)
    return found


def _about(entry: Entry) -> Iterable[tuple[int, Mapping[str, Sequence[Any]]]]:
    """The rows that an entry is about: a link is a field of the row that waits."""
    if entry.table == "task":
        return [(entry.number, entry.changes if entry.kind == Kind.CHANGED else {})]
    source, target = (next((each for each in entry.changes.get(name, ()) if each), None) for name in _ENDS)
    row = db.session.get(Dependency, entry.number) if source is None or target is None else None
    if row is not None:
        source, target = row.predecessor_id, row.successor_id
    return [(target, {f"link {source}": [None, None]})] if target is not None else []


_ENDS = ("predecessor_id", "successor_id")


def _add_unseen(found: dict[int, Elsewhere], act: Set) -> None:
    """A field that holds something else than the person saw, whoever changed it."""
    row = db.session.get(Task, act.id)
    for name, base in act.base.items() if row is not None else ():
        there, before = getattr(row, name, base), found.get(act.id, Elsewhere({}, ""))
        if as_plain(there) != as_plain(base) and name not in before.fields:
            unseen = {**before.fields, name: [as_plain(base), as_plain(there)]}
            found[act.id] = Elsewhere(unseen, before.who, before.gone, before.label)


def steps_of(project_id: int, actor: Actor, now: datetime) -> Steps:
    """What somebody can undo and do again in a plan, by the trail; two statements."""
    mine = (AuditEntry.actor_id == actor.id, AuditEntry.scope == project_scope(project_id))
    columns = (AuditEntry.id, AuditEntry.at, AuditEntry.transaction_id, AuditEntry.kind, AuditEntry.action)
    query = select(*columns, AuditEntry.label, AuditEntry.subject).where(*mine, AuditEntry.action.in_(step_actions()))
    rows = db.session.execute(query.order_by(AuditEntry.id.desc()).limit(ENTRIES)).all()
    told: dict[str, tuple[int, Told]] = {}
    for row in reversed([row for row in rows if now - row.at <= KEPT]):
        first = told.get(row.transaction_id)
        if first is None or row.kind == Kind.NOTED:
            told[row.transaction_id] = row.id, Told(row.transaction_id, None, row.action, row.label or "")
    undone = select(AuditEntry.id, AuditEntry.transaction_id, AuditEntry.changes).where(
        AuditEntry.scope == project_scope(project_id), AuditEntry.action == ACTION, AuditEntry.kind == Kind.NOTED
    )
    for row in db.session.execute(undone.order_by(AuditEntry.id.desc()).limit(ENTRIES)).all():
        told[row.transaction_id] = row.id, Told(row.transaction_id, str(row.changes.get("undoes", ["", ""])[1]))
    return steps(each for _id, each in sorted(told.values(), key=lambda pair: pair[0]))


def step_actions() -> list[str]:
    """The actions that are steps in a plan."""
    table = cast("Mapping[str, str]", wires().extras.get(UNDOABLE, {}))
    return sorted(action for action in table if action.startswith(STEPS_OF))


def hash_of(project_id: int) -> str:
    """A plan as a number: equal where every row, link, assignment and date is."""
    digest = sha256()
    for model in (Task, Dependency, Assignment, TaskDates):
        derived = {"revision", "id"} if model is TaskDates else set()
        columns = [each for each in model.__table__.columns if each.key not in derived]
        query = select(*columns).where(model.__table__.c.project_id == project_id).order_by(columns[0])
        for row in db.session.execute(query):
            digest.update(repr([as_plain(value) for value in row]).encode())
    return digest.hexdigest()
