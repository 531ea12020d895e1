"""Keeping each day's judgement."""

from __future__ import annotations

from sqlalchemy import select

from infra.transaction import transaction
from kernel.actor import Actor
from readiness.evidence.rules import Look
from readiness.gates import queries as gates
from readiness.gates.rules.decision import Standing
from readiness.verdict import queries, rules
from readiness.verdict.models import ReadinessDay


def keep_day(look: Look, *, actor: Actor) -> list[Standing]:
    """Keep every gate of a project as it is today; a day that was kept stays as it is. Gives what was judged."""
    found = queries.standings(gates.gates(look.project_id), look)
    with transaction(actor, "readiness.kept") as work:
        there = set(
            work.session.scalars(
                select(ReadinessDay.gate_id).where(
                    ReadinessDay.project_id == look.project_id, ReadinessDay.day == look.today
                )
            )
        )
        work.session.add_all(
            ReadinessDay(
                project_id=look.project_id,
                gate_id=each.gate.id,
                day=look.today,
                at=look.now,
                decision=each.decision.value,
                score=each.score,
                confidence=each.confidence,
                lines=rules.kept(each),
                asked=rules.asked_at(each),
            )
            for each in found
            if each.gate.id not in there
        )
    return found
