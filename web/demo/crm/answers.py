"""Articles that answer what people asked, and three surveys: one closed, one that is open, one that follows tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from sqlalchemy import select

from accounts.people.models import Person
from accounts.teams.models import TeamMember
from crm.knowledge import service as knowledge
from crm.knowledge.models import ArticleDay, ArticleTicket, ArticleVote
from crm.knowledge.rules.articles import ArticleData, Audience
from crm.records.models import Account, Contact, Ticket
from crm.surveys import queries as surveys
from crm.surveys import service as writing
from crm.surveys.models import Survey, SurveyAnswer, SurveyInvitation, SurveyResponse
from crm.surveys.rules.questions import Kind, Question
from crm.surveys.rules.surveys import State
from infra.database import db
from infra.sealed import digest_of
from infra.transaction import Work, transaction
from kernel.actor import SYSTEM, Actor
from web.demo.crm.days import Days
from web.demo.crm.shelf import ARTICLES, Told

USERS_ASKED, USERS_CLOSED, CUSTOMERS_ASKED = timedelta(weeks=4), timedelta(weeks=2), timedelta(weeks=1)
SERVICE_HERE = 7
"""Since so many weeks the service desk works here."""
OPEN_FOR = timedelta(days=12)
"""The survey of customers closes so many days from now."""
CUSTOMERS = 160
USERS_ANSWER, CUSTOMERS_ANSWER, ASKERS_ANSWER = 0.88, 0.3, 0.38
"""What share of those asked answered."""
LIKED = {1: 2, 2: 7, 3: 17, 4: 47, 5: 27}
EASE = {1: 3, 2: 14, 3: 29, 4: 36, 5: 18}
HELPED = {1: 4, 2: 6, 3: 11, 4: 35, 5: 44}
RECOMMENDED = {2: 2, 4: 3, 5: 6, 6: 8, 7: 16, 8: 22, 9: 25, 10: 18}
"""How often each number is given, of about a hundred."""
SAID = {
    "users": (
        "Search finds what I type, even with a slip. That alone saves me ten minutes a day.",
        "Too many required fields on a lead when I am on the phone.",
        "The list forgets my columns when I use my phone.",
        "I would like to log a call without leaving the pipeline.",
        "Show us once more how merging works, please.",
        "Better than three spreadsheets.",
        "Reports take me too many clicks.",
        "Nothing. It does what I need.",
    ),
    "customers": (
        "Your people know our plant. Delivery dates could be firmer.",
        "Good instruments, slow quotes.",
        "We waited four days for an answer in January.",
        "Calibration on site went like clockwork.",
        "The portal of your competitor is easier.",
        "Honest advice, even when it means a smaller order.",
    ),
    "tickets": (
        "Quick and friendly.",
        "It took three mails until somebody understood the question.",
        "Solved on the first call, thank you.",
        "Works again, but nobody said why it broke.",
    ),
}
WORDS = {"users": 0.45, "customers": 0.3, "tickets": 0.2}
"""How many of those who answer write something, too."""
READERS = 14
"""So many people say whether an article helped."""


@dataclass(frozen=True, slots=True)
class Someone:
    """Somebody who is asked, with whose customer they are."""

    name: str
    email: str
    person_id: int | None = None
    contact_id: int | None = None
    ticket_id: int | None = None
    owner_id: int | None = None
    team_id: int | None = None
    answered_on: date | None = None
    value: int | None = None
    asked_at: datetime | None = None


class Drawn:
    """Draws answers the same way each time the story is told."""

    def __init__(self, seed: str) -> None:
        """Begin with a seed of its own, so that no part of the story moves another."""
        self.chance = Random(seed)  # noqa: S311  # a story, not a secret
        self.tokens = count(1)
        self.left = {key: self.chance.sample(texts, len(texts)) for key, texts in SAID.items()}

    def one(self, weights: Mapping[int, int]) -> int:
        """A number by how often it is given."""
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def words(self, said: str) -> str:
        """What somebody writes: each once, but for the few words after a ticket; "" once all was said."""
        if said == "tickets":
            return self.chance.choice(SAID[said])
        return self.left[said].pop() if self.left[said] else ""

    def lot(self) -> int:
        """The number of a response or an answer."""
        return self.chance.randrange(1, 2**31)


def play(now: datetime, days: Days, actors: Mapping[str, Actor]) -> None:
    """Tell all of it on the eve."""
    today = now.date()
    _write_articles(now, today, actors, Drawn("Who read what"))
    _ask_users(now, actors["nadia"], Drawn("What users say"))
    _ask_customers(now, today, actors["nadia"], Drawn("What customers say"))
    _ask_after_tickets(now, actors["leila"], days.week(SERVICE_HERE)[0], Drawn("What askers say"))


def _write_articles(now: datetime, today: date, actors: Mapping[str, Actor], drawn: Drawn) -> None:
    people = list(db.session.scalars(select(Person.id).where(Person.email.is_not(None)).order_by(Person.id)))
    tickets = list(db.session.scalars(select(Ticket.id).where(Ticket.state == "closed").order_by(Ticket.id).limit(200)))
    for told in ARTICLES:
        actor, at = actors[told.by], now - timedelta(days=told.days_ago)
        data = ArticleData(told.title, told.body, told.summary, told.category, Audience(told.audience))
        number, _work = knowledge.begin(data, actor=actor, now=at)
        if told.draft:
            continue
        knowledge.publish(number, actor=actor, now=at, today=at.date())
        if told.before:
            _change(number, told, data, actor, at + timedelta(days=told.days_ago // 2))
        if told.retired:
            knowledge.retire(number, actor=actor)
            continue
        _use(number, told, at, today, people, tickets, drawn)


def _change(number: int, told: Told, data: ArticleData, actor: Actor, at: datetime) -> None:
    """Somebody found out more, and says so."""
    clearer = ArticleData(
        data.title, f"{data.body}\n\n{told.before}", data.summary, data.category, data.audience, told.why
    )
    knowledge.change(number, 1, clearer, actor=actor, now=at)


def _use(
    number: int, told: Told, at: datetime, today: date, people: Sequence[int], tickets: Sequence[int], drawn: Drawn
) -> None:
    """It is opened, answers tickets, and some say whether it helped."""
    chance = drawn.chance
    span = min((today - at.date()).days, 80)
    opened = sorted(chance.sample(range(span), min(span, told.liked // 2)))
    voters = chance.sample(list(people), min(len(people), READERS))
    with transaction(SYSTEM, "article.voted", at=at + timedelta(days=span)) as work:
        days = [
            {"article_id": number, "day": today - timedelta(days=each), "times": chance.randint(1, 5)}
            for each in opened
        ]
        work.bulk_insert(ArticleDay, days)
        votes = [
            {
                "article_id": number,
                "person_id": who,
                "helped": chance.random() * 100 < told.liked,
                "lacking": "",
                "at": at + timedelta(days=chance.randint(1, max(1, span))),
            }
            for who in voters
        ]
        for row in votes:
            row["lacking"] = "" if row["helped"] else told.lacking
        work.bulk_insert(ArticleVote, votes)
        linked = chance.sample(list(tickets), min(len(tickets), told.liked // 12))
        work.bulk_insert(
            ArticleTicket,
            [{"article_id": number, "ticket_id": each, "by_id": None, "at": work.at} for each in sorted(linked)],
        )


def _ask_users(now: datetime, actor: Actor, drawn: Drawn) -> None:
    """Users were asked without their names and answered; it is closed."""
    query = (
        select(Person.id, Person.name, Person.email, TeamMember.team_id)
        .outerjoin(TeamMember, TeamMember.person_id == Person.id)
        .where(Person.active, Person.email.is_not(None))
        .order_by(Person.id)
    )
    people = [Someone(row.name, row.email or "", row.id, team_id=row.team_id) for row in db.session.execute(query)]
    opened = now - USERS_ASKED
    number, _work = writing.begin("users", actor=actor, now=opened - timedelta(hours=2))
    with transaction(actor, "survey.opened", at=opened) as work:
        survey = surveys.survey(number)
        survey.state, survey.opened_at = State.OPEN.value, opened
        survey.closes_on = (now - USERS_CLOSED).date()
        _keep(work, survey, people, USERS_ANSWER, "users", drawn)
    with transaction(SYSTEM, "survey.closed", at=now - USERS_CLOSED) as work:
        survey.state, survey.closed_at = State.CLOSED.value, work.at


def _ask_customers(now: datetime, today: date, actor: Actor, drawn: Drawn) -> None:
    """Customers are being asked whether they would recommend the house."""
    accounts = select(Account.id).where(Account.kind == "customer", Account.deleted_at.is_(None))
    query = (
        select(Contact)
        .where(Contact.account_id.in_(accounts), Contact.email != "", Contact.deleted_at.is_(None))
        .order_by(Contact.id)
        .limit(CUSTOMERS * 3)
    )
    found = db.session.scalars(query).all()
    chosen = sorted(drawn.chance.sample(list(found), min(len(found), CUSTOMERS)), key=lambda each: each.id)
    asked = [
        Someone(each.name, each.email, contact_id=each.id, owner_id=each.owner_id, team_id=each.team_id)
        for each in chosen
    ]
    opened = now - CUSTOMERS_ASKED
    number, _work = writing.begin("recommend", actor=actor, now=opened - timedelta(hours=3))
    with transaction(actor, "survey.opened", at=opened) as work:
        survey = surveys.survey(number)
        survey.state, survey.opened_at, survey.closes_on = State.OPEN.value, opened, today + OPEN_FOR
        _keep(work, survey, asked, CUSTOMERS_ANSWER, "customers", drawn)


def _ask_after_tickets(now: datetime, actor: Actor, first: date, drawn: Drawn) -> None:
    """Whoever a ticket came from is asked once it is closed, since the service desk works here."""
    opened = datetime.combine(first, now.timetz())
    query = select(Ticket).where(Ticket.state == "closed", Ticket.kind != "problem", Ticket.merged_into_id.is_(None))
    rows = db.session.scalars(query.order_by(Ticket.closed_at, Ticket.id)).all()
    asked = [
        Someone(
            each.requester_name or f"{each.name[:40]}",
            each.requester_email,
            each.requester_id,
            each.contact_id,
            each.id,
            each.owner_id,
            each.team_id,
            min((each.closed_at or now).date() + timedelta(days=1), now.date()),
            each.satisfaction,
            each.closed_at,
        )
        for each in rows
    ]
    number, _work = writing.begin("ticket", actor=actor, now=opened)
    with transaction(actor, "survey.opened", at=opened) as work:
        survey = surveys.survey(number)
        survey.state, survey.opened_at = State.OPEN.value, opened
        rated = _keep(work, survey, asked, ASKERS_ANSWER, "tickets", drawn)
        for each in rows:
            if each.id in rated and each.satisfaction is None:
                each.satisfaction = rated[each.id]


def _keep(
    work: Work, survey: Survey, asked: Sequence[Someone], share: float, said: str, drawn: Drawn
) -> dict[int | None, int]:
    """Invitations, and what those who answered said; the satisfaction by ticket. No mail goes out in a story."""
    questions = surveys.questions(survey.id)
    invitations, responses, answers = [], [], []
    rated: dict[int | None, int] = {}
    today = work.at.date()
    willing = set(drawn.chance.sample(range(len(asked)), round(share * len(asked))))
    for place, each in enumerate(asked):
        answered = each.value is not None or place in willing
        at = each.asked_at or work.at
        invitations.append(_invitation(survey, each, answered, at, next(drawn.tokens)))
        if not answered:
            continue
        response = _response(survey, each, today, drawn)
        responses.append(response)
        for question in questions:
            for value, text in _answer(question, each, said, drawn):
                answers.append(
                    {
                        "id": drawn.lot(),
                        "response_id": response["id"],
                        "question_id": question.id,
                        "value": value,
                        "text": text,
                    }
                )
                if question.kind is Kind.CSAT and value is not None:
                    rated[each.ticket_id] = value
    for table, rows in ((SurveyInvitation, invitations), (SurveyResponse, responses), (SurveyAnswer, answers)):
        if rows:
            work.session.flush()
            work.session.execute(table.__table__.insert(), rows)  # type: ignore[attr-defined]  # numbers are drawn
    return rated


def _invitation(survey: Survey, each: Someone, answered: bool, at: datetime, number: int) -> dict[str, Any]:  # noqa: FBT001  # a column
    who = f"person:{each.person_id}" if each.person_id else f"contact:{each.contact_id}"
    key = f"{survey.id}:ticket:{each.ticket_id}" if each.ticket_id else f"{survey.id}:{who}"
    return {
        "survey_id": survey.id,
        "person_id": each.person_id,
        "contact_id": each.contact_id,
        "ticket_id": each.ticket_id,
        "key": key,
        "name": each.name,
        "email": each.email,
        "token": None,
        "token_hash": digest_of(f"link {number} of the survey {survey.id} of a story opens nothing"),
        "invited_at": at,
        "reminded_at": None,
        "answered": answered,
    }


def _response(survey: Survey, each: Someone, opened: date, drawn: Drawn) -> dict[str, Any]:
    day = each.answered_on or opened + timedelta(days=drawn.chance.randint(0, 5))
    at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(minutes=drawn.chance.randint(420, 1000))
    whose = {
        "at": at,
        "person_id": each.person_id,
        "contact_id": each.contact_id,
        "ticket_id": each.ticket_id,
        "owner_id": each.owner_id,
        "team_id": each.team_id,
    }
    number = {"id": drawn.lot(), "survey_id": survey.id}
    return number | {"day": opened} | dict.fromkeys(whose) if survey.anonymous else number | {"day": day} | whose


def _answer(question: Question, each: Someone, said: str, drawn: Drawn) -> list[tuple[int | None, str]]:
    """What somebody answers to a question: numbers, places of choices, or words."""
    chance = drawn.chance
    if question.kind is Kind.CSAT:
        return [(each.value or drawn.one(HELPED if said == "tickets" else LIKED), "")]
    if question.kind is Kind.NPS:
        return [(drawn.one(RECOMMENDED), "")]
    if question.kind is Kind.SCALE:
        return [(drawn.one(EASE), "")]
    if question.kind is Kind.OPEN:
        text = drawn.words(said) if chance.random() < WORDS[said] else ""
        return [(None, text)] if text else []
    places = range(len(question.choices))
    return [(place, "") for place in places if chance.random() < 1 / (place + 2)]
