"""Tables of the plan: what people enter, and beside it the dates that the scheduler derived."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.people.models import Person
from infra.database import Base
from roadmap.projects.models import Phase
from roadmap.staffing.models import ProjectRole


class Task(Base):
    """A task, milestone (no duration) or summary (its dates roll up from its children).

    Minutes are working time, of the clock where the duration is ``elapsed``. Actual dates and the constraint's date are
    wall times of the project's zone. A phase's summary names the phase; tasks below belong to it through their parents.
    Progress that is ``counted`` follows a list that an upper floor keeps, and nobody reports it.
    ``deadline_minute`` and ``delay_minutes`` are minutes of the clock; without the first a deadline ends with its day,
    the second is what levelling added. ``kept`` holds what a file of another program said and nothing here reads.
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
    estimate_shape: Mapped[str] = mapped_column(String(12), default="pert", server_default="pert")
    work_minutes: Mapped[int | None]
    percent_complete: Mapped[int] = mapped_column(default=0)
    actual_start: Mapped[datetime | None]
    actual_finish: Mapped[datetime | None]
    constraint_type: Mapped[str] = mapped_column(String(4), default="ASAP")
    constraint_date: Mapped[datetime | None]
    deadline: Mapped[date | None]
    deadline_minute: Mapped[int | None]
    counted: Mapped[bool] = mapped_column(default=False, server_default=false())
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    manual_start: Mapped[datetime | None]
    manual_finish: Mapped[datetime | None]
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("work_calendar.id"))
    ignores_people: Mapped[bool] = mapped_column(default=False, server_default=false())
    elapsed: Mapped[bool] = mapped_column(default=False, server_default=false())
    fixed: Mapped[str] = mapped_column(String(8), default="duration", server_default="duration")
    effort_driven: Mapped[bool] = mapped_column(default=False, server_default=false())
    priority: Mapped[int] = mapped_column(default=500, server_default="500")
    delay_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    done_minutes: Mapped[int | None]
    stop: Mapped[datetime | None]
    resume: Mapped[datetime | None]
    kept: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    role_id: Mapped[int | None] = mapped_column(ForeignKey("project_role.id"), index=True)
    is_go_live: Mapped[bool] = mapped_column(default=False)

    phase: Mapped[Phase | None] = relationship(lazy="select")
    owner: Mapped[Person | None] = relationship(lazy="select")
    role: Mapped[ProjectRole | None] = relationship(lazy="select")
    dates: Mapped[TaskDates | None] = relationship(lazy="select", viewonly=True)

    __table_args__ = (Index("ix_task_project_id_parent_id_position", "project_id", "parent_id", "position"),)


class Dependency(Base):
    """The successor waits for the predecessor; a negative lag is a lead.

    ``lag_unit`` says what the lag is: "working" or "elapsed" minutes, or "percent" or "elapsed percent" of the
    predecessor's duration; of these ``lag_percent`` holds the share.
    """

    __tablename__ = "dependency"
    audit_label = "type"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    predecessor_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    successor_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), index=True)
    type: Mapped[str] = mapped_column(String(2), default="FS")
    lag_minutes: Mapped[int] = mapped_column(default=0)
    lag_unit: Mapped[str] = mapped_column(String(16), default="working", server_default="working")
    lag_percent: Mapped[float | None]

    __table_args__ = (UniqueConstraint("predecessor_id", "successor_id", "type"),)


class Assignment(Base):
    """Who works on a task: a role or a person, with ``units`` percent of a full day and minutes of ``work``.

    A task without any is done by its owner, or else by its role with the role's share. ``delay_minutes`` is working
    time after the task's start. ``kept`` holds what a file of another program said and nothing here reads.
    """

    __tablename__ = "task_assignment"
    audit_label = "units"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), index=True)
    role_id: Mapped[int | None] = mapped_column(ForeignKey("project_role.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    units: Mapped[float] = mapped_column(default=100.0)
    work_minutes: Mapped[int | None]
    done_minutes: Mapped[int] = mapped_column(default=0)
    delay_minutes: Mapped[int] = mapped_column(default=0)
    uid: Mapped[str | None] = mapped_column(String(40))
    kept: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    __table_args__ = (
        UniqueConstraint("task_id", "role_id", "person_id"),
        CheckConstraint("(role_id IS NULL) <> (person_id IS NULL)", name="of_one"),
    )


class TaskDates(Base):
    """What the scheduler found for a task: derived from the plan alone, rebuilt after every change of it.

    ``row`` is the place in the tree's order, ``level`` its depth; ``percent`` and ``duration_minutes`` are a summary's
    rolled-up progress and span, a task's own. Work that lies in two pieces stops at ``stop`` and goes on at ``resume``.
    ``revision`` is that of the plan with which the row, its links or these figures changed last.
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
    stop: Mapped[datetime | None]
    resume: Mapped[datetime | None]
    early_start: Mapped[datetime]
    early_finish: Mapped[datetime]
    late_start: Mapped[datetime]
    late_finish: Mapped[datetime]
    total_slack_minutes: Mapped[int]
    free_slack_minutes: Mapped[int]
    critical: Mapped[bool]
    percent: Mapped[float]
    duration_minutes: Mapped[int]
    revision: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (Index("ix_task_dates_finish", "finish"),)
