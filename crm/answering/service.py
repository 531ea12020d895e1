"""Opening surveys, asking and reminding people, keeping what they answer once, and closing."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from flask import has_request_context, request
from flask_babel import gettext as _
from sqlalchemy import select

from accounts.notices import service as notices
from accounts.teams.queries import team_of
from crm.access.queries import access_of
from crm.answering import queries, rules
from crm.records import service as records
from crm.records.events import RecordsWritten
from crm.records.models import Contact, Ticket
from crm.respondents import queries as respondents
from crm.respondents.rules import Asked, Audience
from crm.surveys import queries as surveys
from crm.surveys.models import Survey, SurveyAnswer, SurveyInvitation, SurveyResponse
from crm.surveys.rules import questions as asking
from crm.surveys.rules.questions import Given, Kind, Question
from crm.surveys.rules.surveys import State, check_opening
from infra import formats
from infra.database import db, insert_new
from infra.mail.service import queue
from infra.sealed import digest_of
from infra.transaction import Work, transaction
from infra.wires import wires
from kernel.actor import INSTANCE, SYSTEM, Actor
from kernel.errors import Conflict, NotFound, RuleBroken

CLOSED = "closed"
"""The state of a ticket after which whoever it came from is asked."""
_LOTS = 2**31 - 1
"""Numbers of responses and of answers are drawn from so many, so that their order tells nothing."""


def open_survey(survey_id: int, *, actor: Actor, now: datetime, today: date) -> int:
    """Open a survey and ask everybody whom it is meant for; how many. Raises NotFound, RuleBroken, Conflict."""
    with transaction(actor, "survey.opened", at=now) as work:
        row = _held(work, survey_id)
        if row.state != State.DRAFT.value:
            raise Conflict("surveys.opened_already", "This survey was opened already.")
        data = surveys.data_of(row)
        check_opening(data.audience, surveys.questions(survey_id), row.closes_on, today)
        asked = respondents.whom(data.audience, data.teams, data.among, access_of(actor))
        _check_many(asked, data.audience)
        row.state, row.opened_at = State.OPEN.value, now
        ask(work, row, asked)
    return len(asked)


def _check_many(asked: Sequence[Asked], audience: Audience) -> None:
    if audience is Audience.TICKETS:
        if db.session.scalar(
            select(Survey.id).where(Survey.audience == audience.value, Survey.state == State.OPEN.value).limit(1)
        ):
            raise RuleBroken("surveys.one_after_tickets", "Another survey asks after tickets already: close it first.")
        return
    if not asked:
        raise RuleBroken("surveys.nobody", "Nobody would be asked: choose other teams or contacts.", field="audience")
    if len(asked) > rules.MOST:
        raise RuleBroken(
            "surveys.too_many", "At most %(most)d are asked at once. Choose fewer.", field="audience", most=rules.MOST
        )


def ask(work: Work, survey: Survey, asked: Iterable[Asked]) -> None:
    """Ask people by the survey's ways: here, and by mail with a link that works once. Nobody is asked twice."""
    tokens = {each.key(survey.id): (each, secrets.token_urlsafe(24)) for each in asked}
    known = set(work.session.scalars(select(SurveyInvitation.key).where(SurveyInvitation.key.in_(tokens))))
    fresh = {key: both for key, both in tokens.items() if key not in known}
    rows = [
        {
            "survey_id": survey.id,
            "person_id": each.person_id,
            "contact_id": each.contact_id,
            "ticket_id": each.ticket_id,
            "key": key,
            "name": each.name[:250],
            "email": each.email,
            "token": token,
            "token_hash": digest_of(token),
            "invited_at": work.at,
            "answered": False,
        }
        for key, (each, token) in fresh.items()
    ]
    insert_new(work.session, SurveyInvitation, rows, unique="key")
    people = [each.person_id for each, _token in fresh.values()]
    _tell(work, survey, people)
    if survey.by_mail:
        for key, (each, token) in fresh.items():
            if each.email:
                _mail(work, survey, each.name, each.email, token, f"survey:{key}")


def _tell(work: Work, survey: Survey, people: Iterable[int | None]) -> None:
    notices.tell(
        work, "survey", people, subject=f"crm_survey:{survey.id}", label=survey.name, scope=INSTANCE,
        once=f"survey:{survey.id}:{work.at.date()}",
    )  # fmt: skip


def _mail(work: Work, survey: Survey, name: str, email: str, token: str, key: str, *, again: bool = False) -> None:
    link = f"{_here()}{rules.DOOR}{token}"
    until = _("It can be answered until %(day)s.", day=formats.day(survey.closes_on)) if survey.closes_on else ""
    kept = (
        _("Your answers are kept without your name; nobody can tell which are yours.")
        if survey.anonymous
        else _("Your answers are kept with your name.")
    )
    text = _(
        "Hello %(name)s,\n\n%(intro)s\n\nOpen this to answer; the link is yours alone and works once:\n\n%(link)s\n\n"
        "%(until)s %(kept)s\n",
        name=name,
        intro=survey.intro or survey.name,
        link=link,
        until=until,
        kept=kept,
    )
    subject = _("A reminder: %(name)s", name=survey.name) if again else survey.name
    queue(work, email, subject, text, key=key, secret=True)


def _here() -> str:
    """Where this instance is reached: as set, else as whoever asks reached it."""
    base: str = wires().settings.base_url
    return base or (request.host_url.rstrip("/") if has_request_context() else "")


def remind(survey_id: int, *, actor: Actor, now: datetime) -> int:
    """Ask those once more who have not answered and were not reminded yet; how many. Raises NotFound, Conflict."""
    with transaction(actor, "survey.reminded", at=now) as work:
        row = _held(work, survey_id)
        if row.state != State.OPEN.value:
            raise Conflict("surveys.not_open", "Only an open survey reminds.")
        count = _remind(work, row, now)
        work.note("survey.reminded", subject=f"crm_survey:{row.id}", label=row.name, count=count)
    return count


def _remind(work: Work, survey: Survey, before: datetime) -> int:
    rows = work.session.scalars(
        select(SurveyInvitation)
        .where(
            SurveyInvitation.survey_id == survey.id,
            SurveyInvitation.answered.is_(False),
            SurveyInvitation.reminded_at.is_(None),
            SurveyInvitation.invited_at <= before,
        )
        .order_by(SurveyInvitation.id)
    ).all()
    for each in rows:
        each.reminded_at = work.at
        if survey.by_mail and each.email and each.token:
            _mail(work, survey, each.name, each.email, each.token, f"survey:{each.key}:again", again=True)
    _tell(work, survey, [each.person_id for each in rows])
    return len(rows)


def remind_due(now: datetime, today: date) -> int:
    """Remind by every open survey that says so whoever was asked that many days ago; how many."""
    wanted = select(Survey.id).where(*queries.open_on(today), Survey.remind_after > 0)
    count = 0
    for number in db.session.scalars(wanted.order_by(Survey.id)).all():
        with transaction(SYSTEM, "survey.reminded", at=now) as work:
            row = _held(work, number)
            count += _remind(work, row, now - timedelta(days=row.remind_after))
    return count


def close(survey_id: int, *, actor: Actor, now: datetime) -> None:
    """Close a survey: nobody answers any more, links lead to a kind word. Raises NotFound, Conflict."""
    with transaction(actor, "survey.closed", at=now) as work:
        row = _held(work, survey_id)
        if row.state != State.OPEN.value:
            raise Conflict("surveys.not_open", "Only an open survey can be closed.")
        row.state, row.closed_at = State.CLOSED.value, now


def close_due(now: datetime, today: date) -> int:
    """Close what had its last day; how many."""
    over = select(Survey.id).where(Survey.state == State.OPEN.value, Survey.closes_on < today)
    numbers = db.session.scalars(over.order_by(Survey.id)).all()
    for number in numbers:
        close(number, actor=SYSTEM, now=now)
    return len(numbers)


def answer(invitation_id: int, sent: Mapping[str, Sequence[str]], *, now: datetime, today: date) -> Survey:
    """Keep what somebody answers, once; the survey. The system is its author, so that the trail names nobody.

    Raises NotFound, Incomplete or RuleBroken for what is no answer, Conflict for a second answer or after the end.
    """
    with transaction(SYSTEM, "survey.answered", at=now) as work:
        held = select(SurveyInvitation).where(SurveyInvitation.id == invitation_id).with_for_update()
        invitation = work.session.scalar(held)
        if invitation is None:
            raise NotFound
        survey = surveys.survey(invitation.survey_id)
        if invitation.answered:
            raise Conflict("surveys.twice", "You have answered already: your first answer counts.")
        if not queries.is_open(survey, today):
            raise Conflict("surveys.over", "This survey is closed. Thank you for wanting to answer.")
        questions = surveys.questions(survey.id)
        given = asking.read_answers(questions, sent)
        invitation.answered, invitation.token = True, None
        _keep(work, survey, invitation, given, today)
        if invitation.ticket_id is not None:
            _rate(work, invitation.ticket_id, given, questions)
    return survey


def _keep(
    work: Work, survey: Survey, invitation: SurveyInvitation, given: Mapping[int, Given], today: date
) -> SurveyResponse:
    if survey.anonymous:
        opened = survey.opened_at.date() if survey.opened_at else today
        response = SurveyResponse(id=_lot(work, SurveyResponse), survey_id=survey.id, day=opened)
    else:
        owner_id, team_id = _whose(work, invitation)
        response = SurveyResponse(
            id=_lot(work, SurveyResponse),
            survey_id=survey.id,
            day=today,
            at=work.at,
            person_id=invitation.person_id,
            contact_id=invitation.contact_id,
            ticket_id=invitation.ticket_id,
            owner_id=owner_id,
            team_id=team_id,
        )
    work.session.add(response)
    work.session.flush()
    for question_id, each in given.items():
        values: Sequence[int | None] = each.values or ((None,) if each.text else ())
        for value in values:
            number = _lot(work, SurveyAnswer)
            work.session.add(
                SurveyAnswer(id=number, response_id=response.id, question_id=question_id, value=value, text=each.text)
            )
    work.session.flush()
    return response


def _lot(work: Work, table: type[SurveyResponse | SurveyAnswer]) -> int:
    """A number that no row has, drawn by lot."""
    while True:
        number = secrets.randbelow(_LOTS) + 1
        if work.session.get(table, number) is None:
            return number


def _whose(work: Work, invitation: SurveyInvitation) -> tuple[int | None, int | None]:
    """Whose customer it is, and the team: of a ticket its agent, of a person here their own team."""
    about: Ticket | Contact | None = None
    if invitation.ticket_id is not None:
        about = work.session.get(Ticket, invitation.ticket_id)
    elif invitation.contact_id is not None:
        about = work.session.get(Contact, invitation.contact_id)
    else:
        return None, team_of(invitation.person_id)
    return (about.owner_id, about.team_id) if about else (None, None)


def _rate(work: Work, ticket_id: int, given: Mapping[int, Given], asked: Sequence[Question]) -> None:
    """Keep the satisfaction that was answered with its ticket."""
    ticket = work.session.get(Ticket, ticket_id)
    number = next((each.id for each in asked if each.kind is Kind.CSAT), None)
    if ticket is not None and number is not None and given[number].values:
        records.change_many(work, "ticket", [(ticket, {"satisfaction": given[number].values[0]})], now=work.at)


def follow_records(event: RecordsWritten, work: Work) -> None:
    """Ask whoever a ticket came from once it is closed, by the survey that is open for that: a few statements."""
    if event.object != "ticket" or event.created:
        return
    closed = [
        each.id for each in event.changes if each.after.get("state") == CLOSED and each.before.get("state") != CLOSED
    ]
    survey = queries.after_tickets() if closed else None
    if survey is not None:
        ask(work, survey, queries.askers(closed, survey.id, work.at))


def _held(work: Work, survey_id: int) -> Survey:
    found = work.session.scalar(select(Survey).where(Survey.id == survey_id).with_for_update())
    if found is None:
        raise NotFound
    return found
