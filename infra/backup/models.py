"""The tables of backups made and drills held. What is on the disk is the truth; these say how it came about."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.backup.rules import State
from infra.database import Base, Instant


class BackupRun(Base):
    """One backup, from the wish to the verified file. ``size`` in bytes; ``beat_at`` is when it last gave a sign."""

    __tablename__ = "backup_run"
    audited: ClassVar[bool] = False

    state: Mapped[str] = mapped_column(String(10), default=State.WAITING)
    reason: Mapped[str] = mapped_column(String(20))
    asked_by: Mapped[str] = mapped_column(String(200), default="")
    started_at: Mapped[datetime] = mapped_column(Instant)
    beat_at: Mapped[datetime] = mapped_column(Instant)
    percent: Mapped[int] = mapped_column(default=0)
    milliseconds: Mapped[int] = mapped_column(default=0)
    file: Mapped[str] = mapped_column(String(500), default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    rows: Mapped[int] = mapped_column(BigInteger, default=0)
    files: Mapped[int] = mapped_column(default=0)
    encrypted: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str] = mapped_column(Text, default="")


class DrillRun(Base):
    """One drill: which file came back, and what was checked, as a list of name, passed, said."""

    __tablename__ = "drill_run"
    audited: ClassVar[bool] = False

    file: Mapped[str] = mapped_column(String(500))
    started_at: Mapped[datetime] = mapped_column(Instant)
    milliseconds: Mapped[int]
    passed: Mapped[bool]
    checks: Mapped[list[Any]] = mapped_column(JSON)
