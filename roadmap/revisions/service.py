"""Counting the changes of a plan."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from infra.transaction import Work
from roadmap.revisions.models import PlanRevision


def count(project_id: int, work: Work) -> int:
    """Another change of a plan; its number. Until the transaction ends nobody else changes this plan."""
    make: Any = postgresql.insert if work.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = make(PlanRevision).values(project_id=project_id, number=1, transaction_id=work.transaction_id)
    again = first.on_conflict_do_update(
        index_elements=["project_id"],
        set_={"number": PlanRevision.number + 1, "transaction_id": work.transaction_id},
    )
    found: int = work.session.execute(again.returning(PlanRevision.number)).scalar_one()
    return found


def hold(project_id: int, work: Work) -> str:
    """Until the transaction ends nobody else changes this plan; nothing is counted yet.

    Gives the transaction that changed it last, empty where none did.
    """
    mine = select(PlanRevision.transaction_id).where(PlanRevision.project_id == project_id)
    return work.session.scalar(mine.with_for_update()) or ""
