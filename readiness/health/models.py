"""Tables of health: tolerances, claims, and what was computed on each day."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class HealthTolerance(Base):
    """What one project tolerates, where it differs from the usual; the columns are those of `rules.Tolerances`."""

    __tablename__ = "health_tolerance"
    audit_label: ClassVar[str] = "project_id"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), unique=True)
    slip_amber: Mapped[int]
    slip_red: Mapped[int]
    cost_amber: Mapped[int]
    cost_red: Mapped[int]
    exposure_amber: Mapped[int]
    exposure_red: Mapped[int]
    critical_amber: Mapped[int]
    critical_red: Mapped[int]
    load_amber: Mapped[int]
    load_red: Mapped[int]
    scope_amber: Mapped[int] = mapped_column(default=10, server_default="10")
    scope_red: Mapped[int] = mapped_column(default=25, server_default="25")


class HealthClaim(Base):
    """A colour that a manager claimed, with the reason; the newest of a project counts, the others are history.

    ``computed`` is what the figures said then. ``ended_on`` is the day on which it was withdrawn, or, where ``lapsed``,
    on which the computed colour became worse.
    """

    __tablename__ = "health_claim"
    audit_label: ClassVar[str] = "reason"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    claimed_at: Mapped[datetime] = mapped_column(Instant)
    claimed_on: Mapped[date]
    until: Mapped[date]
    computed: Mapped[str] = mapped_column(String(10))
    ended_on: Mapped[date | None]
    lapsed: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_health_claim_project_id_id", "project_id", "id"),)


class HealthAnswer(Base):
    """What was said in words to something that contradicts a claim; ``sentence`` is what the figures said then.

    ``key`` is that of `rules.claims.Contradiction`.
    """

    __tablename__ = "health_answer"
    audit_label: ClassVar[str] = "words"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("health_claim.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(60))
    sentence: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("claim_id", "key"),)


class HealthDay(Base):
    """What was computed and claimed on a day; ``states`` maps each indicator to its colour."""

    __tablename__ = "health_day"
    audited: ClassVar[bool] = False

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    day: Mapped[date]
    computed: Mapped[str] = mapped_column(String(10))
    claimed: Mapped[str | None] = mapped_column(String(10))
    states: Mapped[dict[str, str]] = mapped_column(JSON)

    __table_args__ = (UniqueConstraint("project_id", "day"),)
