"""The table of automations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class Automation(Base):
    """A rule: its parts lie as JSON (see `rules.parts`). ``key`` is that of a shipped one; rules run by ``position``.

    ``since`` is when it was last switched on: a trigger of the clock looks no further back. ``changed_by`` hears of
    its failures.
    """

    __tablename__ = "crm_automation"
    audit_scope = "crm"
    __table_args__ = (Index("ix_crm_automation_object_active", "object", "active"),)

    key: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(500), default="")
    object: Mapped[str] = mapped_column(String(40))
    when: Mapped[str] = mapped_column("occasion", String(12))
    trigger: Mapped[dict[str, Any]] = mapped_column(JSON)
    match: Mapped[str] = mapped_column(String(3), default="all")
    conditions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    actions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    active: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime | None] = mapped_column(Instant)
    changed_by: Mapped[int | None]
    changed_at: Mapped[datetime] = mapped_column(Instant)
