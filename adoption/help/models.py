"""The table of offers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class AdoptionOffer(Base):
    """Help that was offered; ``about`` is whom, such as ``team:3`` or ``person:12``, ``gap`` what for.

    Who does what by when, and whether it is done, stands in the action item whose subject is this row.
    """

    __tablename__ = "adoption_offer"
    audit_label = "gap"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    about: Mapped[str] = mapped_column(String(120))
    gap: Mapped[str] = mapped_column(String(20))
    feature: Mapped[str] = mapped_column(String(20), default="")
    people: Mapped[int]
    offered_at: Mapped[datetime] = mapped_column(Instant)
    offered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
