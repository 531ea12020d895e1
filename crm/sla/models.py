"""The tables of service levels."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class ServicePolicy(Base):
    """A policy; without ``queue_id`` it takes the place of the one that ships.

    ``promises``: priority to [minutes to answer, minutes to solve, whether nights count]; ``ladder``: rungs as
    [measure, percent, whom to tell, whether to escalate]; ``pauses``: states in which the second clock stands still.
    """

    __tablename__ = "crm_sla_policy"
    audit_scope = "crm"

    name: Mapped[str] = mapped_column(String(120))
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("crm_queue.id"), unique=True)
    zone: Mapped[str] = mapped_column(String(60), default="")
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("work_calendar.id"))
    promises: Mapped[dict[str, Any]] = mapped_column(JSON)
    pauses: Mapped[list[Any]] = mapped_column(JSON)
    ladder: Mapped[list[Any]] = mapped_column(JSON)


class TicketClock(Base):
    """How one promise of a ticket stands: minutes ``used`` up to ``since``, from when the clock runs on.

    ``priority`` and ``queue_id`` say by which promise it runs; ``rung`` how many of the ladder were told, ``next_at``
    when the next one is reached. Kept from the ticket's own changes; it can be laid anew from them.
    """

    __tablename__ = "crm_ticket_clock"
    audited = False
    __table_args__ = (
        UniqueConstraint("ticket_id", "measure"),
        Index(
            "ix_crm_ticket_clock_next_at",
            "next_at",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        Index("ix_crm_ticket_clock_measure_stand_due_at", "measure", "stand", "due_at"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("crm_ticket.id", ondelete="CASCADE"))
    measure: Mapped[str] = mapped_column(String(12))
    stand: Mapped[str] = mapped_column(String(10))
    priority: Mapped[str] = mapped_column(String(12))
    queue_id: Mapped[int]
    limit: Mapped[int | None]
    used: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime | None] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    rung: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(Instant)
