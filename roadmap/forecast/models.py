"""Tables of forecasts: each that was published, the milestones in it, and those that somebody waits for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class Forecast(Base):
    """A forecast as it was published; it is never changed, so that it can be scored against what happened.

    ``day`` is that of the project's zone. The quantiles are wall times of the project at which ``goal_id`` (a task's
    number, None for the end of the plan) is reached; ``planned`` is the same by the plan of that day. Costs are in the
    smallest unit of the currency, None where unknown. ``content`` is what else a page shows, by `rules.keeping`;
    ``digest`` tells whether the plan, its estimates or its risks have changed since.
    """

    __tablename__ = "forecast"
    audited: ClassVar[bool] = False

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    runs: Mapped[int]
    seed: Mapped[int]
    exact: Mapped[bool]
    goal_id: Mapped[int | None]
    planned: Mapped[datetime]
    p10: Mapped[datetime]
    p50: Mapped[datetime]
    p80: Mapped[datetime]
    p95: Mapped[datetime]
    target: Mapped[date | None]
    chance: Mapped[float | None]
    cost_p50: Mapped[int | None] = mapped_column(BigInteger)
    cost_p80: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="")
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)

    __table_args__ = (Index("ix_forecast_project_id_at", "project_id", "at"),)


class ForecastStop(Base):
    """A milestone in a forecast: when it is reached, and by which day it should be."""

    __tablename__ = "forecast_stop"
    audited: ClassVar[bool] = False

    forecast_id: Mapped[int] = mapped_column(ForeignKey("forecast.id", ondelete="CASCADE"), index=True)
    task_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
    p10: Mapped[datetime]
    p50: Mapped[datetime]
    p80: Mapped[datetime]
    p95: Mapped[datetime]
    target: Mapped[date | None]
    chance: Mapped[float | None]


class ForecastWish(Base):
    """A forecast that somebody waits for, because its plan is large: how much of a hundred is done, or what was wrong.

    There is at most one a project; it goes when its forecast is there.
    """

    __tablename__ = "forecast_wish"
    audited: ClassVar[bool] = False

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), unique=True)
    at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    percent: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
