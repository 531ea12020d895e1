"""The table of knocks."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class Knock(Base):
    """How often one address knocked at one kind of door in one stretch of time, which began at ``begins``."""

    __tablename__ = "knock"
    audited: ClassVar[bool] = False

    key: Mapped[str] = mapped_column(String(64))
    begins: Mapped[datetime] = mapped_column(Instant, index=True)
    times: Mapped[int]

    __table_args__ = (UniqueConstraint("key", "begins"),)
