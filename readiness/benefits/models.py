"""Tables of what objectives aim at, their frozen baselines, what was said of them, and how they stood each day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Connection, ForeignKey, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from infra.database import Base, Instant


class ObjectiveAim(Base):
    """What an objective is measured by, where somebody chose otherwise than the charter says."""

    __tablename__ = "objective_aim"
    audit_label: ClassVar[str] = "kpi"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    objective_id: Mapped[int] = mapped_column(ForeignKey("foreseen.id", ondelete="CASCADE"), unique=True)
    kpi: Mapped[str] = mapped_column(String(40))
    change: Mapped[float]
    due: Mapped[date | None]


class ObjectiveBaseline(Base):
    """A value from before go-live as it was frozen; the newest of an objective counts, none is ever changed.

    ``stated`` was entered with a ``note``, the others were measured here; ``reason`` says why it replaced another.
    """

    __tablename__ = "objective_baseline"
    audit_label: ClassVar[str] = "kpi"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    objective_id: Mapped[int] = mapped_column(ForeignKey("foreseen.id", ondelete="CASCADE"), index=True)
    kpi: Mapped[str] = mapped_column(String(40))
    value: Mapped[float]
    n: Mapped[int | None]
    since: Mapped[date]
    until: Mapped[date]
    stated: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    frozen_at: Mapped[datetime] = mapped_column(Instant)


class ObjectiveOutcome(Base):
    """What somebody said came of an objective."""

    __tablename__ = "objective_outcome"
    audit_label: ClassVar[str] = "words"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    objective_id: Mapped[int] = mapped_column(ForeignKey("foreseen.id", ondelete="CASCADE"), unique=True)
    outcome: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)


class ObjectiveDay(Base):
    """An objective as it stood on a day, by the project's zone: frozen, for whoever looks at many roll-outs at once.

    ``value``, ``target`` and ``baseline`` are in the unit of the figure ``kpi`` (empty: none); ``low`` and ``high`` are
    the interval of the value, where one can be given.
    """

    __tablename__ = "objective_day"
    audited: ClassVar[bool] = False

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    objective_id: Mapped[int] = mapped_column(ForeignKey("foreseen.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(Instant)
    kpi: Mapped[str] = mapped_column(String(40))
    baseline: Mapped[float | None]
    target: Mapped[float | None]
    value: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    n: Mapped[int | None]
    reach: Mapped[str] = mapped_column(String(12))

    __table_args__ = (UniqueConstraint("project_id", "day", "objective_id"),)


@event.listens_for(ObjectiveBaseline, "before_update")
@event.listens_for(ObjectiveBaseline, "before_delete")
def _stays_as_it_is(_mapper: Mapper[Any], _connection: Connection, row: ObjectiveBaseline) -> None:
    raise RuntimeError(f"Baseline {row.id} is frozen and never changed; freeze another with a reason.")
