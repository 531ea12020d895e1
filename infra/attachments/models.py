"""The table of attached files; their bytes lie in the data folder under the hash of their content."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class Attachment(Base):
    """A file on a subject. ``digest`` is the SHA-256 of the content in hex, ``size`` in bytes."""

    __tablename__ = "attachment"

    subject: Mapped[str] = mapped_column(String(60))
    scope: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    content_type: Mapped[str] = mapped_column(String(100))
    author_id: Mapped[int | None] = mapped_column(index=True)
    author_name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("ix_attachment_subject_id", "subject", "id"),)

    @property
    def audit_scope(self) -> str:
        """A file's history belongs where its subject does."""
        return self.scope
