"""The table of the trail: by value, without foreign keys, so that it outlives what it speaks of."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class AuditEntry(Base):
    """One row added, changed or removed, or one fact noted, by one actor in one transaction.

    ``changes`` maps a field to [old, new]. ``salt`` stands for the salts and digests of all values as long as nothing
    of the entry was erased; then it is empty, and ``salts`` and ``digests`` run beside the values (`audit.rules`).
    ``sequence`` and ``hash`` are empty until the entry is sealed into the chain.
    """

    __tablename__ = "audit_entry"
    audited: ClassVar[bool] = False

    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str | None] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(120))
    label: Mapped[str | None] = mapped_column(String(300))
    scope: Mapped[str] = mapped_column(String(60), default="")
    transaction_id: Mapped[str] = mapped_column(String(32))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    salt: Mapped[str | None] = mapped_column(String(22))
    salts: Mapped[dict[str, str]] = mapped_column(JSON)
    digests: Mapped[dict[str, str]] = mapped_column(JSON)
    sequence: Mapped[int | None]
    hash: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        Index("uq_audit_entry_sequence", "sequence", unique=True),
        Index("ix_audit_entry_scope_id", "scope", "id"),
        Index("ix_audit_entry_subject_id", "subject", "id"),
        Index("ix_audit_entry_actor_id_id", "actor_id", "id"),
        Index("ix_audit_entry_transaction_id", "transaction_id"),
        Index(
            "ix_audit_entry_unsealed",
            "id",
            sqlite_where=text("sequence IS NULL"),
            postgresql_where=text("sequence IS NULL"),
        ),
    )
