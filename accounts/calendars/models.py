"""Tables of working calendars."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from infra.database import Base


class WorkCalendar(Base):
    """When people work. ``week`` holds seven lists (Monday first) of [start, end] minutes of the day;
    ``country`` and ``subdivision`` name the public holidays to leave out (ISO 3166), empty for none.
    """

    __tablename__ = "work_calendar"

    name: Mapped[str] = mapped_column(String(120))
    week: Mapped[list[list[list[int]]]] = mapped_column(JSON)
    country: Mapped[str] = mapped_column(String(2), default="")
    subdivision: Mapped[str] = mapped_column(String(10), default="")
    project_id: Mapped[int | None] = mapped_column(index=True)

    exceptions: Mapped[list[CalendarException]] = relationship(
        back_populates="calendar", cascade="all, delete-orphan", order_by="CalendarException.day", lazy="selectin"
    )


class CalendarException(Base):
    """A day that differs: no periods is a day off, periods on a Saturday are extra work. Not said by the week."""

    __tablename__ = "calendar_exception"

    calendar_id: Mapped[int] = mapped_column(ForeignKey("work_calendar.id", ondelete="CASCADE"))
    day: Mapped[date]
    name: Mapped[str] = mapped_column(String(120), default="")
    periods: Mapped[list[list[int]]] = mapped_column(JSON)

    calendar: Mapped[WorkCalendar] = relationship(back_populates="exceptions")

    __table_args__ = (UniqueConstraint("calendar_id", "day"),)
