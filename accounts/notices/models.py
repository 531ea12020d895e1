"""Tables of notices and of what people chose. Notices are derived from actions that the trail knows already."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant

_UNREAD = text("read_at IS NULL")
_UNMAILED = text("mailed_at IS NULL AND mail != ''")


class Notice(Base):
    """Something that concerns a person.

    ``subject`` and ``scope`` are those of `infra.subjects`; ``params`` fill the kind's sentence; ``mail`` is a Mailing,
    as the person wished when it happened; ``once`` makes a notice once-only; ``transaction_id`` names the action.
    """

    __tablename__ = "notice"
    audited: ClassVar[bool] = False

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(300))
    scope: Mapped[str] = mapped_column(String(60))
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    author: Mapped[str] = mapped_column(String(200))
    transaction_id: Mapped[str] = mapped_column(String(32), index=True)
    once: Mapped[str | None] = mapped_column(String(160), unique=True)
    at: Mapped[datetime] = mapped_column(Instant)
    in_app: Mapped[bool]
    mail: Mapped[str] = mapped_column(String(6))
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    mailed_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        Index("ix_notice_person_id_id", "person_id", "id"),
        Index("ix_notice_unread", "person_id", "scope", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        Index("ix_notice_unmailed", "mail", "person_id", sqlite_where=_UNMAILED, postgresql_where=_UNMAILED),
    )


class NoticeChoice(Base):
    """By which ways a person wants a kind; no row means the kind's own ways."""

    __tablename__ = "notice_choice"
    audit_label: ClassVar[str] = "kind"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(30))
    in_app: Mapped[bool]
    mail: Mapped[str] = mapped_column(String(6))

    __table_args__ = (UniqueConstraint("person_id", "kind"),)


class NoticeRhythm(Base):
    """When a person's digest comes: ``rhythm`` daily, weekly (on Mondays) or never; ``hour`` in the instance's zone."""

    __tablename__ = "notice_rhythm"
    audit_label: ClassVar[str] = "rhythm"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    rhythm: Mapped[str] = mapped_column(String(6))
    hour: Mapped[int]
