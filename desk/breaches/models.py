"""The table of breaches."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class Breach(Base):
    """A breach of personal data, what is known of it, and when whom was told."""

    __tablename__ = "privacy_breach"
    audit_label: ClassVar[str] = "title"
    audit_scope = "crm"

    title: Mapped[str] = mapped_column(String(200))
    found_at: Mapped[datetime] = mapped_column(Instant)
    risk: Mapped[str] = mapped_column(String(10), default="unknown")
    affected: Mapped[int | None]
    what: Mapped[str] = mapped_column(Text, default="")
    people: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[str] = mapped_column(Text, default="")
    consequences: Mapped[str] = mapped_column(Text, default="")
    measures: Mapped[str] = mapped_column(Text, default="")
    authority_told_at: Mapped[datetime | None] = mapped_column(Instant)
    authority_reference: Mapped[str] = mapped_column(String(200), default="")
    why_late: Mapped[str] = mapped_column(Text, default="")
    people_told_at: Mapped[datetime | None] = mapped_column(Instant)
    people_told_how: Mapped[str] = mapped_column(String(200), default="")
    entered_at: Mapped[datetime] = mapped_column(Instant)
    author_id: Mapped[int | None]
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
