"""The table that leads from a roll-out down to its queue."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class ProjectQueue(Base):
    """The queue in which the trouble of a roll-out's people waits."""

    __tablename__ = "project_queue"
    audit_label = "queue_id"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), unique=True)
    queue_id: Mapped[int] = mapped_column(ForeignKey("crm_queue.id"), unique=True)
