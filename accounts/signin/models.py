"""Tables of signing in. Tokens are kept as hashes; sessions are noted in the trail, not copied into it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class SignInSession(Base):
    """One browser in which a person is signed in, or half so: ``half`` until the second factor was shown.

    ``proved_at``: when the password was typed last. ``seen_as_id``: as whom its person looks at the product just now.
    """

    __tablename__ = "sign_in_session"
    audited: ClassVar[bool] = False

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant)
    stays: Mapped[bool] = mapped_column(default=False)
    device: Mapped[str] = mapped_column(String(80), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    half: Mapped[bool] = mapped_column(default=False, server_default=false())
    proved_at: Mapped[datetime | None] = mapped_column(Instant)
    seen_as_id: Mapped[int | None]


class OneTimeLink(Base):
    """A link with which a person sets a password, once; ``ended_at`` says when it was used or replaced."""

    __tablename__ = "one_time_link"
    audit_label = "purpose"
    secret: ClassVar[frozenset[str]] = frozenset({"token_hash"})

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
