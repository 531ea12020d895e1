"""The table of decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Connection, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from infra.database import Base, Instant


class ReadinessDecision(Base):
    """A decision as it was taken; never changed. ``document`` is all that it rests on (`rules.document`).

    ``digest`` is the SHA-256 of the document's canonical text; it enters the audit trail with the row. ``decision`` is
    what people decided, ``computed`` what the figures said. ``request_key`` keeps one press from deciding twice.
    """

    __tablename__ = "readiness_decision"
    audit_label = "title"
    secret: ClassVar[frozenset[str]] = frozenset({"document"})

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    gate_id: Mapped[int] = mapped_column(ForeignKey("readiness_gate.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(Instant)
    decision: Mapped[str] = mapped_column(String(20))
    computed: Mapped[str] = mapped_column(String(20))
    score: Mapped[float | None]
    confidence: Mapped[float]
    reasons: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None]
    decided_by: Mapped[str] = mapped_column(String(200))
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("readiness_decision.id"), index=True)
    superseding: Mapped[str] = mapped_column(Text, default="")
    request_key: Mapped[str] = mapped_column(String(32), unique=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index("ix_readiness_decision_gate_id_number", "gate_id", "number"),
    )


@event.listens_for(ReadinessDecision, "before_update")
def _stays_as_it_is(_mapper: Mapper[Any], _connection: Connection, row: ReadinessDecision) -> None:
    raise RuntimeError(f"Decision {row.number} was taken and is never changed; a newer one supersedes it.")
