"""The tables of mail that comes in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant
from infra.sealed import SealedText


class Mailbox(Base):
    """A mailbox that is looked into: for tickets of a queue, or (``queue_id`` empty) for activities to be written down.

    ``validity`` and ``last_uid`` say up to which message it was read; ``trouble`` why it could not be, last time.
    """

    __tablename__ = "crm_mailbox"
    audit_scope = "crm"
    derived = frozenset({"validity", "last_uid", "looked_at", "trouble"})

    name: Mapped[str] = mapped_column(String(120))
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("crm_queue.id"))
    host: Mapped[str] = mapped_column(String(250))
    port: Mapped[int] = mapped_column(default=993)
    tls: Mapped[bool] = mapped_column(default=True)
    user: Mapped[str] = mapped_column(String(250))
    password: Mapped[str | None] = mapped_column(SealedText)
    folder: Mapped[str] = mapped_column(String(120), default="INBOX")
    active: Mapped[bool] = mapped_column(default=True)
    validity: Mapped[int] = mapped_column(BigInteger, default=0)
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    looked_at: Mapped[datetime | None] = mapped_column(Instant)
    trouble: Mapped[str] = mapped_column(Text, default="")


class MailIn(Base):
    """A mail that came in, and what became of it. ``message_id`` is unique: a mail is taken once, however it comes."""

    __tablename__ = "crm_mail_in"
    audited = False
    __table_args__ = (Index("ix_crm_mail_in_sender_email_at", "sender_email", "at"), Index("ix_crm_mail_in_at", "at"))

    message_id: Mapped[str] = mapped_column(String(250), unique=True)
    at: Mapped[datetime] = mapped_column(Instant)
    sender_email: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200), default="")
    came: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(String(300), default="")
    ticket_id: Mapped[int | None]
    activity_id: Mapped[int | None]
