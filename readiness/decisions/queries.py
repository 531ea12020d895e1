"""Decisions as they are read, and held against their digest and the audit trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from infra.audit.models import AuditEntry
from infra.audit.queries import Addition, additions
from infra.audit.rules import Kind
from infra.database import db
from kernel.actor import project_scope
from kernel.errors import NotFound
from readiness.decisions import rules
from readiness.decisions.models import ReadinessDecision
from readiness.decisions.rules import Altered
from readiness.gates.models import ReadinessGate
from readiness.gates.rules.decision import Decision
from readiness.gates.rules.definitions import GO_LIVE
from readiness.signoffs.models import ReadinessRound
from readiness.signoffs.rules import Table

_COLUMNS = ("number", "title", "decision", "computed", "score", "confidence", "reasons", "decided_by", "superseding")
_TRAILED = ("number", "decision", "computed", "digest", "decided_by")


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision as pages show it; ``altered`` says what is wrong with it, and is empty where nothing is."""

    id: int
    project_id: int
    gate_id: int
    gate: str
    gate_name: str
    number: int
    title: str
    at: datetime
    decision: Decision
    computed: Decision
    score: float | None
    confidence: float
    reasons: str
    decided_by: str
    supersedes: int | None
    superseded_by: int | None
    superseding: str
    document: Mapping[str, Any]
    digest: str
    altered: tuple[Altered, ...] = ()

    @property
    def signatures(self) -> int:
        """How many words it rests on."""
        return sum(each.get("answer") is not None for each in self.document.get("signoffs", ()))

    @property
    def round(self) -> int | None:
        """The number of the round whose words it rests on; None where nobody had been asked."""
        number: int | None = self.document.get("round")
        return number

    @property
    def stands(self) -> bool:
        """Whether no newer one took its place."""
        return self.superseded_by is None


def decisions(project_id: int, gate_id: int | None = None) -> list[Taken]:
    """The decisions of a project or of one gate, the newest first, each held against the trail: three statements."""
    where = [ReadinessDecision.project_id == project_id]
    query = (
        select(ReadinessDecision, ReadinessGate.key, ReadinessGate.name)
        .join(ReadinessGate, ReadinessGate.id == ReadinessDecision.gate_id)
        .where(*where)
        .order_by(ReadinessDecision.number.desc())
        .execution_options(populate_existing=True)
    )
    rows = list(db.session.execute(query))
    numbers = {row.id: row.number for row, _key, _name in rows}
    after = {row.supersedes_id: row.number for row, _key, _name in rows if row.supersedes_id}
    entries = additions(_subject(row.id) for row, _key, _name in rows) if rows else {}
    return [
        _taken(row, key, name, numbers.get(row.supersedes_id or 0), after.get(row.id), entries.get(_subject(row.id)))
        for row, key, name in rows
        if gate_id is None or row.gate_id == gate_id
    ]


def decision(project_id: int, number: int) -> Taken:
    """One decision inside its project. Raises NotFound."""
    found = next((each for each in decisions(project_id) if each.number == number), None)
    if found is None:
        raise NotFound
    return found


def standing(project_id: int, gate_id: int) -> Taken | None:
    """The decision that stands at a gate."""
    return next((each for each in decisions(project_id, gate_id) if each.stands), None)


def launched(project_id: int) -> Taken | None:
    """The go that stands at the gate for go-live, with conditions or without."""
    return next((each for each in decisions(project_id) if each.stands and _launches(each)), None)


def ended(taken: Iterable[Taken], gate_id: int, table: Table) -> Taken | None:
    """The decision that stands at a gate, if it rests on the round of its table: nobody signs in that one any more."""
    last = next((each for each in taken if each.gate_id == gate_id and each.stands), None)
    return last if last and table.round and last.round == table.round.number else None


def closed(project_ids: Sequence[int]) -> frozenset[int]:
    """The gates of many projects at which a decision ended the newest round, or none was opened: one statement.

    A gate that was asked anew after its decision is open again, as `ended` says of a single one.
    """
    newest = (
        select(func.max(ReadinessRound.number))
        .where(ReadinessRound.gate_id == ReadinessDecision.gate_id)
        .scalar_subquery()
    )
    rests_on = ReadinessDecision.document["round"].as_integer()
    query = select(ReadinessDecision.gate_id).where(
        ReadinessDecision.project_id.in_(project_ids), func.coalesce(rests_on, 0) == func.coalesce(newest, 0)
    )
    return frozenset(db.session.scalars(query))


def lost(project_id: int) -> list[int]:
    """Numbers of decisions that the trail knows and the table does not: somebody removed them behind its back."""
    kept = {_subject(each.id) for each in decisions(project_id)}
    query = select(AuditEntry.subject, AuditEntry.changes).where(
        AuditEntry.scope == project_scope(project_id),
        AuditEntry.kind == Kind.ADDED,
        AuditEntry.subject.startswith(f"{ReadinessDecision.__tablename__}:"),
    )
    found = [(subject, changes) for subject, changes in db.session.execute(query) if subject not in kept]
    return sorted(int((changes.get("number") or [None, 0])[1] or 0) for _subject, changes in found)


def next_number(project_id: int) -> int:
    """The number that the next decision of a project gets."""
    query = select(func.max(ReadinessDecision.number)).where(ReadinessDecision.project_id == project_id)
    return (db.session.scalar(query) or 0) + 1


def number_of(request_key: str) -> int | None:
    """The decision that a press has made already."""
    query = select(ReadinessDecision.number).where(ReadinessDecision.request_key == request_key)
    return db.session.scalar(query)


def _launches(each: Taken) -> bool:
    return each.gate == GO_LIVE and each.decision is not Decision.NO_GO


def _subject(number: int) -> str:
    return f"{ReadinessDecision.__tablename__}:{number}"


def _taken(
    row: ReadinessDecision,
    key: str,
    name: str,
    supersedes: int | None,
    superseded_by: int | None,
    entry: Addition | None,
) -> Taken:
    return Taken(
        row.id, row.project_id, row.gate_id, key, name, row.number, row.title, row.at, Decision(row.decision),
        Decision(row.computed), row.score, row.confidence, row.reasons, row.decided_by, supersedes, superseded_by,
        row.superseding, row.document, row.digest, tuple(_altered(row, entry)),
    )  # fmt: skip


def _altered(row: ReadinessDecision, entry: Addition | None) -> list[Altered]:
    found = []
    if rules.digest_of(row.document) != row.digest:
        found.append(Altered.DOCUMENT)
    if not rules.agrees(row.document, {name: getattr(row, name) for name in _COLUMNS}):
        found.append(Altered.COLUMNS)
    if entry is None:
        return [*found, Altered.NO_ENTRY]
    if any((entry.changes.get(name) or [None, None])[1] != getattr(row, name) for name in _TRAILED):
        found.append(Altered.ENTRY)
    if not entry.intact:
        found.append(Altered.TRAIL)
    return found
