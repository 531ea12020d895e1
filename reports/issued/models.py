"""Tables of issued reports: the draft, what was issued and stays as it is, who opened it, and the schedule."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Connection, ForeignKey, LargeBinary, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from infra.database import Base, Instant


class ReportDraft(Base):
    """What the manager wrote for the next report of a project. ``key`` makes issuing it happen once.

    ``people`` are numbers of people, ``addresses`` e-mail addresses of others; ``internal_note`` stays in the house.
    """

    __tablename__ = "report_draft"
    audit_label = "key"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), unique=True)
    key: Mapped[str] = mapped_column(String(32))
    comment: Mapped[str] = mapped_column(Text, default="")
    internal_note: Mapped[str] = mapped_column(Text, default="")
    decisions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    people: Mapped[list[int]] = mapped_column(JSON, default=list)
    addresses: Mapped[list[str]] = mapped_column(JSON, default=list)
    written_at: Mapped[datetime] = mapped_column(Instant)


class IssuedReport(Base):
    """A report as it left the house; never changed. ``document`` and ``page`` are compressed HTML, ``digest`` is the
    SHA-256 of the PDF, which lies in the store of files. ``code`` is printed in it and derived from its content.

    ``kind`` says what it is: status, readiness, adoption, or deck, whose file is slides and whose ``document`` is their
    text as JSON. Numbers run on over all kinds of a project.
    ``milestones`` holds the day of each milestone then, by its number, so that the next report can say what moved.
    ``request_key`` and ``period`` keep one press, and one round of the schedule, from issuing twice.
    """

    __tablename__ = "issued_report"
    audit_label = "title"
    secret: ClassVar[frozenset[str]] = frozenset({"document", "page"})

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20), default="status", server_default="status")
    title: Mapped[str] = mapped_column(String(300))
    as_of: Mapped[date]
    since: Mapped[date]
    issued_at: Mapped[datetime] = mapped_column(Instant)
    issued_by_id: Mapped[int | None]
    issued_by: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20))
    sentence: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text, default="")
    decisions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    recipients: Mapped[list[str]] = mapped_column(JSON, default=list)
    milestones: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("issued_report.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    period: Mapped[str | None] = mapped_column(String(10))
    request_key: Mapped[str] = mapped_column(String(32), unique=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    document: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    page: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    __table_args__ = (UniqueConstraint("project_id", "number"), UniqueConstraint("project_id", "period"))


class ReportEdition(Base):
    """The PDF of an issued report with parts withheld (``withheld`` names them), made when it was first asked for."""

    __tablename__ = "report_edition"
    audit_label = "withheld"

    report_id: Mapped[int] = mapped_column(ForeignKey("issued_report.id", ondelete="CASCADE"))
    withheld: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Instant)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]

    __table_args__ = (UniqueConstraint("report_id", "withheld"),)


class ReportReading(Base):
    """Somebody of the house opened an issued report; only the first time counts."""

    __tablename__ = "report_reading"
    audited: ClassVar[bool] = False

    report_id: Mapped[int] = mapped_column(ForeignKey("issued_report.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    first_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("report_id", "person_id"),)


class ReportSchedule(Base):
    """When a project's report issues itself: a weekday (Monday is 0) and a wall time of the project's zone.

    ``since`` is the moment from which it holds; ``without_comment`` says what happens when nobody wrote one.
    """

    __tablename__ = "report_schedule"
    audit_label = "at"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), unique=True)
    weekday: Mapped[int]
    at: Mapped[str] = mapped_column(String(5))
    people: Mapped[list[int]] = mapped_column(JSON, default=list)
    addresses: Mapped[list[str]] = mapped_column(JSON, default=list)
    without_comment: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime] = mapped_column(Instant)


class ReportReminder(Base):
    """The manager was reminded, once a round and kind, that a comment is missing."""

    __tablename__ = "report_reminder"
    audited: ClassVar[bool] = False

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    period: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))

    __table_args__ = (UniqueConstraint("project_id", "period", "kind"),)


@event.listens_for(IssuedReport, "before_update")
def _stays_as_it_is(_mapper: Mapper[Any], _connection: Connection, report: IssuedReport) -> None:
    raise RuntimeError(f"Report {report.number} was issued and is never changed; issue a correction.")
