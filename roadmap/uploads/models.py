"""The table of files that are about to be brought into a plan."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class Upload(Base):
    """A file that somebody sent for a plan, until they take it over or throw it away: only they see it.

    ``content`` is compressed. ``choices`` are what they said about columns and dates, ``found`` is what the file would
    do, as `roadmap.reimport.queries.Found` reads it. While ``state`` is "working", ``step`` says how far that is.
    """

    __tablename__ = "plan_upload"
    audited: ClassVar[bool] = False

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    begun_at: Mapped[datetime] = mapped_column(Instant)
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10))
    step: Mapped[int] = mapped_column(default=0)
    found: Mapped[dict[str, Any]] = mapped_column(JSON)
