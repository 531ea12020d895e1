"""Tables of links: what each opens, and on which days it was opened. The token is kept as a hash only."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class ShareLink(Base):
    """What a link opens: the plan, the roadmap, the reports (all, or ``report_id``), with costs or without.

    ``passphrase`` is a hash, empty where none is asked for.
    """

    __tablename__ = "share_link"
    secret: ClassVar[frozenset[str]] = frozenset({"token_hash", "passphrase"})

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    passphrase: Mapped[str] = mapped_column(String(200), default="")
    plan: Mapped[bool] = mapped_column(default=False)
    gantt: Mapped[bool] = mapped_column(default=False)
    reports: Mapped[bool] = mapped_column(default=False)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("issued_report.id", ondelete="CASCADE"))
    costs: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class ShareOpening(Base):
    """How often a link was opened on a day of UTC, and when last."""

    __tablename__ = "share_opening"
    audited: ClassVar[bool] = False

    link_id: Mapped[int] = mapped_column(ForeignKey("share_link.id", ondelete="CASCADE"))
    day: Mapped[date]
    times: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("link_id", "day"),)
