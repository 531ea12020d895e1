"""The table of what a roll-out was worth on each day that was kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class ValueDay(Base):
    """What a roll-out was worth at the end of a day, as it was known then, and when its milestones were expected.

    Amounts are in the smallest unit of the currency, or minutes of work where ``currency`` is empty; ``earned_weeks``
    is the earned schedule, ``weeks`` the time passed. ``milestones`` are days by the task's number.
    """

    __tablename__ = "value_day"
    audited: ClassVar[bool] = False

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(Instant)
    baseline_id: Mapped[int | None] = mapped_column(ForeignKey("baseline.id", ondelete="SET NULL"))
    currency: Mapped[str] = mapped_column(String(3), default="")
    bac: Mapped[int] = mapped_column(BigInteger)
    pv: Mapped[int] = mapped_column(BigInteger)
    ev: Mapped[int] = mapped_column(BigInteger)
    ac: Mapped[int] = mapped_column(BigInteger)
    earned_weeks: Mapped[float | None]
    weeks: Mapped[float]
    milestones: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (UniqueConstraint("project_id", "day"),)
