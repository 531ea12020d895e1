"""The table of notes."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant
from infra.sealed import SealedText


class Note(Base):
    """A note on a record. A confidential one keeps its words in ``sealed`` alone, out of file and trail.

    The author stands by value, so that the note outlives whoever wrote it.
    """

    __tablename__ = "crm_note"
    audit_label: ClassVar[str] = "title"
    audit_scope = "crm"

    object: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    title: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    sealed: Mapped[str | None] = mapped_column(SealedText)
    confidential: Mapped[bool] = mapped_column(default=False)
    pinned: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[int | None] = mapped_column(index=True)
    author_name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Instant)
    edited_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (Index("ix_crm_note_object_record_id_created_at", "object", "record_id", "created_at"),)
