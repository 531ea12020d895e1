"""Reading how often a plan changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sqlalchemy import func, select

from infra.audit.models import AuditEntry
from infra.audit.rules import Kind
from infra.database import db
from kernel.actor import project_scope
from roadmap.revisions.models import PlanRevision

MOST = 5000
"""So many entries are looked at; a page that is further behind is out of date."""
PLANS = 8
"""So many plans a worker keeps between requests."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment in the life of a plan.

    ``number`` counts what changed its rows or dates, ``mark`` is the transaction that did so last (empty for a plan
    that nobody changed yet), ``entry`` the last entry of the project's trail.
    """

    number: int
    mark: str
    entry: int


def stamp_of(project_id: int) -> Stamp:
    """How the plan stands now; one statement."""
    last = select(func.max(AuditEntry.id)).where(AuditEntry.scope == project_scope(project_id)).scalar_subquery()
    mine = select(PlanRevision.number, PlanRevision.transaction_id).where(PlanRevision.project_id == project_id)
    own = mine.subquery()
    entry = select(last.label("entry")).subquery()
    row = db.session.execute(
        select(own.c.number, own.c.transaction_id, entry.c.entry).select_from(entry).outerjoin(own, own.c.number > 0)
    ).one()
    return Stamp(row[0] or 0, row[1] or "", row[2] or 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """What an action did to one row of a project's plan, by the trail; ``changes`` has old and new values by field."""

    kind: str
    table: str
    number: int
    label: str
    actor_id: int | None
    actor_name: str
    changes: Mapping[str, Sequence[Any]]


def entries_since(project_id: int, entry_id: int) -> list[Entry]:
    """What happened to the tasks and links of a project after an entry of its trail, oldest first, up to MOST."""
    columns = (AuditEntry.kind, AuditEntry.subject, AuditEntry.label)
    who = (AuditEntry.actor_id, AuditEntry.actor_name, AuditEntry.changes)
    query = select(*columns, *who).where(
        AuditEntry.scope == project_scope(project_id),
        AuditEntry.id > entry_id,
        AuditEntry.kind != Kind.NOTED,
        AuditEntry.subject.like("task:%") | AuditEntry.subject.like("dependency:%"),
    )
    found = db.session.execute(query.order_by(AuditEntry.id).limit(MOST)).all()
    split = ((row, *row.subject.partition(":")[::2]) for row in found)
    return [
        Entry(row.kind, table, int(number), row.label or "", row.actor_id, row.actor_name or "", row.changes)
        for row, table, number in split
    ]


_kept: OrderedDict[int, tuple[str, Any]] = OrderedDict()
_lock = Lock()


def keep(project_id: int, mark: str, known: Any) -> None:
    """Keep what was read or computed of a plan as one transaction left it; nobody may change it."""
    with _lock:
        _kept[project_id] = (mark, known)
        _kept.move_to_end(project_id)
        while len(_kept) > PLANS:
            _kept.popitem(last=False)


def kept(project_id: int, mark: str) -> Any | None:
    """What is kept of a plan, if that transaction is still the last: it is the same in all workers and comes once."""
    with _lock:
        found = _kept.get(project_id)
    return found[1] if found and mark and found[0] == mark else None
