"""Tables of the audience."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class ProjectTeam(Base):
    """A team, with those below it, that the roll-out is for."""

    __tablename__ = "project_team"
    audit_label = "team_id"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), index=True)

    __table_args__ = (UniqueConstraint("project_id", "team_id"),)


class ProjectNamed(Base):
    """Somebody whom the roll-out is for besides its teams."""

    __tablename__ = "project_named"
    audit_label = "person_id"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)

    __table_args__ = (UniqueConstraint("project_id", "person_id"),)


class ProjectLaunch(Base):
    """The day on which a roll-out went live, in its zone, where somebody decided or set it."""

    __tablename__ = "project_launch"
    audit_label = "day"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), unique=True)
    day: Mapped[date]
