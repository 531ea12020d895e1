"""Tables of merging: which records became one by which action, and whether sure pairs are merged without asking."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class Merge(Base):
    """Records that became one. ``transaction_id`` is the action, by which all of it can be taken back."""

    __tablename__ = "crm_merge"
    audit_label: ClassVar[str] = "kind"
    audit_scope: ClassVar[str] = "crm"
    __table_args__ = (Index("ix_crm_merge_survivor", "kind", "survivor_id"),)

    kind: Mapped[str] = mapped_column(String(20))
    survivor_id: Mapped[int]
    loser_ids: Mapped[list[Any]] = mapped_column(JSON)
    transaction_id: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(Instant)
    person_id: Mapped[int | None]
    automatic: Mapped[bool] = mapped_column(default=False)


class MergePolicy(Base):
    """Whether sure pairs are merged without asking; no row: they are not."""

    __tablename__ = "crm_merge_policy"
    audit_label: ClassVar[str] = "automatic"

    automatic: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Instant)
