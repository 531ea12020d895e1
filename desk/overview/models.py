"""Table of visits: when somebody last looked at a roll-out, and which milestones they saw."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class ProjectVisit(Base):
    """The present visit of a person to a roll-out, and the one before, which it is compared with.

    ``at`` is when a visit began, ``entry`` the newest entry of the trail then, ``milestones`` map a milestone's number
    to the day that it had.
    """

    __tablename__ = "project_visit"
    audited: ClassVar[bool] = False

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    entry: Mapped[int]
    milestones: Mapped[dict[str, str]] = mapped_column(JSON)
    before_at: Mapped[datetime | None] = mapped_column(Instant)
    before_entry: Mapped[int]
    before_milestones: Mapped[dict[str, str]] = mapped_column(JSON)

    __table_args__ = (UniqueConstraint("person_id", "project_id"),)
