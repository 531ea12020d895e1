"""Where messages go, and every message with what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant
from infra.sealed import SealedText

_OPEN = text("state IN ('waiting', 'sending')")


class Hook(Base):
    """An address that gets messages. ``signing_key`` signs them; after a change the old one signs, too, ``until`` then.

    ``personal``: personal fields go along; sensitive ones never do. ``trouble`` says why it was switched off by itself.
    """

    __tablename__ = "crm_hook"
    audit_scope = "crm"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    url: Mapped[str] = mapped_column(String(500))
    signing_key: Mapped[str] = mapped_column(SealedText)
    old_key: Mapped[str | None] = mapped_column(SealedText)
    until: Mapped[datetime | None] = mapped_column(Instant)
    personal: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    trouble: Mapped[str] = mapped_column(String(300), default="")


class Delivery(Base):
    """A message to a hook: ``key`` is its number for the receiver, the same at every try.

    ``state``: waiting, sending (leased until ``next_try_at``), delivered, given-up. ``status`` and ``answer`` are what
    the receiver said last.
    """

    __tablename__ = "crm_hook_delivery"
    audited: ClassVar[bool] = False
    __table_args__ = (
        Index("ix_crm_hook_delivery_hook_id_id", "hook_id", "id"),
        Index("ix_crm_hook_delivery_open", "next_try_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    hook_id: Mapped[int] = mapped_column(ForeignKey("crm_hook.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, index=True)
    tried_at: Mapped[datetime | None] = mapped_column(Instant)
    milliseconds: Mapped[int | None]
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(String(500), default="")
    error: Mapped[str] = mapped_column(String(500), default="")
