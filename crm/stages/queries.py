"""How many deals are in each stage."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from crm.records import queries as records
from crm.records.models import Opportunity, Stage
from infra.database import db


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage with how many deals are in it."""

    stage: Stage
    deals: int


def rows() -> list[StageRow]:
    """Every stage in its order, retired ones last. The bin counts: what lies in it may come back."""
    counts: dict[int, int] = {
        row[0]: row[1]
        for row in db.session.execute(select(Opportunity.stage_id, func.count()).group_by(Opportunity.stage_id))
    }
    found = [StageRow(each, counts.get(each.id, 0)) for each in records.stages()]
    return sorted(found, key=lambda row: not row.stage.active)
