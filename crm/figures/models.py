"""Tables of figures that people enter."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Amount, Base, Instant


class FigureSeries(Base):
    """A figure from outside: what it counts, in what unit, from which source, once a ``day`` or a ``week``.

    ``owner_id`` is who sees to it that there is a value; it needs no row of its own to stay readable.
    """

    __tablename__ = "crm_figure_series"
    audit_scope = "crm"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    unit: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    period: Mapped[str] = mapped_column(String(5), default="week")
    owner_id: Mapped[int | None]
    ended: Mapped[bool] = mapped_column(default=False)


class FigureValue(Base):
    """A value of a day, or of the week that begins on it; a correction adds a row, and the old one says when it went.

    ``proof`` is a link, or where the figure stands.
    """

    __tablename__ = "crm_figure_value"
    audit_label = "day"
    audit_scope = "crm"
    __table_args__ = (Index("ix_crm_figure_value_series_id_day", "series_id", "day"),)

    series_id: Mapped[int] = mapped_column(ForeignKey("crm_figure_series.id", ondelete="CASCADE"))
    day: Mapped[date]
    value: Mapped[Decimal] = mapped_column(Amount)
    proof: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None]
    entered_at: Mapped[datetime] = mapped_column(Instant)
    replaced_at: Mapped[datetime | None] = mapped_column(Instant)
