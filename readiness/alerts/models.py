"""The table of what was told."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class ReadinessAlert(Base):
    """Something that began, and was told where it was news; ``over_at`` is when it was mended, None while it goes on.

    ``key`` names what it is about among those of its kind: a criterion, a waiver, a week of a figure.
    """

    __tablename__ = "readiness_alert"
    audited: ClassVar[bool] = False

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    alarm: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(60))
    begun_at: Mapped[datetime] = mapped_column(Instant)
    told: Mapped[bool]
    over_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (Index("ix_readiness_alert_project_id_over_at", "project_id", "over_at"),)
