"""What people set for the figures, and the figures of each day as they were seen then."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class KpiTarget(Base):
    """What a figure should be, where somebody wants another target than the usual one; empty: none at all.

    A share of 80 % is 0.8; written in digits, so that nothing is rounded.
    """

    __tablename__ = "crm_kpi_target"
    audit_label = "key"
    audit_scope = "crm"

    key: Mapped[str] = mapped_column(String(40), unique=True)
    target: Mapped[str] = mapped_column(String(30), default="")


class KpiBaseline(Base):
    """What the creation of contacts is compared with: days of this CRM, or figures from the system before it."""

    __tablename__ = "crm_kpi_baseline"
    audit_label = "proof"
    audit_scope = "crm"

    since: Mapped[date]
    until: Mapped[date]
    contacts: Mapped[int | None]
    users: Mapped[int | None]
    proof: Mapped[str] = mapped_column(String(300), default="")


class KpiDay(Base):
    """A figure as it was seen at the end of a day: of its ISO week so far, or as it stood; ``team_id`` 0 is the whole.

    Kept as it was seen: what is entered late changes the figure, never this row.
    """

    __tablename__ = "crm_kpi_day"
    audited: ClassVar[bool] = False
    __table_args__ = (
        UniqueConstraint("day", "key", "team_id"),
        Index("ix_crm_kpi_day_key_team_id_day", "key", "team_id", "day"),
    )

    day: Mapped[date]
    key: Mapped[str] = mapped_column(String(40))
    team_id: Mapped[int] = mapped_column(default=0)
    value: Mapped[float | None]
    top: Mapped[float]
    bottom: Mapped[float]
    n: Mapped[int]
    taken_at: Mapped[datetime] = mapped_column(Instant)


class KpiLimits(Base):
    """The limits of a figure's control chart, frozen from the weeks that they were made of until they are set anew.

    ``team_id`` 0 is the whole. The latest row of a figure holds; ``reason`` says why it replaced the one before.
    """

    __tablename__ = "crm_kpi_limits"
    audit_label = "key"
    audit_scope = "crm"
    __table_args__ = (Index("ix_crm_kpi_limits_key_team_id", "key", "team_id"),)

    key: Mapped[str] = mapped_column(String(40))
    team_id: Mapped[int] = mapped_column(default=0)
    first: Mapped[date]
    last: Mapped[date]
    mean: Mapped[float]
    spread: Mapped[float]
    reason: Mapped[str] = mapped_column(String(300), default="")
    by_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(Instant)


class KpiAnomaly(Base):
    """A week in which a figure left its limits, or the eighth in a row on one side; and what somebody said about it."""

    __tablename__ = "crm_kpi_anomaly"
    audit_label = "key"
    audit_scope = "crm"
    __table_args__ = (UniqueConstraint("key", "week", "kind"),)

    key: Mapped[str] = mapped_column(String(40))
    week: Mapped[date]
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[float]
    before: Mapped[float | None]
    segment: Mapped[str] = mapped_column(String(20), default="")
    segment_value: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(10), default="new")
    note: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None]
    found_at: Mapped[datetime] = mapped_column(Instant)
