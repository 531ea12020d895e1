"""The tables of retention: rules, and what each run did."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class RetentionRule(Base):
    """After ``months`` by ``basis`` the ``action`` befalls records of an object; off until somebody switches it on."""

    __tablename__ = "crm_retention_rule"
    audit_scope = "crm"

    name: Mapped[str] = mapped_column(String(120))
    object: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(40), default="")
    value: Mapped[str] = mapped_column(String(60), default="")
    basis: Mapped[str] = mapped_column(String(12))
    months: Mapped[int]
    action: Mapped[str] = mapped_column(String(10))
    active: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)


class RetentionRun(Base):
    """What a rule did: so many records were found, done, and left because their use is restricted."""

    __tablename__ = "crm_retention_run"
    audited: ClassVar[bool] = False

    rule_id: Mapped[int] = mapped_column(ForeignKey("crm_retention_rule.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    found: Mapped[int]
    done: Mapped[int]
    held: Mapped[int]
    by_name: Mapped[str] = mapped_column(String(200))
