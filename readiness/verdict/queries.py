"""Gates judged on the evidence of the moment, and as they were on earlier days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from infra.database import db
from readiness.evidence import queries as evidence
from readiness.evidence.rules import Look
from readiness.gates.rules.decision import Decision, Standing, stand
from readiness.gates.rules.definitions import Gate
from readiness.gates.rules.results import judge
from readiness.verdict.models import ReadinessDay
from readiness.waivers import queries as waivers


@dataclass(frozen=True, slots=True)
class Day:
    """A gate as it was on a day."""

    gate_id: int
    day: date
    at: datetime
    decision: Decision
    score: float | None
    confidence: float
    lines: Sequence[Mapping[str, Any]]


def standings(gates: Iterable[Gate], look: Look) -> list[Standing]:
    """Some gates of one project, judged now: every source is asked once for all of them."""
    many = list(gates)
    found = evidence.evidence([each for gate in many for each in gate.criteria], look)
    waived = waivers.standing([look.project_id], look.today)
    return [
        stand(gate, [judge(each, found[each.id], look.now, waived.get(each.id)) for each in gate.criteria])
        for gate in many
    ]


def standing(gate: Gate, look: Look) -> Standing:
    """One gate, judged now."""
    return standings([gate], look)[0]


def days(gate_id: int, since: date, until: date) -> list[Day]:
    """A gate as it was on the days that were kept, in their order."""
    query = select(ReadinessDay).where(
        ReadinessDay.gate_id == gate_id, ReadinessDay.day >= since, ReadinessDay.day <= until
    )
    return [_day(row) for row in db.session.scalars(query.order_by(ReadinessDay.day))]


def day_before(gate_id: int, day: date) -> Day | None:
    """The last that was kept on a day or before it; None where nothing was."""
    query = select(ReadinessDay).where(ReadinessDay.gate_id == gate_id, ReadinessDay.day <= day)
    row = db.session.scalars(query.order_by(ReadinessDay.day.desc()).limit(1)).first()
    return None if row is None else _day(row)


def newest(gate_ids: Sequence[int]) -> dict[int, Day]:
    """The last kept day of several gates: one statement, for pages that show many projects."""
    last = select(func.max(ReadinessDay.id)).where(ReadinessDay.gate_id.in_(gate_ids)).group_by(ReadinessDay.gate_id)
    return {row.gate_id: _day(row) for row in db.session.scalars(select(ReadinessDay).where(ReadinessDay.id.in_(last)))}


def _day(row: ReadinessDay) -> Day:
    return Day(row.gate_id, row.day, row.at, Decision(row.decision), row.score, row.confidence, row.lines)
