"""Derived tables: which required fields of each record are valid, the same added up, and how it stood each day."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class RecordQuality(Base):
    """A live record: ``mask`` has a bit for each counted field that is valid. Owner and team as they are now."""

    __tablename__ = "crm_record_quality"
    audited: ClassVar[bool] = False
    audit_label: ClassVar[str] = "kind"
    __table_args__ = (
        UniqueConstraint("kind", "record_id"),
        Index("ix_crm_record_quality_work", "kind", "owner_id", "mask"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[int]
    owner_id: Mapped[int | None]
    team_id: Mapped[int | None]
    mask: Mapped[int]


class QualityTally(Base):
    """So many live records of an object, an owner and a team have this mask; several rows for the same add up."""

    __tablename__ = "crm_quality_tally"
    audited: ClassVar[bool] = False
    audit_label: ClassVar[str] = "kind"
    __table_args__ = (Index("ix_crm_quality_tally_kind", "kind", "owner_id", "team_id", "mask"),)

    kind: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[int | None]
    team_id: Mapped[int | None]
    mask: Mapped[int]
    n: Mapped[int]


class QualityDay(Base):
    """How an object stood at the end of a day, over all its records."""

    __tablename__ = "crm_quality_day"
    audited: ClassVar[bool] = False
    audit_label: ClassVar[str] = "kind"
    __table_args__ = (UniqueConstraint("kind", "day"),)

    kind: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    valid: Mapped[int]
    required: Mapped[int]
    n: Mapped[int]
