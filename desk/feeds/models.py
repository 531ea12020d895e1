"""Tables of calendar addresses. The token is kept as a hash only."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class CalendarFeed(Base):
    """What an address shows, to whoever has it, as its owner may see it: their work, or the plan of a project."""

    __tablename__ = "calendar_feed"
    secret: ClassVar[frozenset[str]] = frozenset({"token_hash"})

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class FeedReading(Base):
    """When an address was read last; not in the trail, as programs come back every few hours."""

    __tablename__ = "calendar_feed_reading"
    audited: ClassVar[bool] = False

    feed_id: Mapped[int] = mapped_column(ForeignKey("calendar_feed.id", ondelete="CASCADE"), unique=True)
    at: Mapped[datetime] = mapped_column(Instant)
