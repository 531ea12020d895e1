"""What waits for rules, and what became of each record: a log that nothing is derived from."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant

_FAILED = text("state = 'failed'")


class Waiting(Base):
    """Something that happened to records and that rules have to look at; the row goes once they did.

    ``changes`` are [number, before, after] of the values that triggers ask for. ``chain`` is named for what began it:
    what a rule does waits under the name of what set it off, ``depth`` rules further on. ``leased_until``: somebody is
    at it, or it waits for another try.
    """

    __tablename__ = "crm_automation_waiting"
    audited: ClassVar[bool] = False
    __table_args__ = (Index("ix_crm_automation_waiting_chain", "chain"),)

    object: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(12))
    changes: Mapped[list[Any]] = mapped_column(JSON)
    chain: Mapped[str] = mapped_column(String(40))
    depth: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(Instant)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)


class Run(Base):
    """What an automation did to a record in a chain: once, however often the record comes up in it again.

    ``state``: done, failed (tried again at ``next_try_at``), given-up, stopped (a loop), passed (the conditions did not
    hold when the clock set it off). ``again``: how often it was kept from setting itself off. ``did``: a line an
    action. ``transaction_id`` is what can be taken back.
    """

    __tablename__ = "crm_automation_run"
    audited: ClassVar[bool] = False
    audit_label: ClassVar[str] = "object"
    __table_args__ = (
        UniqueConstraint("automation_id", "record_id", "chain"),
        Index("ix_crm_automation_run_record", "object", "record_id", "at"),
        Index("ix_crm_automation_run_automation_id_at", "automation_id", "at"),
        Index("ix_crm_automation_run_failed", "next_try_at", sqlite_where=_FAILED, postgresql_where=_FAILED),
    )

    automation_id: Mapped[int] = mapped_column(ForeignKey("crm_automation.id", ondelete="CASCADE"))
    object: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    chain: Mapped[str] = mapped_column(String(40))
    depth: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default="done")
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    did: Mapped[list[Any]] = mapped_column(JSON, default=list)
    error: Mapped[str] = mapped_column(String(500), default="")
    tries: Mapped[int] = mapped_column(default=1)
    next_try_at: Mapped[datetime | None] = mapped_column(Instant)
    again: Mapped[int] = mapped_column(default=0)
    transaction_id: Mapped[str] = mapped_column(String(32), default="")
