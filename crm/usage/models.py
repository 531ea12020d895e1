"""Tables of use: who was here from when to when, and how often a feature was opened in an hour."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class Visit(Base):
    """Somebody was here from one request to another; ``started_at`` is a sign-in by the rule of 30 minutes."""

    __tablename__ = "crm_visit"
    audited: ClassVar[bool] = False
    __table_args__ = (
        Index("ix_crm_visit_person_id_last_at", "person_id", "last_at"),
        Index("ix_crm_visit_started_at", "started_at", "person_id"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    started_at: Mapped[datetime] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant)


class UsageHour(Base):
    """How often somebody opened a feature in an hour."""

    __tablename__ = "crm_usage_hour"
    audited: ClassVar[bool] = False
    __table_args__ = (UniqueConstraint("at", "person_id", "feature"),)

    at: Mapped[datetime] = mapped_column(Instant)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    feature: Mapped[str] = mapped_column(String(20))
    count: Mapped[int]


class UsagePolicy(Base):
    """How long use is kept and whether people are shown by name; without a row the usual policy holds."""

    __tablename__ = "crm_usage_policy"
    audit_label = "visible"
    audit_scope = "crm"

    days: Mapped[int]
    visible: Mapped[str] = mapped_column(String(10))
