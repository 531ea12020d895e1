"""Waivers as they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from accounts.people.models import Person
from infra.database import db
from infra.memo import remembered
from readiness.gates.rules.results import Waiver
from readiness.waivers.models import CriterionWaiver
from readiness.waivers.rules import State


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """A waiver with its story."""

    id: int
    criterion_id: int
    state: State
    reason: str
    answer: str
    until: date
    asked_by: str
    asked_by_id: int | None
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None

    def stands(self, today: date) -> bool:
        """Whether it counts on a day."""
        return self.state is State.GIVEN and today <= self.until


def standing(project_ids: Sequence[int], today: date) -> dict[int, Waiver]:
    """The waivers that count today, by criterion: one statement."""
    return {
        row.criterion_id: Waiver(row.id, row.criterion_id, row.reason, row.until, row.decided_by, None, row.asked_by)
        for row in reversed(_rows(tuple(project_ids)))
        if row.stands(today)
    }


def waivers(project_id: int) -> list[WaiverRow]:
    """All of a project, the newest first."""
    return _rows((project_id,))


@remembered
def _rows(project_ids: tuple[int, ...]) -> list[WaiverRow]:
    asked, decided = aliased(Person), aliased(Person)
    query = (
        select(CriterionWaiver, asked.name, decided.name)
        .outerjoin(asked, asked.id == CriterionWaiver.asked_by_id)
        .outerjoin(decided, decided.id == CriterionWaiver.decided_by_id)
        .where(CriterionWaiver.project_id.in_(project_ids))
        .order_by(CriterionWaiver.id.desc())
    )
    return [
        WaiverRow(
            row.id, row.criterion_id, State(row.state), row.reason, row.answer, row.until, by or "",
            row.asked_by_id, row.asked_at, decider or "", row.decided_at,
        )
        for row, by, decider in db.session.execute(query)
    ]  # fmt: skip
