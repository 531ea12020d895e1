"""Tables of risks."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class Risk(Base):
    """Something that may happen.

    The three ratings (inherent, now, target) are probability and impact from 1 to 5, both or neither. ``outcome`` says
    what happened, what was done, or why it is no risk. Without an owner it falls to whoever fills its role.
    """

    __tablename__ = "risk"
    audit_label: ClassVar[str] = "title"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    number: Mapped[int]
    key: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    cause: Mapped[str] = mapped_column(Text, default="")
    effect: Mapped[str] = mapped_column(Text, default="")
    category: Mapped[str] = mapped_column(String(80), default="")
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default="identified")
    outcome: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    role_id: Mapped[int | None] = mapped_column(ForeignKey("project_role.id"), index=True)
    trigger: Mapped[str] = mapped_column(Text, default="")
    inherent_probability: Mapped[int | None]
    inherent_impact: Mapped[int | None]
    probability: Mapped[int | None]
    impact: Mapped[int | None]
    target_probability: Mapped[int | None]
    target_impact: Mapped[int | None]
    review_on: Mapped[date | None]
    chance: Mapped[int | None]
    days_low: Mapped[float | None]
    days_high: Mapped[float | None]
    cost_low: Mapped[int | None]
    cost_high: Mapped[int | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    state_since: Mapped[date]

    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index("ix_risk_project_id_state", "project_id", "state"),
    )


class RiskScore(Base):
    """What a risk was rated on a day, by whom and why; 0 x 0 from the day on which it was closed or rejected."""

    __tablename__ = "risk_score"
    audit_label: ClassVar[str] = "why"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    risk_id: Mapped[int] = mapped_column(ForeignKey("risk.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(Instant)
    probability: Mapped[int]
    impact: Mapped[int]
    why: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class RiskResponse(Base):
    """What is done about a risk; its day follows the plan until it is set by hand, as an action item's does."""

    __tablename__ = "risk_response"
    audit_label: ClassVar[str] = "text"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    risk_id: Mapped[int] = mapped_column(ForeignKey("risk.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    due: Mapped[date | None]
    due_offset: Mapped[int | None]
    due_fixed: Mapped[bool] = mapped_column(default=False)
    anchor_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"), index=True)
    result: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class RiskReview(Base):
    """That somebody looked at a risk, what they found, and when the next look is due."""

    __tablename__ = "risk_review"
    audit_label: ClassVar[str] = "text"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    risk_id: Mapped[int] = mapped_column(ForeignKey("risk.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    text: Mapped[str] = mapped_column(Text, default="")
    next_on: Mapped[date | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class RiskLink(Base):
    """A task or a checklist item that a risk hits, by its subject such as ``task:12``."""

    __tablename__ = "risk_link"
    audit_label: ClassVar[str] = "subject"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    risk_id: Mapped[int] = mapped_column(ForeignKey("risk.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(60), index=True)

    __table_args__ = (UniqueConstraint("risk_id", "subject"),)


class RiskAppetite(Base):
    """The exposure that a project bears, where somebody said so."""

    __tablename__ = "risk_appetite"
    audit_label: ClassVar[str] = "points"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), unique=True)
    points: Mapped[int]
