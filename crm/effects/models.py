"""Whose turn it was last, where records are given out one after the other."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class Turn(Base):
    """The last person who got a record of an automation, for each group of people that it gives to."""

    __tablename__ = "crm_automation_turn"
    audited: ClassVar[bool] = False
    __table_args__ = (UniqueConstraint("automation_id", "among"),)

    automation_id: Mapped[int] = mapped_column(ForeignKey("crm_automation.id", ondelete="CASCADE"))
    among: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int]
