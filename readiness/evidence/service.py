"""Signing how a criterion stands, and taking that back."""

from __future__ import annotations

from datetime import date, datetime

from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken
from readiness.evidence import queries
from readiness.evidence.models import CriterionStatement
from readiness.evidence.rules import check_statement
from readiness.gates import queries as gates
from roadmap.projects import service as projects


def state(
    project_id: int,
    criterion_id: int,
    value: float | None,
    text: str,
    until: date | None,
    *,
    actor: Actor,
    now: datetime,
    today: date,
) -> Work:
    """Sign how a criterion stands where nothing measures it; it takes the place of the one before.

    Raises NotFound, and RuleBroken for a criterion that is measured.
    """
    with transaction(actor, "readiness.stated") as work:
        projects.check_open(project_id)
        criterion = gates.criterion(project_id, criterion_id)
        if not queries.may_state(criterion):
            raise RuleBroken("evidence.measured", "This is measured; nobody needs to state it.")
        number, said, last = check_statement(value, text, until, today)
        work.session.add(
            CriterionStatement(
                project_id=project_id,
                criterion_id=criterion_id,
                value=number,
                text=said,
                until=last,
                signed_at=now,
                signed_by_id=actor.id,
            )
        )
    return work


def withdraw(project_id: int, statement_id: int, *, actor: Actor, now: datetime) -> Work:
    """Take a statement back. Raises NotFound."""
    with transaction(actor, "readiness.statement_withdrawn") as work:
        projects.check_open(project_id)
        row = work.session.get(CriterionStatement, statement_id)
        if row is None or row.project_id != project_id or row.withdrawn_at is not None:
            raise NotFound
        row.withdrawn_at = now
    return work
