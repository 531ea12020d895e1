"""Tables of logged time and of blockers."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class TimeEntry(Base):
    """Minutes that a person worked on a task on one day of the project's zone; ``entered_by`` may be somebody else."""

    __tablename__ = "time_entry"
    audit_label: ClassVar[str] = "day"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date]
    minutes: Mapped[int]
    note: Mapped[str] = mapped_column(String(500), default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (
        Index("ix_time_entry_person_id_day", "person_id", "day"),
        Index("ix_time_entry_project_id_day", "project_id", "day"),
    )


class Blocker(Base):
    """What keeps somebody from working on a task, who could help, and how it ended."""

    __tablename__ = "blocker"
    audit_label: ClassVar[str] = "text"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    helper_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    how: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index("ix_blocker_project_id_resolved_at", "project_id", "resolved_at"),)
