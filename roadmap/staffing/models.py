"""Tables of project roles and of who fills them when."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.people.models import Person
from infra.database import Base


class ProjectRole(Base):
    """A role in one project (not a permission): who does such work, and what share of their time, in percent.

    It is what planning programs call a resource: of ``kind`` work, material or cost, with ``max_units`` percent of a
    full day to give and, where it has one, a calendar of its own. ``kept`` holds what a file of another program said
    and nothing here reads.
    """

    __tablename__ = "project_role"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    share_min: Mapped[int | None]
    share_max: Mapped[int | None]
    share: Mapped[int] = mapped_column(default=100)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8), default="work", server_default="work")
    max_units: Mapped[float] = mapped_column(default=100.0, server_default="100")
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("work_calendar.id"))
    uid: Mapped[str | None] = mapped_column(String(40))
    kept: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    person: Mapped[Person | None] = relationship(lazy="joined")

    __table_args__ = (UniqueConstraint("project_id", "key"),)


class Allocation(Base):
    """A person works in a role for a share of a full day, first and last day included; without one it is a placeholder.

    Days are of the project's zone.
    """

    __tablename__ = "allocation"
    audit_label = "note"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    role_id: Mapped[int] = mapped_column(ForeignKey("project_role.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    first: Mapped[date]
    last: Mapped[date]
    percent: Mapped[int]
    note: Mapped[str] = mapped_column(String(300), default="")

    role: Mapped[ProjectRole] = relationship(lazy="select")
    person: Mapped[Person | None] = relationship(lazy="select")

    __table_args__ = (
        Index("ix_allocation_project_id_first", "project_id", "first"),
        Index("ix_allocation_person_id_first", "person_id", "first"),
    )
