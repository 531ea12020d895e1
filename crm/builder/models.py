"""Reports that people build, when they are sent, to whom, and what went out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class BuiltReport(Base):
    """A report: what it asks (``crm.reporting.rules.definition``), whose it is, and who else finds it.

    ``team_id`` is the team with which it is shared, where it is shared with a team and those below it.
    """

    __tablename__ = "crm_report"
    audit_scope = "crm"
    __table_args__ = (Index("ix_crm_report_owner_id", "owner_id"),)

    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(500), default="")
    object: Mapped[str] = mapped_column(String(40))
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    shared: Mapped[str] = mapped_column(String(10), default="nobody")
    team_id: Mapped[int | None]
    changed_at: Mapped[datetime] = mapped_column(Instant)


class ReportRhythm(Base):
    """When a report is sent; ``since``: turns before that are not made up for."""

    __tablename__ = "crm_report_rhythm"
    audit_label = "every"
    audit_scope = "crm"

    report_id: Mapped[int] = mapped_column(ForeignKey("crm_report.id", ondelete="CASCADE"), unique=True)
    every: Mapped[str] = mapped_column(String(10))
    day: Mapped[int]
    at: Mapped[str] = mapped_column(String(5))
    form: Mapped[str] = mapped_column(String(4))
    since: Mapped[datetime] = mapped_column(Instant)


class ReportReader(Base):
    """To whom a report is sent; ``stopped``: they don't want it any more."""

    __tablename__ = "crm_report_reader"
    audit_label = "person_id"
    audit_scope = "crm"
    __table_args__ = (UniqueConstraint("report_id", "person_id"), Index("ix_crm_report_reader_person_id", "person_id"))

    report_id: Mapped[int] = mapped_column(ForeignKey("crm_report.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    stopped: Mapped[bool] = mapped_column(default=False)


class ReportMail(Base):
    """A report went to a reader for a turn, once; or it could not, and ``problem`` says why."""

    __tablename__ = "crm_report_mail"
    audited: ClassVar[bool] = False
    __table_args__ = (UniqueConstraint("report_id", "person_id", "turn"),)

    report_id: Mapped[int] = mapped_column(ForeignKey("crm_report.id", ondelete="CASCADE"))
    person_id: Mapped[int]
    turn: Mapped[str] = mapped_column(String(10))
    sent_at: Mapped[datetime] = mapped_column(Instant)
    problem: Mapped[str] = mapped_column(String(300), default="")
