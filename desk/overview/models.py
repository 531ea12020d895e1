"""Table of visits: when somebody last looked at a roll-out, and which milestones they saw."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class ProjectVisit(Base):
    """The last visit of a person to a roll-out, and the one before, with the days that milestones had then.

    ``at`` is when the present visit began, ``before`` the one that it is compared with; ``milestones`` and
    ``milestones_before`` map a milestone's number to its day.
    """

    __tablename__ = "project_visit"
    audited: ClassVar[bool] = False

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    before: Mapped[datetime | None] = mapped_column(Instant)
    milestones: Mapped[dict[str, str]] = mapped_column(JSON)
    milestones_before: Mapped[dict[str, str]] = mapped_column(JSON)

    __table_args__ = (UniqueConstraint("person_id", "project_id"),)
