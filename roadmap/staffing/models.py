"""Table of project roles."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.people.models import Person
from infra.database import Base


class ProjectRole(Base):
    """A role in one project (not a permission): who does such work, and what share of their time, in percent."""

    __tablename__ = "project_role"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    share_min: Mapped[int | None]
    share_max: Mapped[int | None]
    share: Mapped[int] = mapped_column(default=100)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    person: Mapped[Person | None] = relationship(lazy="joined")

    __table_args__ = (UniqueConstraint("project_id", "key"),)
