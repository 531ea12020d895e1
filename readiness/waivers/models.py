"""The table of waivers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class CriterionWaiver(Base):
    """Somebody asked to let a criterion pass until a day; whoever decides about it gave that, refused it, or ended it.

    ``state`` is asked, given, refused or ended; a given one counts through ``until`` and then lapses by itself.
    """

    __tablename__ = "readiness_waiver"
    audit_label = "reason"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("readiness_criterion.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="asked")
    reason: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    until: Mapped[date]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (Index("ix_readiness_waiver_project_id_state", "project_id", "state"),)
