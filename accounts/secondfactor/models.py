"""Tables of the second factor. Its acts are noted in the trail; the secrets are sealed."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant
from infra.sealed import SealedText


class SecondFactor(Base):
    """A person's authenticator app; it counts once a code confirmed it. ``last_step``: the last code accepted."""

    __tablename__ = "second_factor"
    audited: ClassVar[bool] = False

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    secret_text: Mapped[str] = mapped_column(SealedText)
    last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)


class RecoveryCode(Base):
    """A code for the day the phone is lost: the hash of 120 random bits, sealed; ``used_at`` says when it was spent."""

    __tablename__ = "recovery_code"
    audited: ClassVar[bool] = False

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(SealedText)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
