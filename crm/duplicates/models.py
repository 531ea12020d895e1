"""Tables of duplicates: keys and pairs, which are derived, and what somebody said of a pair."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class DuplicateKey(Base):
    """A key under which a record meets others. A record without any has not been compared yet."""

    __tablename__ = "crm_duplicate_key"
    audited: ClassVar[bool] = False
    audit_label: ClassVar[str] = "key"
    __table_args__ = (
        Index("ix_crm_duplicate_key_kind_key", "kind", "key", "record_id"),
        Index("ix_crm_duplicate_key_record", "kind", "record_id"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(80))
    record_id: Mapped[int]


class DuplicatePair(Base):
    """Two records that may be one, the lower number first; ``reasons`` are [field, found, points, alike in percent].

    ``dismissed``: somebody said that they are two, and both still say what they said then.
    """

    __tablename__ = "crm_duplicate_pair"
    audited: ClassVar[bool] = False
    audit_label: ClassVar[str] = "kind"
    __table_args__ = (
        UniqueConstraint("kind", "first_id", "second_id"),
        Index("ix_crm_duplicate_pair_second", "kind", "second_id"),
        Index("ix_crm_duplicate_pair_bits", "bits"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    first_id: Mapped[int]
    second_id: Mapped[int]
    bits: Mapped[float]
    reasons: Mapped[list[Any]] = mapped_column(JSON)
    dismissed: Mapped[bool] = mapped_column(default=False)


class NotTheSame(Base):
    """Somebody said that two records are two. It holds while both are as they were: ``digest`` tells their values."""

    __tablename__ = "crm_not_the_same"
    audit_label: ClassVar[str] = "kind"
    audit_scope: ClassVar[str] = "crm"
    __table_args__ = (UniqueConstraint("kind", "first_id", "second_id"),)

    kind: Mapped[str] = mapped_column(String(20))
    first_id: Mapped[int]
    second_id: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Instant)
