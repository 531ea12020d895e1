"""Tallies of activities by day: derived, built again from the activities at any time."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base

_COVERED = ("day", "kind", "origin", "team_id", "owner_id", "count", "in_time")
"""All that a figure asks of a tally, so that it is read from the index alone and added up in its order."""


class ActivityTally(Base):
    """How many activities of a kind an owner had on a day of the instance's zone, and how many were logged in time."""

    __tablename__ = "crm_activity_tally"
    audited: ClassVar[bool] = False
    __table_args__ = (Index("ix_crm_activity_tally_day", *_COVERED),)

    day: Mapped[date]
    owner_id: Mapped[int | None]
    team_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(10))
    origin: Mapped[str] = mapped_column(String(12))
    count: Mapped[int]
    in_time: Mapped[int]


class StaleDay(Base):
    """A day whose tally no longer holds, as one action left it.

    Marks are added, never changed: whoever tallies a day takes away those marks only that it saw.
    """

    __tablename__ = "crm_stale_day"
    audited: ClassVar[bool] = False

    day: Mapped[date] = mapped_column(index=True)
