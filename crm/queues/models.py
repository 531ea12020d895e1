"""The tables of queues and of the matrix of priorities."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class Queue(Base):
    """Where tickets wait for one team; ``audience`` is one of rules.Audience, ``address`` where mail for it arrives.

    ``acknowledges``: who writes by mail is told that it arrived, in the words of ``acknowledgement`` or the usual ones.
    """

    __tablename__ = "crm_queue"
    audit_scope = "crm"

    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    audience: Mapped[str] = mapped_column(String(12), default="customers")
    address: Mapped[str] = mapped_column(String(254), default="")
    acknowledges: Mapped[bool] = mapped_column(default=True)
    acknowledgement: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class PriorityCell(Base):
    """The priority of one severity and impact, where it is another than the one that ships."""

    __tablename__ = "crm_priority"
    audit_label = "severity"
    audit_scope = "crm"
    __table_args__ = (UniqueConstraint("severity", "impact"),)

    severity: Mapped[str] = mapped_column(String(12))
    impact: Mapped[str] = mapped_column(String(12))
    priority: Mapped[str] = mapped_column(String(12))
