"""The table of invariants: those of one's own, and shipped ones that somebody lifted."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class CrmInvariant(Base):
    """One invariant; ``lifted`` with the key of a shipped one says that it holds no longer, ``reason`` says why."""

    __tablename__ = "crm_invariant"
    audit_label = "sentence"

    key: Mapped[str] = mapped_column(String(40), unique=True)
    role_key: Mapped[str] = mapped_column(String(40), default="")
    object: Mapped[str] = mapped_column(String(40), default="")
    action: Mapped[str] = mapped_column(String(40), default="")
    field: Mapped[str] = mapped_column(String(60), default="")
    unless: Mapped[str] = mapped_column(String(40), default="")
    sentence: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(300))
    lifted: Mapped[bool] = mapped_column(default=False)
