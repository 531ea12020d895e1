"""Tables of sign-offs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class ReadinessSeat(Base):
    """Somebody chose whose word a gate asks for; without any, those who decide about its must-haves are asked."""

    __tablename__ = "readiness_seat"
    audit_label = "key"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("readiness_gate.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(String(90))
    required: Mapped[bool] = mapped_column(default=True)
    decides: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("gate_id", "key"),)


class ReadinessRound(Base):
    """One time of asking a gate's seats, to be answered by ``due``."""

    __tablename__ = "readiness_round"
    audit_label = "number"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("readiness_gate.id", ondelete="CASCADE"))
    number: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(Instant)
    due: Mapped[date | None]

    __table_args__ = (UniqueConstraint("gate_id", "number"),)


class ReadinessSignOff(Base):
    """A word that somebody gave for a seat; never edited: another word takes its place.

    ``answer`` is approve, condition or reject; ``decision`` what the evidence said then; ``stale_at`` when that got
    worse.
    """

    __tablename__ = "readiness_sign_off"
    audit_label = "seat"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    round_id: Mapped[int] = mapped_column(ForeignKey("readiness_round.id", ondelete="CASCADE"), index=True)
    seat: Mapped[str] = mapped_column(String(90))
    answer: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Text, default="")
    due: Mapped[date | None]
    decision: Mapped[str] = mapped_column(String(20))
    signed_at: Mapped[datetime] = mapped_column(Instant)
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    stale_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (Index("ix_readiness_sign_off_project_id_round_id", "project_id", "round_id"),)
