"""The table of how often each plan changed."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class PlanRevision(Base):
    """How often a plan was scheduled, and the transaction that did it last.

    A copy of the plan is right as long as the transaction is the same: numbers can come again after a backup is
    restored.
    """

    __tablename__ = "plan_revision"
    audited: ClassVar[bool] = False

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), unique=True)
    number: Mapped[int]
    transaction_id: Mapped[str] = mapped_column(String(32))
