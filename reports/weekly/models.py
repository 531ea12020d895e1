"""Tables of the weekly word: when it goes out, who chose what, and what went out."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class WeeklySetting(Base):
    """When the weekly word goes out; one row at most, none means the usual."""

    __tablename__ = "weekly_setting"
    audit_label: ClassVar[str] = "at"

    weekday: Mapped[int]
    at: Mapped[str] = mapped_column(String(5))
    on: Mapped[bool]


class WeeklyChoice(Base):
    """Whether a person wants the weekly word; no row: whoever is an executive of a roll-out does."""

    __tablename__ = "weekly_choice"
    audit_label: ClassVar[str] = "on"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    on: Mapped[bool]


class WeeklyWord(Base):
    """What went out to a person in a week; ``digest`` is the SHA-256 of the PDF in the store of files."""

    __tablename__ = "weekly_word"
    audit_label: ClassVar[str] = "period"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    period: Mapped[str] = mapped_column(String(10))
    sent_at: Mapped[datetime] = mapped_column(Instant)
    sentence: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]

    __table_args__ = (UniqueConstraint("person_id", "period"),)
