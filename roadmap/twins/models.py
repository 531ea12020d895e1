"""The table of how branches began."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class BranchStart(Base):
    """The plan as it was when it was branched, and which rows of the branch stand for which of the trunk.

    Each time that a branch is brought up to date there is another: the project's ``branch_start`` says which counts.
    A copy of what the trail knows, so the trail leaves it out. ``plan`` is a roadmap.branches.rules.shot.Shot;
    ``twins`` holds numbers of the trunk by table and number in the branch.
    """

    __tablename__ = "branch_start"
    __table_args__ = (UniqueConstraint("project_id", "number"),)
    audited: ClassVar[bool] = False

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(default=0)
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    twins: Mapped[dict[str, Any]] = mapped_column(JSON)
