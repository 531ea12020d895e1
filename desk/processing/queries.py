"""Reading the register."""

from __future__ import annotations

from sqlalchemy import func, select

from desk.processing.models import ProcessingActivity
from desk.processing.rules import TEXTS, ActivityData
from infra.database import db
from kernel.errors import NotFound


def activities() -> list[ProcessingActivity]:
    """Every entry by name."""
    order = func.lower(ProcessingActivity.name), ProcessingActivity.id
    return list(db.session.scalars(select(ProcessingActivity).order_by(*order)))


def activity(activity_id: int) -> ProcessingActivity:
    """One entry. Raises NotFound."""
    found = db.session.get(ProcessingActivity, activity_id)
    if found is None:
        raise NotFound
    return found


def data_of(row: ProcessingActivity) -> ActivityData:
    """An entry as rules take it."""
    return ActivityData(row.name, **{key: getattr(row, key) for key in TEXTS})
