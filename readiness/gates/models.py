"""Tables of gates and criteria."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class ReadinessGate(Base):
    """A decision at a milestone, with the least score (of 100) and confidence (percent of the weight) for a go.

    ``quorum`` is how many have to sign in all; without it those who are required.
    """

    __tablename__ = "readiness_gate"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id"), index=True)
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    minimum_score: Mapped[float]
    minimum_confidence: Mapped[float]
    quorum: Mapped[int | None]

    __table_args__ = (UniqueConstraint("project_id", "key"),)


class ReadinessCriterion(Base):
    """Something that is asked at a gate; the columns are those of `rules.definitions.Criterion`.

    One that is no longer asked stays with ``asked`` off: what was decided on it can still be read.
    """

    __tablename__ = "readiness_criterion"
    audit_label = "statement"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    gate_id: Mapped[int] = mapped_column(ForeignKey("readiness_gate.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(String(80))
    statement: Mapped[str] = mapped_column(String(300))
    help: Mapped[str] = mapped_column(Text, default="")
    workaround: Mapped[str] = mapped_column(Text, default="")
    category: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(80), default="")
    comparator: Mapped[str] = mapped_column(String(2))
    threshold: Mapped[float]
    margin: Mapped[float] = mapped_column(default=0.0)
    unit: Mapped[str] = mapped_column(String(40))
    weight: Mapped[float]
    must_have: Mapped[bool] = mapped_column(default=False)
    never_waivable: Mapped[bool] = mapped_column(default=False)
    window_days: Mapped[int | None]
    minimum_sample: Mapped[int] = mapped_column(default=0)
    freshness_days: Mapped[int | None]
    effort_days: Mapped[float] = mapped_column(default=1.0)
    role_id: Mapped[int | None] = mapped_column(ForeignKey("project_role.id"), index=True)
    asked: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (
        UniqueConstraint("project_id", "key"),
        Index("ix_readiness_criterion_gate_id_position", "gate_id", "position"),
    )
