"""The table of what was computed on each day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class ReadinessDay(Base):
    """A gate as it was computed on a day, by the project's zone: frozen, so that it can be compared with today.

    ``lines`` are those of `rules.kept`; ``asked`` is what the gate asked for, None of days kept before that was kept.
    """

    __tablename__ = "readiness_day"
    audited: ClassVar[bool] = False

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    gate_id: Mapped[int] = mapped_column(ForeignKey("readiness_gate.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(Instant)
    decision: Mapped[str] = mapped_column(String(20))
    score: Mapped[float | None]
    confidence: Mapped[float]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    asked: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)

    __table_args__ = (UniqueConstraint("project_id", "gate_id", "day"),)
