"""The table of requests about personal data. Whose it is stands there as a number: the name is in their own row."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class PrivacyRequest(Base):
    """Somebody asks about their data; ``subject`` is a row that is theirs, such as ``crm_contact:12``.

    ``identity`` is how it is known that it is them, ``answer`` what they were told, ``result`` what came of it in
    numbers. ``extended`` is why it takes up to three months.
    """

    __tablename__ = "privacy_request"
    audit_label = "kind"
    audit_scope = "crm"
    __table_args__ = (Index("ix_privacy_request_state_due", "state", "due"),)

    kind: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(60), index=True)
    received: Mapped[date]
    due: Mapped[date]
    channel: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text, default="")
    identity: Mapped[str] = mapped_column(Text, default="")
    extended: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(10), default="open")
    author_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_by: Mapped[int | None]
