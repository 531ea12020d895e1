"""Tables of checklists."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.people.models import Person
from checklists.rules import Tick
from infra.database import Base, Instant
from roadmap.staffing.models import ProjectRole
from roadmap.tasks.models import Task


class Checklist(Base):
    """A list tied to a phase, a task or a milestone through that task's row (a phase through its summary task).

    ``guards_id`` is the milestone that waits for the required items. ``recurrence`` is empty, ``daily``, ``weekly``
    or ``monthly``; each round of a recurring list is a list of its own and names its ``series``.
    """

    __tablename__ = "checklist"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"), index=True)
    guards_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(String(80), default="")
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    recurrence: Mapped[str] = mapped_column(String(10), default="")
    series: Mapped[str] = mapped_column(String(80), default="")
    round: Mapped[int] = mapped_column(default=1)
    due: Mapped[date | None]

    task: Mapped[Task | None] = relationship(foreign_keys=[task_id], lazy="select")
    guards: Mapped[Task | None] = relationship(foreign_keys=[guards_id], lazy="select")
    sections: Mapped[list[Section]] = relationship(
        back_populates="checklist", cascade="all, delete-orphan", order_by="Section.position", lazy="select"
    )


class Section(Base):
    """A heading within a list."""

    __tablename__ = "checklist_section"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    checklist_id: Mapped[int] = mapped_column(ForeignKey("checklist.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(200))

    checklist: Mapped[Checklist] = relationship(back_populates="sections")
    items: Mapped[list[Item]] = relationship(
        back_populates="section", cascade="all, delete-orphan", order_by="Item.position", lazy="select"
    )


class Item(Base):
    """Something to tick.

    ``due`` follows the plan (``due_offset`` working days from the project's start, or from the finish of
    ``anchor_id``) until somebody sets a day by hand (``due_fixed``).
    """

    __tablename__ = "checklist_item"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    checklist_id: Mapped[int] = mapped_column(ForeignKey("checklist.id", ondelete="CASCADE"), index=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("checklist_section.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(String(80), default="")
    name: Mapped[str] = mapped_column(String(300))
    help: Mapped[str] = mapped_column(Text, default="")
    evidence_hint: Mapped[str] = mapped_column(Text, default="")
    required: Mapped[bool] = mapped_column(default=True)
    role_id: Mapped[int | None] = mapped_column(ForeignKey("project_role.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    due: Mapped[date | None]
    due_offset: Mapped[int | None]
    due_fixed: Mapped[bool] = mapped_column(default=False)
    anchor_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    ticked_at: Mapped[datetime | None] = mapped_column(Instant)
    ticked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    section: Mapped[Section] = relationship(back_populates="items")
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id], lazy="select")
    ticked_by: Mapped[Person | None] = relationship(foreign_keys=[ticked_by_id], lazy="select")
    role: Mapped[ProjectRole | None] = relationship(lazy="select")
    evidence: Mapped[list[Evidence]] = relationship(cascade="all, delete-orphan", order_by="Evidence.id", lazy="select")

    @property
    def tick(self) -> Tick | None:
        """Who ticked it and when, None while it is open."""
        if self.ticked_at is None:
            return None
        return Tick(self.ticked_by_id, self.ticked_by.name if self.ticked_by else "", self.ticked_at)

    __table_args__ = (Index("ix_checklist_item_owner_id_due", "owner_id", "due"),)


class Evidence(Base):
    """What shows that an item is done: a text, a link, or a file (an attachment of the item)."""

    __tablename__ = "checklist_evidence"
    audit_label = "text"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("checklist_item.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(5))
    text: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(Text, default="")
    attachment_id: Mapped[int | None]
    added_at: Mapped[datetime] = mapped_column(Instant)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
