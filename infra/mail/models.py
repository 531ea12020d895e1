"""The outbox table. Not in the audit trail: the action that wrote the mail is, and what people do to it is noted."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import uuid4

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant
from infra.mail.rules import State, Written


class Mail(Base):
    """One mail to one address.

    ``key`` makes it once-only. ``unsubscribe`` is the path of the page on which the reader can end mail of this sort.
    ``reference`` is the left half of its Message-ID: the same at every try, so that a mail that was sent twice can be
    told. ``answers`` are the Message-IDs that it answers, ``reply_to`` where answers go, ``written`` is one of
    rules.Written. ``confidential`` bodies (one-time links) are never shown and go when it was sent.
    """

    __tablename__ = "mail"
    audited: ClassVar[bool] = False

    recipient: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="")
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    confidential: Mapped[bool] = mapped_column(default=False)
    unsubscribe: Mapped[str] = mapped_column(String(200), default="")
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    reference: Mapped[str] = mapped_column(String(32), default=lambda: uuid4().hex)
    answers: Mapped[list[str]] = mapped_column(JSON, default=list)
    reply_to: Mapped[str] = mapped_column(String(254), default="")
    written: Mapped[str] = mapped_column(String(20), default=Written.BY_ITSELF.value)
    state: Mapped[str] = mapped_column(String(10), default=State.WAITING.value)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (Index("ix_mail_state_next_try_at", "state", "next_try_at"),)
