"""Tables of days off and part-time shares."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class Absence(Base):
    """Days off of a person, first and last included; the reason is one of three words and nothing more is kept."""

    __tablename__ = "absence"
    audit_label = "reason"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    first: Mapped[date]
    last: Mapped[date]
    reason: Mapped[str] = mapped_column(String(10))

    __table_args__ = (Index("ix_absence_person_id_first", "person_id", "first"),)

    @property
    def audit_scope(self) -> str:
        """It belongs to the history of its person."""
        return person_scope(self.person_id)


class PartTime(Base):
    """From a day on a person works this percentage of a full day."""

    __tablename__ = "part_time"
    audit_label = "percent"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    first: Mapped[date]
    percent: Mapped[int]

    __table_args__ = (UniqueConstraint("person_id", "first"),)

    @property
    def audit_scope(self) -> str:
        """It belongs to the history of its person."""
        return person_scope(self.person_id)


def person_scope(person_id: int) -> str:
    """Where the entries of a person's time belong in the trail."""
    return f"person:{person_id}"
