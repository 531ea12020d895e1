"""The table of days that only the roll-out can tell of."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class AudienceDay(Base):
    """A stock as it was seen at the end of a day, over teams and people named besides; ``team_id`` 0 is no team.

    Kept where people are named only: otherwise the days that the CRM keeps of each team add up to the same.
    """

    __tablename__ = "audience_day"
    audited: ClassVar[bool] = False
    __table_args__ = (UniqueConstraint("project_id", "day", "key", "team_id"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    day: Mapped[date]
    key: Mapped[str] = mapped_column(String(40))
    team_id: Mapped[int] = mapped_column(default=0)
    top: Mapped[float]
    bottom: Mapped[float]
    n: Mapped[int]
    taken_at: Mapped[datetime] = mapped_column(Instant)
