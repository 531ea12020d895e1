"""Tables of projects and phases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.calendars.models import WorkCalendar
from infra.database import Base, Instant


class Project(Base):
    """One roll-out. ``start``, ``target_go_live`` and ``status_date`` are days of the project's zone.

    Without ``start_minute`` work begins with the first working time of the day, without ``status_minute`` the status is
    that of the day's beginning. A plan with ``finish_by`` is scheduled backwards from there. A ``branch_of`` another
    project is a plan to try things on, compared from its start number ``branch_start``. ``kept`` holds what a file of
    another program said and nothing here reads.
    """

    __tablename__ = "project"

    name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text, default="")
    start: Mapped[date]
    timezone: Mapped[str] = mapped_column(String(60), default="UTC")
    calendar_id: Mapped[int] = mapped_column(ForeignKey("work_calendar.id"))
    target_go_live: Mapped[date | None]
    status_date: Mapped[date | None]
    start_minute: Mapped[int | None]
    status_minute: Mapped[int | None]
    finish_by: Mapped[datetime | None]
    critical_threshold_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    branch_of_id: Mapped[int | None] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    branch_start: Mapped[int] = mapped_column(default=0, server_default="0")
    kept: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    currency: Mapped[str] = mapped_column(String(3), default="EUR", server_default="EUR")
    state: Mapped[str] = mapped_column(String(20), default="active", index=True)
    template: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)

    calendar: Mapped[WorkCalendar] = relationship(lazy="joined")
    phases: Mapped[list[Phase]] = relationship(
        back_populates="project", cascade="all, delete-orphan", order_by="Phase.number", lazy="select"
    )

    @property
    def audit_scope(self) -> str:
        """A project's own row belongs to its history."""
        return f"project:{self.id}"


class Phase(Base):
    """Work grouped in a week window (weeks count from the project's start, from 1). Its summary task holds the rest."""

    __tablename__ = "phase"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    key: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text, default="")
    week_from: Mapped[int | None]
    week_to: Mapped[int | None]

    project: Mapped[Project] = relationship(back_populates="phases")

    __table_args__ = (UniqueConstraint("project_id", "number"),)
