"""Tables of baselines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class Baseline(Base):
    """A frozen copy of a plan; its rows are never changed, and ``digest`` proves it: the trail holds it.

    ``day`` is that of the project's zone on which it was taken. ``reference`` marks the one that earned value is
    measured against; who takes its place supersedes it. ``number`` is 0 to 10 where a file of another program said so.
    ``time`` is the working time by which its work is spread, ``costs`` are those that hang on no task, both as of then.
    A baseline that was removed keeps its rows, so that it can come back.
    """

    __tablename__ = "baseline"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int | None]
    day: Mapped[date]
    taken_at: Mapped[datetime] = mapped_column(Instant)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reference: Mapped[bool] = mapped_column(default=False)
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("baseline.id", ondelete="SET NULL"))
    currency: Mapped[str] = mapped_column(String(3))
    start: Mapped[date]
    time: Mapped[dict[str, Any]] = mapped_column(JSON)
    costs: Mapped[list[Any]] = mapped_column(JSON, default=list)
    digest: Mapped[str] = mapped_column(String(64), default="")
    removed_at: Mapped[datetime | None] = mapped_column(Instant)


class BaselineTask(Base):
    """A row of a frozen plan. ``task_id`` is only a number: the task may be gone, and its number is never used twice.

    Cost is in the smallest unit of the baseline's currency, None where no rate was known; minutes are working time.
    """

    __tablename__ = "baseline_task"
    audited: ClassVar[bool] = False

    baseline_id: Mapped[int] = mapped_column(ForeignKey("baseline.id", ondelete="CASCADE"))
    task_id: Mapped[int]
    parent_id: Mapped[int | None]
    phase_id: Mapped[int | None]
    row: Mapped[int]
    wbs: Mapped[str] = mapped_column(String(60))
    type: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(300))
    is_go_live: Mapped[bool] = mapped_column(default=False)
    start: Mapped[datetime]
    finish: Mapped[datetime]
    stop: Mapped[datetime | None]
    resume: Mapped[datetime | None]
    duration_minutes: Mapped[int]
    work_minutes: Mapped[int]
    cost_cents: Mapped[int | None] = mapped_column(BigInteger)
    percent: Mapped[float] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("baseline_id", "task_id"), Index("ix_baseline_task_task_id", "task_id"))
