"""Table of what is foreseen."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from infra.database import Base
from roadmap.projects.models import Phase
from roadmap.staffing.models import ProjectRole


class Foreseen(Base):
    """A meeting, agenda point, message, course, objective, metric, KPI or service level.

    ``details`` holds what only its kind knows (minutes, audience, target ...), as the template says it.
    ``due`` follows the plan (``due_offset`` working days after the finish of ``anchor_id``) until it is set by hand.
    """

    __tablename__ = "foreseen"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("foreseen.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    role_id: Mapped[int | None] = mapped_column(ForeignKey("project_role.id"), index=True)
    due: Mapped[date | None]
    due_offset: Mapped[int | None]
    anchor_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"), index=True)
    due_fixed: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="planned")
    note: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    phase: Mapped[Phase | None] = relationship(lazy="select")
    role: Mapped[ProjectRole | None] = relationship(lazy="select")

    __table_args__ = (Index("ix_foreseen_project_id_phase_id_kind", "project_id", "phase_id", "kind"),)
