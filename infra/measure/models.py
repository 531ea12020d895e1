"""Tables of measurements and failures: derived, rebuilt by nobody, not part of the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class Measurement(Base):
    """Answers of one page by one worker in a minute, or of all workers in an hour (``seconds`` 60 or 3600).

    ``counts`` are answers by bucket of time. The row without an endpoint says that a worker was up: in so many
    ``minutes``.
    """

    __tablename__ = "measurement"
    audited: ClassVar[bool] = False

    at: Mapped[datetime] = mapped_column(Instant)
    seconds: Mapped[int]
    worker: Mapped[str] = mapped_column(String(80), default="")
    endpoint: Mapped[str] = mapped_column(String(120), default="")
    counts: Mapped[list[int]] = mapped_column(JSON)
    failed: Mapped[int] = mapped_column(default=0)
    total_ms: Mapped[float] = mapped_column(default=0.0)
    minutes: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("at", "seconds", "worker", "endpoint"),)


class FailedAnswer(Base):
    """An answer with a status of 500 or more."""

    __tablename__ = "failed_answer"
    audited: ClassVar[bool] = False

    at: Mapped[datetime] = mapped_column(Instant)
    method: Mapped[str] = mapped_column(String(10))
    path: Mapped[str] = mapped_column(String(300))
    status: Mapped[int]
    request_id: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_failed_answer_at", "at"),)
