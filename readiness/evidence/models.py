"""The table of signed statements."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class CriterionStatement(Base):
    """Somebody signed how a criterion stands, in its unit, and what that rests on; never edited, only withdrawn."""

    __tablename__ = "readiness_statement"
    audit_label = "text"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("readiness_criterion.id", ondelete="CASCADE"), index=True)
    value: Mapped[float]
    text: Mapped[str] = mapped_column(Text)
    until: Mapped[date]
    signed_at: Mapped[datetime] = mapped_column(Instant)
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (Index("ix_readiness_statement_project_id_criterion_id", "project_id", "criterion_id"),)
