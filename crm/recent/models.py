"""The tables of what somebody looked at and starred: their own, so the trail has no part in them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class SeenRecord(Base):
    """A person looked at a record, last at ``at``."""

    __tablename__ = "crm_seen"
    audited: ClassVar[bool] = False

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    object: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("person_id", "object", "record_id"),
        Index("ix_crm_seen_person_id_at", "person_id", "at"),
    )


class StarredRecord(Base):
    """A person marked a record with a star."""

    __tablename__ = "crm_star"
    audited: ClassVar[bool] = False

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    object: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("person_id", "object", "record_id"),)
