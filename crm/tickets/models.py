"""The table of what is said about tickets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class TicketMessage(Base):
    """An entry of a ticket's conversation: an answer, a note among agents (not ``public``), or news for many.

    ``direction`` is in (from the requester) or out. ``automatic``: no person wrote it, so it is no response.
    ``reference`` is the Message-ID of the mail that it came or went by, which keeps threads together. The author stands
    by value, so that the words outlive whoever wrote them.
    """

    __tablename__ = "crm_ticket_message"
    audit_label = "kind"
    audit_scope = "crm"
    __table_args__ = (
        Index("ix_crm_ticket_message_ticket_id_at", "ticket_id", "at"),
        Index(
            "ix_crm_ticket_message_reference",
            "reference",
            sqlite_where=text("reference <> ''"),
            postgresql_where=text("reference <> ''"),
        ),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("crm_ticket.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(String(10), default="reply")
    direction: Mapped[str] = mapped_column(String(3), default="out")
    public: Mapped[bool] = mapped_column(default=True)
    automatic: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[int | None]
    author_name: Mapped[str] = mapped_column(String(200), default="")
    author_email: Mapped[str] = mapped_column(String(254), default="")
    body: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(String(250), default="")


class CannedAnswer(Base):
    """Words that are written again and again; of one queue, or of all where ``queue_id`` is empty."""

    __tablename__ = "crm_canned_answer"
    audit_scope = "crm"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    body: Mapped[str] = mapped_column(Text)
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("crm_queue.id"))
    active: Mapped[bool] = mapped_column(default=True)
