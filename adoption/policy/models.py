"""The table of the policy: one row for the organisation."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class AdoptionPolicy(Base):
    """Who sees people by name in the figures of use; without a row the usual policy holds."""

    __tablename__ = "adoption_policy"
    audit_label = "visible"

    visible: Mapped[str] = mapped_column(String(10))
