"""Tables of recognition. Points are in none of them: they are counted from the records each time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class RecognitionSetting(Base):
    """Whether a roll-out recognises at all (without a row: not), and whether people stand on its board by name."""

    __tablename__ = "recognition_setting"
    audit_label = "active"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), unique=True)
    active: Mapped[bool] = mapped_column(default=False)
    named: Mapped[bool] = mapped_column(default=False)


class RecognitionOptOut(Base):
    """Somebody wants no part in it, in any roll-out, as long as the row is there."""

    __tablename__ = "recognition_opt_out"
    audit_label = "since"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    since: Mapped[datetime] = mapped_column(Instant)


class RecognitionReward(Base):
    """A reward that somebody, or a team, was given: what, why, by whom and when."""

    __tablename__ = "recognition_reward"
    audit_label = "what"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"), index=True)
    what: Mapped[str] = mapped_column(String(200))
    why: Mapped[str] = mapped_column(Text)
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    given_at: Mapped[datetime] = mapped_column(Instant)
