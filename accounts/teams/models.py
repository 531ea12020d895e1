"""The tables of teams."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class Team(Base):
    """A team; ``parent_id`` is the team above it, None at the top."""

    __tablename__ = "team"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)


class TeamMember(Base):
    """A person belongs to one team, or to none; ``leads`` marks who speaks for it."""

    __tablename__ = "team_member"
    audit_label = "person_id"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    leads: Mapped[bool] = mapped_column(default=False)
