"""The table of the policy: one row, or none while everything is as it was delivered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class SignInPolicy(Base):
    """What holds for everybody who signs in; the one row has the number 1."""

    __tablename__ = "sign_in_policy"
    audit_label = "forced"

    forced: Mapped[str] = mapped_column(String(20))
    forced_since: Mapped[datetime | None] = mapped_column(Instant)
    grace_days: Mapped[int]
    idle_minutes: Mapped[int]
    session_days: Mapped[int]
    password_length: Mapped[int]
    starters: Mapped[str] = mapped_column(String(20))
