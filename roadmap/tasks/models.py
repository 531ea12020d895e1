"""Tables of the plan: what people enter, and beside it the dates that the scheduler derived."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.people.models import Person
from infra.database import Base
from roadmap.projects.models import Phase
from roadmap.staffing.models import ProjectRole


class Task(Base):
    """A task, milestone (no duration) or summary (its dates roll up from its children).

    Minutes are working time. Actual dates and the constraint's date are wall times of the project's zone. A phase's
    summary names the phase; tasks below belong to it through their parents.
    """

    __tablename__ = "task"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), index=True)
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id"), index=True)
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(80), default="")
    uid: Mapped[str | None] = mapped_column(String(40))
    type: Mapped[str] = mapped_column(String(10), default="task")
    name: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    acceptance: Mapped[str] = mapped_column(Text, default="")
    duration_minutes: Mapped[int] = mapped_column(default=0)
    estimate_low: Mapped[int | None]
    estimate_likely: Mapped[int | None]
    estimate_high: Mapped[int | None]
    work_minutes: Mapped[int | None]
    percent_complete: Mapped[int] = mapped_column(default=0)
    actual_start: Mapped[datetime | None]
    actual_finish: Mapped[datetime | None]
    constraint_type: Mapped[str] = mapped_column(String(4), default="ASAP")
    constraint_date: Mapped[datetime | None]
    deadline: Mapped[date | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    role_id: Mapped[int | None] = mapped_column(ForeignKey("project_role.id"), index=True)
    is_go_live: Mapped[bool] = mapped_column(default=False)

    phase: Mapped[Phase | None] = relationship(lazy="select")
    owner: Mapped[Person | None] = relationship(lazy="select")
    role: Mapped[ProjectRole | None] = relationship(lazy="select")
    dates: Mapped[TaskDates | None] = relationship(lazy="select", viewonly=True)

    __table_args__ = (Index("ix_task_project_id_parent_id_position", "project_id", "parent_id", "position"),)


class Dependency(Base):
    """The successor waits for the predecessor; ``lag_minutes`` is working time, negative for a lead."""

    __tablename__ = "dependency"
    audit_label = "type"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    predecessor_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    successor_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), index=True)
    type: Mapped[str] = mapped_column(String(2), default="FS")
    lag_minutes: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("predecessor_id", "successor_id", "type"),)


class TaskDates(Base):
    """What the scheduler found for a task: derived from the plan alone, rebuilt after every change of it.

    ``row`` is the place in the tree's order, ``level`` its depth; ``percent`` and ``duration_minutes`` are a summary's
    rolled-up progress and span, a task's own.
    """

    __tablename__ = "task_dates"
    audited: ClassVar[bool] = False

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    phase_id: Mapped[int | None]
    row: Mapped[int]
    level: Mapped[int]
    wbs: Mapped[str] = mapped_column(String(60))
    start: Mapped[datetime]
    finish: Mapped[datetime]
    early_start: Mapped[datetime]
    early_finish: Mapped[datetime]
    late_start: Mapped[datetime]
    late_finish: Mapped[datetime]
    total_slack_minutes: Mapped[int]
    free_slack_minutes: Mapped[int]
    critical: Mapped[bool]
    percent: Mapped[float]
    duration_minutes: Mapped[int]

    __table_args__ = (Index("ix_task_dates_finish", "finish"),)
