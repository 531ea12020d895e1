"""The table of proposals."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class Proposal(Base):
    """An answer to a plan that asks too much, while it is improved and until somebody takes it or throws it away.

    ``projects`` are levelled together. ``starts`` are the starts of tasks in clock minutes by their number; dates, load
    and reasons are worked out from them. ``digest`` is that of the problem: where it is another, the plan has changed.
    ``progress`` is what the solver said last.
    """

    __tablename__ = "levelling_proposal"
    audited: ClassVar[bool] = False

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    projects: Mapped[list[int]] = mapped_column(JSON)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    seconds: Mapped[int]
    within_slack: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10))
    proved: Mapped[bool] = mapped_column(default=False)
    starts: Mapped[dict[str, int]] = mapped_column(JSON)
    progress: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
