"""Tables of change requests, and of up to what size the manager decides."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class ChangeRequest(Base):
    """A request. ``asked_by`` names who wants it; ``author_id`` is who wrote it down. ``branch_id`` is the project of
    the branch that shows it; ``scope`` holds what it adds to the scope and takes from it, ``effect`` what it comes to,
    as it was measured (rules.effect), frozen when it was submitted.
    """

    __tablename__ = "change_request"
    audit_label: ClassVar[str] = "title"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    what: Mapped[str] = mapped_column(Text, default="")
    why: Mapped[str] = mapped_column(Text, default="")
    asked_by: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[str] = mapped_column(String(20))
    urgency: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12), default="draft")
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("project.id", ondelete="SET NULL"), index=True)
    scope: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    effect: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    decide_by: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text, default="")
    applied_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index("ix_change_request_project_id_state", "project_id", "state"),
    )


class ChangePolicy(Base):
    """Up to how many days of go-live and how much money the manager of a project decides alone."""

    __tablename__ = "change_policy"
    audit_label: ClassVar[str] = "days"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), unique=True)
    days: Mapped[int]
    cents: Mapped[int] = mapped_column(BigInteger)
