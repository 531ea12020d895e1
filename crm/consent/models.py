"""The tables of consent: answers are added and never altered, so that what held at a moment can be told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class PurposeRow(Base):
    """A purpose of one's own, or a shipped one that was altered."""

    __tablename__ = "crm_purpose"
    audit_scope = "crm"

    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(String(500), default="")
    basis: Mapped[str] = mapped_column(String(10))
    active: Mapped[bool] = mapped_column(default=True)


class Consent(Base):
    """What somebody answered for a purpose, when, how, to which words, and where that stands."""

    __tablename__ = "crm_consent"
    audit_label = "purpose"
    audit_scope = "crm"
    __table_args__ = (Index("ix_crm_consent_object_record_id", "object", "record_id", "at"),)

    object: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(40))
    given: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Instant)
    channel: Mapped[str] = mapped_column(String(10))
    wording: Mapped[str] = mapped_column(Text, default="")
    proof: Mapped[str] = mapped_column(String(500), default="")
    author_id: Mapped[int | None]
    author_name: Mapped[str] = mapped_column(String(200))
    entered_at: Mapped[datetime] = mapped_column(Instant)


class Restriction(Base):
    """The data of a record may be kept and not be used, until somebody lifts that."""

    __tablename__ = "crm_restriction"
    audit_label = "object"
    audit_scope = "crm"
    __table_args__ = (Index("ix_crm_restriction_object_record_id", "object", "record_id"),)

    object: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    since: Mapped[datetime] = mapped_column(Instant)
    author_id: Mapped[int | None]
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)


class Objection(Base):
    """An address that must not be written to, kept as a hash: it outlives the record and its erasure."""

    __tablename__ = "crm_objection"
    audit_label = "reason"
    audit_scope = "crm"

    address: Mapped[str] = mapped_column(String(64), unique=True)
    reason: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant)
