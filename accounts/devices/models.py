"""The table of browsers that are known again by a random cookie, never by what they look like."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class KnownBrowser(Base):
    """A browser in which a person signed in; the same browser is one row for each person who used it."""

    __tablename__ = "known_browser"
    audited: ClassVar[bool] = False

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(80), default="")
    first_seen_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("person_id", "token_hash"),)
