"""The table of comments: the author by value, because people live on a higher floor."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class Comment(Base):
    """What a person said about a subject; ``scope`` is the subject's, such as ``project:7``.

    ``mentions`` are the places of names in the text: [start, end, number of the person].
    """

    __tablename__ = "comment"
    audit_label: ClassVar[str] = "text"

    subject: Mapped[str] = mapped_column(String(60))
    scope: Mapped[str] = mapped_column(String(60))
    author_id: Mapped[int | None] = mapped_column(index=True)
    author_name: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    mentions: Mapped[list[list[int]]] = mapped_column(JSON, default=list, server_default="[]")
    created_at: Mapped[datetime] = mapped_column(Instant)
    edited_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (Index("ix_comment_subject_id", "subject", "id"),)

    @property
    def audit_scope(self) -> str:
        """A comment's history belongs where its subject does."""
        return self.scope
