"""Who was asked, and what waits for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from accounts.people.models import Person
from crm.answering.rules import QUIET
from crm.consent import queries as consent
from crm.records.models import Contact, Ticket
from crm.respondents.rules import PURPOSE, Asked, Audience
from crm.surveys.models import Survey, SurveyInvitation
from crm.surveys.rules.surveys import State
from infra.database import db
from infra.sealed import digest_of
from infra.subjects import Subject
from kernel.actor import INSTANCE
from kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Waiting:
    """A survey that waits for somebody's answer."""

    survey_id: int
    name: str
    closes_on: date | None
    anonymous: bool
    invited_at: datetime


def by_token(token: str) -> tuple[SurveyInvitation, Survey]:
    """The invitation of a one-time link, with its survey. Raises NotFound."""
    wanted = SurveyInvitation.token_hash == digest_of(token)
    return _one(select(SurveyInvitation, Survey).join(Survey, Survey.id == SurveyInvitation.survey_id).where(wanted))


def of_person(survey_id: int, person_id: int | None) -> tuple[SurveyInvitation, Survey]:
    """A person's own invitation to a survey: one that waits before one that was answered. Raises NotFound."""
    query = (
        select(SurveyInvitation, Survey)
        .join(Survey, Survey.id == SurveyInvitation.survey_id)
        .where(SurveyInvitation.survey_id == survey_id, SurveyInvitation.person_id == person_id)
        .order_by(SurveyInvitation.answered, SurveyInvitation.id.desc())
        .limit(1)
    )
    return _one(query)


def _one(query: Select[SurveyInvitation, Survey]) -> tuple[SurveyInvitation, Survey]:
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def waiting_for(person_id: int | None, today: date) -> list[Waiting]:
    """The surveys that wait for a person's answer, those that close first before the others: one statement."""
    rows = db.session.execute(
        select(Survey, func.max(SurveyInvitation.invited_at))
        .join(SurveyInvitation, SurveyInvitation.survey_id == Survey.id)
        .where(
            SurveyInvitation.person_id == person_id,
            SurveyInvitation.answered.is_(False),
            *open_on(today),
        )
        .group_by(Survey.id)
        .order_by(Survey.closes_on.is_(None), Survey.closes_on, Survey.id)
    )
    return [Waiting(row.id, row.name, row.closes_on, row.anonymous, at) for row, at in rows]


def after_tickets() -> Survey | None:
    """The survey that asks after each closed ticket, if one is open."""
    wanted = Survey.audience == Audience.TICKETS.value, Survey.state == State.OPEN.value
    return db.session.scalar(select(Survey).where(*wanted).order_by(Survey.id).limit(1))


def askers(ticket_ids: Sequence[int], survey_id: int, now: datetime) -> list[Asked]:
    """Whoever some tickets came from, as far as they can be asked: by a colleague's account, a contact, an address.

    Left alone is who objected, who may not be used, and who was asked a short while ago; nobody is asked about
    problems.
    """
    query = (
        select(Ticket, Person, Contact)
        .outerjoin(Person, and_(Person.id == Ticket.requester_id, Person.active, Person.email.is_not(None)))
        .outerjoin(Contact, and_(Contact.id == Ticket.contact_id, Contact.deleted_at.is_(None)))
        .where(Ticket.id.in_(ticket_ids), Ticket.merged_into_id.is_(None), Ticket.kind != "problem")
        .order_by(Ticket.id)
    )
    found = [each for row in db.session.execute(query) if (each := _asker(*row)).email]
    contacts = consent.may_write_to("contact", [each.contact_id for each in found if each.contact_id], PURPOSE)
    objected = consent.has_objected([each.email for each in found if each.person_id is None])
    lately = _asked_since(survey_id, [each.email for each in found], now - QUIET)
    kept: dict[str, Asked] = {}
    for each in found:
        address = each.email.lower()
        agreed = each.contact_id is None or contacts[each.contact_id].yes
        if agreed and each.email not in objected and address not in lately:
            kept.setdefault(address, each)
    return list(kept.values())


def _asker(ticket: Ticket, person: Person | None, contact: Contact | None) -> Asked:
    if person is not None and person.email:
        return Asked(person.name, person.email, person_id=person.id, ticket_id=ticket.id)
    if contact is not None:
        return Asked(contact.name, contact.email or ticket.requester_email, contact_id=contact.id, ticket_id=ticket.id)
    return Asked(ticket.requester_name, ticket.requester_email, ticket_id=ticket.id)


def _asked_since(survey_id: int, addresses: Sequence[str], since: datetime) -> set[str]:
    """Which addresses a survey asked since a moment, in small letters."""
    small = func.lower(SurveyInvitation.email)
    wanted = SurveyInvitation.survey_id == survey_id, SurveyInvitation.invited_at > since
    query = select(small).where(*wanted, small.in_([each.lower() for each in addresses]))
    return set(db.session.scalars(query))


def about(invitation: SurveyInvitation) -> str:
    """What a survey asks somebody about: the subject of their ticket; "" where it is about nothing of theirs."""
    ticket = db.session.get(Ticket, invitation.ticket_id) if invitation.ticket_id else None
    return ticket.name if ticket else ""


def open_on(today: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The condition for a survey that can be answered on a day."""
    return Survey.state == State.OPEN.value, or_(Survey.closes_on.is_(None), Survey.closes_on >= today)


def is_open(survey: Survey, today: date) -> bool:
    """Whether a survey can be answered on a day."""
    return survey.state == State.OPEN.value and (survey.closes_on is None or survey.closes_on >= today)


def subject(survey_id: int) -> Subject | None:
    """A survey as notices see it: it leads to where one answers; nobody comments there."""
    row = db.session.get(Survey, survey_id)
    if row is None or row.state == State.DRAFT.value:
        return None
    address, nobody = f"/surveys/{survey_id}", "nobody.nothing"
    return Subject(f"crm_survey:{survey_id}", row.name, INSTANCE, address, "survey.answer", nobody, nobody)
