"""Tables of rates, budgets and costs. Amounts are integers in the smallest unit of the project's currency."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class CostRate(Base):
    """What an hour of a role, or of one person, costs from a day on, until the next rate begins."""

    __tablename__ = "cost_rate"
    audit_label = "first_day"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    role_id: Mapped[int | None] = mapped_column(ForeignKey("project_role.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    first_day: Mapped[date]
    cents_per_hour: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        UniqueConstraint("project_id", "role_id", "first_day"),
        UniqueConstraint("project_id", "person_id", "first_day"),
        CheckConstraint("(role_id IS NULL) <> (person_id IS NULL)", name="of_one"),
    )


class Budget(Base):
    """What a phase may cost; without a phase, what is set aside for the project as a whole beside its phases."""

    __tablename__ = "budget"
    audit_label = "cents"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id"), index=True)
    cents: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (UniqueConstraint("project_id", "phase_id"),)


class FixedCost(Base):
    """A cost that hangs on no hours, such as licences: planned for its day, or over the days of its task."""

    __tablename__ = "fixed_cost"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    day: Mapped[date]
    cents: Mapped[int] = mapped_column(BigInteger)


class Expense(Base):
    """Money that was spent on a day and hangs on no hours; its receipt is an attachment."""

    __tablename__ = "expense"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    day: Mapped[date]
    cents: Mapped[int] = mapped_column(BigInteger)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
