"""Tables of surveys: what is asked, who was asked, and what was answered.

Who was asked and what was answered have no entries in the audit trail, which would tell who answered when. Of an
anonymous survey nothing leads from an answer to a person: no number, no moment, no order (numbers are drawn by lot).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant
from infra.sealed import SealedText


class Survey(Base):
    """Questions with the people whom they are meant for.

    ``topic`` is what readiness asks for it by; ``audience`` one of the rules' AUDIENCES, narrowed by ``teams`` (with
    those below them) or ``among`` (values of contacts' accounts, or a campaign). ``minimum`` answers have to be there
    before any result is shown.
    """

    __tablename__ = "crm_survey"
    audit_scope = "crm"

    name: Mapped[str] = mapped_column(String(160))
    topic: Mapped[str] = mapped_column(String(40), default="", index=True)
    intro: Mapped[str] = mapped_column(Text, default="")
    thanks: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(8), default="draft")
    audience: Mapped[str] = mapped_column(String(10), default="people")
    teams: Mapped[list[int]] = mapped_column(JSON, default=list)
    among: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    anonymous: Mapped[bool] = mapped_column(default=False)
    minimum: Mapped[int] = mapped_column(default=1)
    by_mail: Mapped[bool] = mapped_column(default=True)
    remind_after: Mapped[int] = mapped_column(default=0)
    closes_on: Mapped[date | None]
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    owner_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class SurveyQuestion(Base):
    """One question. ``choices`` are the answers to choose from, ``low`` and ``high`` what the ends of a scale mean."""

    __tablename__ = "crm_survey_question"
    audit_label = "text"
    audit_scope = "crm"

    survey_id: Mapped[int] = mapped_column(ForeignKey("crm_survey.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(String(300))
    needed: Mapped[bool] = mapped_column(default=True)
    choices: Mapped[list[str]] = mapped_column(JSON, default=list)
    points: Mapped[int] = mapped_column(default=5)
    low: Mapped[str] = mapped_column(String(60), default="")
    high: Mapped[str] = mapped_column(String(60), default="")


class SurveyInvitation(Base):
    """Somebody who was asked: a person, a contact, or whoever a ticket came from. ``answered`` has no moment.

    ``key`` names survey and somebody, so that nobody is asked twice; ``token`` is the one-time link's, for a reminder,
    until it was answered.
    """

    __tablename__ = "crm_survey_invitation"
    audited: ClassVar[bool] = False
    secret: ClassVar[frozenset[str]] = frozenset({"token_hash"})
    __table_args__ = (
        Index("ix_crm_survey_invitation_person_id_answered", "person_id", "answered"),
        Index("ix_crm_survey_invitation_ticket_id", "ticket_id"),
    )

    survey_id: Mapped[int] = mapped_column(ForeignKey("crm_survey.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("crm_contact.id", ondelete="CASCADE"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("crm_ticket.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(250), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    token: Mapped[str | None] = mapped_column(SealedText)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_at: Mapped[datetime] = mapped_column(Instant)
    reminded_at: Mapped[datetime | None] = mapped_column(Instant)
    answered: Mapped[bool] = mapped_column(default=False)


class SurveyResponse(Base):
    """What one of those asked answered. Of an anonymous survey it names nobody, and ``day`` is when the survey opened.

    ``owner_id`` and ``team_id`` are whose customer it was: of the ticket, of the contact; of a person their own team.
    """

    __tablename__ = "crm_survey_response"
    audited: ClassVar[bool] = False
    __table_args__ = (Index("ix_crm_survey_response_survey_id_day", "survey_id", "day"),)

    survey_id: Mapped[int] = mapped_column(ForeignKey("crm_survey.id", ondelete="CASCADE"))
    day: Mapped[date]
    at: Mapped[datetime | None] = mapped_column(Instant)
    person_id: Mapped[int | None] = mapped_column(index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("crm_contact.id", ondelete="SET NULL"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("crm_ticket.id", ondelete="SET NULL"), index=True)
    owner_id: Mapped[int | None]
    team_id: Mapped[int | None]


class SurveyAnswer(Base):
    """The answer to one question: a number, the place of a choice (one row for each that was picked), or a text."""

    __tablename__ = "crm_survey_answer"
    audited: ClassVar[bool] = False
    __table_args__ = (Index("ix_crm_survey_answer_question_id_value", "question_id", "value", "response_id"),)

    response_id: Mapped[int] = mapped_column(ForeignKey("crm_survey_response.id", ondelete="CASCADE"), index=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("crm_survey_question.id", ondelete="CASCADE"))
    value: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="")
