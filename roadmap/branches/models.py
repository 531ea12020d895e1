"""The table of branches. Their plans are rows of the plan's own tables, in a project of their own."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class Branch(Base):
    """A plan to try things on: ``project_id`` is its own project, whose state says whether it is open still."""

    __tablename__ = "branch"
    audit_label: ClassVar[str] = "why"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), unique=True)
    trunk_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    why: Mapped[str] = mapped_column(Text, default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def audit_scope(self) -> str:
        """It belongs to the history of its trunk."""
        return f"project:{self.trunk_id}"
