"""Table of action items."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class ActionItem(Base):
    """Something that somebody promised to do.

    ``subject`` is what it came from, such as ``risk:3``, or empty. ``outcome`` says what was done, or why it was
    dropped. An item of a template follows the plan (``due_offset`` working days after the finish of ``anchor_id``)
    until its day is set by hand; without an owner it falls to whoever fills its role.
    """

    __tablename__ = "action_item"
    audit_label: ClassVar[str] = "title"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    number: Mapped[int]
    key: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(300))
    details: Mapped[str] = mapped_column(Text, default="")
    subject: Mapped[str] = mapped_column(String(60), default="", index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    role_id: Mapped[int | None] = mapped_column(ForeignKey("project_role.id"), index=True)
    due: Mapped[date | None]
    due_offset: Mapped[int | None]
    due_fixed: Mapped[bool] = mapped_column(default=False)
    anchor_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="open")
    outcome: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index("ix_action_item_project_id_state_due", "project_id", "state", "due"),
    )
