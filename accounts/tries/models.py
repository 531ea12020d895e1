"""The table of tries."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class SignInTry(Base):
    """One try. ``counts`` until it succeeded or was turned away without a look at what was typed."""

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
