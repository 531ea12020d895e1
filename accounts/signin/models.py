"""Tables of signing in. Tokens are kept as hashes; sessions and tries are noted in the trail, not copied into it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class SignInSession(Base):
    """One browser in which a person is signed in."""

    __tablename__ = "sign_in_session"
    audited: ClassVar[bool] = False

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant)
    stays: Mapped[bool] = mapped_column(default=False)
    device: Mapped[str] = mapped_column(String(80), default="")
    address: Mapped[str] = mapped_column(String(64), default="")


class SignInTry(Base):
    """One try to sign in. ``counts`` until it succeeded or was turned away without a look at the password."""

    __tablename__ = "sign_in_try"
    audited: ClassVar[bool] = False

    at: Mapped[datetime] = mapped_column(Instant, index=True)
    account_key: Mapped[str] = mapped_column(String(64))
    address_key: Mapped[str] = mapped_column(String(64))
    counts: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (
        Index("ix_sign_in_try_account", "account_key", "at"),
        Index("ix_sign_in_try_address", "address_key", "at"),
    )


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
