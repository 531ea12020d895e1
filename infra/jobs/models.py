"""The table of runs."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class JobRun(Base):
    """One run of a job: when, for how long, what came of it. ``error`` is empty when it went well."""

    __tablename__ = "job_run"
    audited: ClassVar[bool] = False

    job: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime] = mapped_column(Instant)
    milliseconds: Mapped[int]
    result: Mapped[str] = mapped_column(Text, default="")
    error: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index("ix_job_run_job_id", "job", "id"),)
