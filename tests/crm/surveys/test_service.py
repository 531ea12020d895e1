"""Surveys are written, opened, answered once and closed; an anonymous one keeps no way back to a person."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import inspect, select

from accounts.notices.models import Notice
from crm.access.queries import access_of
from crm.answering import jobs, queries, service
from crm.consent import service as consent
from crm.counts.queries import Scope
from crm.counts.rules.windows import Window
from crm.records import service as records
from crm.records.models import Ticket
from crm.respondents import queries as respondents
from crm.respondents.rules import Audience
from crm.surveys import queries as surveys
from crm.surveys import service as writing
from crm.surveys.models import SurveyAnswer, SurveyInvitation, SurveyQuestion, SurveyResponse
from crm.surveys.rules.questions import Incomplete, Kind, QuestionData
from crm.surveys.rules.surveys import State, SurveyData
from infra.audit.models import AuditEntry
from infra.database import db
from infra.mail.models import Mail
from infra.undo.service import undo
from kernel.actor import SYSTEM
from kernel.errors import Conflict, NotFound, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

TODAY = NOW.date()
WEEK = TODAY + timedelta(days=7)


@pytest.fixture
def nadia(app):
    return factories.crm_role(factories.person("Nadia"), "marketing-specialist")


@pytest.fixture
def make(nadia):
    """Opens a survey with a CSAT question, a multiple choice and an open one; its number."""

    def build(**values):
        number, _work = writing.begin("blank", actor=nadia, now=NOW)
        data = SurveyData(**{"name": "How is it?", "closes_on": WEEK, **values})
        writing.change(number, data, actor=nadia, today=TODAY)
        for kind in (Kind.CSAT, Kind.MULTI, Kind.OPEN):
            asked = QuestionData(kind, f"A question: {kind}", kind is Kind.CSAT, ("Red", "Green"))
            writing.add_question(number, asked, actor=nadia)
        return number

    return build


def opened(number, by):
    service.open_survey(number, actor=by, now=NOW, today=TODAY)
    return number


def sent(number, value="5", text="All well"):
    csat, multi, words = (each.id for each in surveys.questions(number))
    return {f"q{csat}": [value], f"q{multi}": ["0", "1"], f"q{words}": [text]}


def invitations(number):
    return db.session.scalars(select(SurveyInvitation).where(SurveyInvitation.survey_id == number)).all()


def answered(number, who, value="5", text="All well", now=NOW):
    invitation, _survey = queries.of_person(number, who.id)
    return service.answer(invitation.id, sent(number, value, text), now=now, today=now.date())


def test_what_a_survey_asks_can_be_changed_and_undone_as_long_as_nobody_was_asked(nadia, make):
    number = make()
    first, second, third = (each.id for each in surveys.questions(number))
    writing.move_question(number, third, up=True, actor=nadia)
    assert [each.id for each in surveys.questions(number)] == [first, third, second]
    work = writing.remove_question(number, first, actor=nadia)
    assert [each.id for each in surveys.questions(number)] == [third, second]
    undo(work.transaction_id, actor=nadia)
    assert len(surveys.questions(number)) == 3
    opened(number, nadia)
    for act in (
        lambda: writing.remove_question(number, first, actor=nadia),
        lambda: writing.add_question(number, QuestionData(Kind.OPEN, "Why?"), actor=nadia),
        lambda: writing.change_question(number, first, QuestionData(Kind.OPEN, "Why?"), actor=nadia),
        lambda: writing.remove(number, actor=nadia),
    ):
        with pytest.raises(Conflict):
            act()


def test_once_it_is_open_whoever_was_promised_something_keeps_it(nadia, make):
    number = opened(make(anonymous=True, minimum=5), nadia)
    data = SurveyData("Better words", closes_on=WEEK + timedelta(days=1), anonymous=False, minimum=1)
    writing.change(number, data, actor=nadia, today=TODAY)
    kept = surveys.data_of(surveys.survey(number))
    assert (kept.name, kept.anonymous, kept.minimum, kept.closes_on) == ("Better words", True, 5, WEEK + timedelta(1))


def test_what_was_promised_is_not_taken_back_by_an_undo(nadia, make):
    number = make()
    first = surveys.questions(number)[0].id
    promised = SurveyData("Content?", closes_on=WEEK, anonymous=True, minimum=6)
    works = [
        writing.change(number, promised, actor=nadia, today=TODAY),
        writing.change_question(number, first, QuestionData(Kind.CSAT, "All told?"), actor=nadia),
        writing.add_question(number, QuestionData(Kind.OPEN, "Why?"), actor=nadia)[1],
        writing.remove_question(number, surveys.questions(number)[1].id, actor=nadia),
    ]
    opened(number, nadia)
    for work in works:
        with pytest.raises(Conflict):
            undo(work.transaction_id, actor=nadia)
    words = writing.change(number, replace(promised, intro="Be frank."), actor=nadia, today=TODAY)
    undo(words.transaction_id, actor=nadia)
    assert surveys.data_of(surveys.survey(number)) == promised
    later = writing.change(number, replace(promised, intro="Be frank."), actor=nadia, today=TODAY)
    service.close(number, actor=nadia, now=NOW)
    with pytest.raises(Conflict):
        undo(later.transaction_id, actor=nadia)


def test_a_draft_is_removed_whole_and_comes_back_whole(nadia, make):
    number = make()
    work = writing.remove(number, actor=nadia)
    with pytest.raises(NotFound):
        surveys.row(number)
    undo(work.transaction_id, actor=nadia)
    assert len(surveys.questions(number)) == 3


def test_everybody_is_asked_once_here_and_by_mail(nadia, make):
    ida = factories.person("Ida")
    factories.person("Nobody", email=None)
    number = opened(make(), nadia)
    assert {each.name for each in invitations(number)} == {"Ida", "Nadia"}
    assert [each.survey_id for each in queries.waiting_for(ida.id, TODAY)] == [number]
    assert db.session.scalars(select(Notice.person_id).where(Notice.kind == "survey")).all() == [ida.id]
    mails = db.session.scalars(select(Mail)).all()
    assert {each.recipient for each in mails} == {ida.email, nadia.email}
    assert all("/answer/" in each.text and each.confidential for each in mails)
    with pytest.raises(Conflict):
        opened(number, nadia)


def test_only_the_chosen_teams_are_asked_with_those_below(nadia, make):
    north = factories.team("North")
    coast = factories.team("Coast", north)
    inside = [factories.crm_role(factories.person(), "sales-representative", each) for each in (north, coast)]
    factories.crm_role(factories.person(), "sales-representative", factories.team("South"))
    number = opened(make(teams=(north,)), nadia)
    assert {each.person_id for each in invitations(number)} == {each.id for each in inside}


def test_contacts_are_asked_once_an_address_and_only_where_they_may_be_written_to(nadia, make):
    customer = factories.record("account", kind="customer", owner_id=nadia.id)
    partner = factories.record("account", kind="partner")
    asked = factories.record("contact", account_id=customer, email="ida@example.org")
    factories.record("contact", account_id=customer, email="IDA@example.org")
    factories.record("contact", account_id=partner, email="per@example.org")
    factories.record("contact", account_id=customer)
    against = factories.record("contact", account_id=customer, email="no@example.org")
    consent.object_to("contact", against, actor=SYSTEM, now=NOW)
    number = opened(make(audience=Audience.CONTACTS, among={"kind": "customer"}), nadia)
    assert [each.contact_id for each in invitations(number)] == [asked]


def test_nobody_to_ask_too_early_or_without_questions_is_told(nadia, make):
    empty, _work = writing.begin("blank", actor=nadia, now=NOW)
    with pytest.raises(RuleBroken, match="question"):
        opened(empty, nadia)
    with pytest.raises(RuleBroken, match="Nobody"):
        opened(make(audience=Audience.CONTACTS), nadia)
    assert surveys.row(empty).state is State.DRAFT


def test_a_second_answer_is_refused_and_the_first_one_stays(nadia, make):
    number = opened(make(), nadia)
    answered(number, nadia, "4")
    with pytest.raises(Conflict, match="already"):
        answered(number, nadia, "1")
    told = surveys.outcome(surveys.row(number), surveys.questions(number))
    assert (told.n, told.summaries[0].value) == (1, 100.0)
    assert [bar.count for bar in told.summaries[1].bars] == [1, 1]
    assert told.summaries[2].comments == ("All well",)


def test_an_answer_that_lacks_something_keeps_nothing(nadia, make):
    number = opened(make(), nadia)
    invitation, _survey = queries.of_person(number, nadia.id)
    with pytest.raises(Incomplete):
        service.answer(invitation.id, {}, now=NOW, today=TODAY)
    assert db.session.scalar(select(SurveyResponse.id)) is None
    assert not queries.of_person(number, nadia.id)[0].answered


def test_a_named_answer_says_who_gave_it_and_for_which_team(nadia, make):
    team = factories.team("North")
    ida = factories.crm_role(factories.person("Ida"), "sales-representative", team)
    number = opened(make(), nadia)
    answered(number, ida)
    row = db.session.scalars(select(SurveyResponse)).one()
    assert (row.person_id, row.team_id, row.day, row.at) == (ida.id, team, TODAY, NOW)
    assert surveys.sheet(number, surveys.questions(number), anonymous=False)[1] == [
        [TODAY, "Ida", 5, "Red; Green", "All well"]
    ]


def test_nothing_leads_from_an_anonymous_answer_to_a_person(nadia, make):
    """Whoever holds the whole database finds no column, no moment, no order and no entry that joins the two."""
    people = [factories.person(f"P{each}") for each in range(9)]
    number = opened(make(anonymous=True, minimum=5), nadia)
    before = db.session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1))
    for place, who in enumerate(people):
        answered(number, who, str(place % 5 + 1), f"Word {place}", NOW + timedelta(hours=place))
    rows = db.session.scalars(select(SurveyResponse).order_by(SurveyResponse.id)).all()
    opening = {(NOW.date(), None, None, None, None, None, None)}
    seen = {(row.day, row.at, row.person_id, row.contact_id, row.ticket_id, row.owner_id, row.team_id) for row in rows}
    assert seen == opening
    for order in (SurveyAnswer.response_id, SurveyAnswer.id):
        said = db.session.scalars(select(SurveyAnswer.text).where(SurveyAnswer.text != "").order_by(order)).all()
        assert len(said) == len(people)
        assert list(said) != sorted(said)
    assert {each.key for each in inspect(SurveyInvitation).columns} & {"answered_at", "response_id"} == set()
    after = select(AuditEntry.id).where(AuditEntry.id > before)
    assert db.session.scalars(after).all() == []
    assert surveys.sheet(number, surveys.questions(number), anonymous=True)[0][0].startswith("A question")


def test_an_anonymous_survey_shows_nothing_before_it_is_closed_nor_of_few(nadia, make):
    people = [factories.person() for _ in range(5)]
    number = opened(make(anonymous=True, minimum=5), nadia)
    for who in people:
        answered(number, who)
    asked = surveys.questions(number)
    assert surveys.outcome(surveys.row(number), asked).summaries == ()
    service.close(number, actor=nadia, now=NOW)
    assert surveys.outcome(surveys.row(number), asked).summaries[0].n == 5


def test_reminders_go_once_to_who_has_not_answered(nadia, make, clock):
    ida, per = factories.person("Ida"), factories.person("Per")
    number = opened(make(remind_after=3), nadia)
    answered(number, ida)
    later = NOW + timedelta(days=3)
    assert jobs.look_after_surveys(SYSTEM, later - timedelta(minutes=1)) == ""
    assert jobs.look_after_surveys(SYSTEM, later) == "0 closed, 2 reminded"
    assert jobs.look_after_surveys(SYSTEM, later + timedelta(days=1)) == ""
    again = db.session.scalars(select(Mail.recipient).where(Mail.subject.startswith("A reminder"))).all()
    assert set(again) == {per.email, nadia.email}


def test_it_closes_by_itself_after_its_last_day(nadia, make):
    number = opened(make(), nadia)
    assert jobs.look_after_surveys(SYSTEM, NOW + timedelta(days=7)) == ""
    assert jobs.look_after_surveys(SYSTEM, NOW + timedelta(days=8)) == "1 closed, 0 reminded"
    with pytest.raises(Conflict, match="closed"):
        answered(number, nadia, now=NOW + timedelta(days=8))


def test_another_round_asks_the_same(nadia, make):
    number = opened(make(teams=(), topic="satisfaction"), nadia)
    again, _work = writing.begin_again(number, actor=nadia, now=NOW)
    row = surveys.row(again)
    assert (row.state, row.topic, row.closes_on, row.questions) == (State.DRAFT, "satisfaction", None, 3)
    texts = select(SurveyQuestion.text).where(SurveyQuestion.survey_id == again).order_by(SurveyQuestion.position)
    assert db.session.scalars(texts).all() == [each.text for each in surveys.questions(number)]


def test_how_many_would_be_asked_is_how_many_are(nadia, make):
    for _ in range(3):
        factories.person()
    number = make()
    data = surveys.data_of(surveys.survey(number))
    count = respondents.how_many(data.audience, data.teams, data.among, access_of(nadia))
    opened(number, nadia)
    assert len(invitations(number)) == count == 4


@pytest.fixture
def after(nadia):
    """The survey that asks after each closed ticket; its number."""
    return opened(writing.begin("ticket", actor=nadia, now=NOW)[0], nadia)


def ticket(**values):
    return factories.record("ticket", name="The list is empty", **values)


def closed(number, now=NOW):
    for state in ("in-progress", "resolved", "closed"):
        records.change("ticket", number, {"state": state}, actor=SYSTEM, now=now)


def test_whoever_a_ticket_came_from_is_asked_and_the_answer_stays_with_it(after):
    agent = factories.crm_role(factories.person("Agnes"), "service-agent", factories.team("Service"))
    number = ticket(requester_name="Ida", requester_email="ida@example.org", owner_id=agent.id)
    closed(number)
    (asked,) = invitations(after)
    assert (asked.ticket_id, asked.email, asked.name) == (number, "ida@example.org", "Ida")
    csat = surveys.questions(after)[0].id
    service.answer(asked.id, {f"q{csat}": ["2"]}, now=NOW, today=TODAY)
    assert db.session.get(Ticket, number).satisfaction == 2
    row = db.session.scalars(select(SurveyResponse)).one()
    assert (row.ticket_id, row.owner_id) == (number, agent.id)
    window = Window(TODAY, TODAY, NOW)
    assert surveys.answers("csat", window, Scope(access_of(agent)), "owner_id")[agent.id].counts == {2: 1}


def test_a_colleague_is_asked_here_a_contact_by_mail_and_nobody_twice_in_a_week(after, clock):
    ida = factories.person("Ida")
    contact = factories.record("contact", last_name="Berg", email="berg@example.org")
    for values in ({"requester_id": ida.id}, {"contact_id": contact}, {"contact_id": contact}, {}):
        closed(ticket(**values))
    assert [(each.person_id, each.contact_id) for each in invitations(after)] == [(ida.id, None), (None, contact)]
    clock.now = NOW + timedelta(days=8)
    closed(ticket(contact_id=contact), clock.now)
    assert len(invitations(after)) == 3


def test_nobody_is_asked_about_a_problem_nor_who_objected_nor_without_such_a_survey(nadia, after):
    contact = factories.record("contact", last_name="Berg", email="berg@example.org")
    closed(ticket(contact_id=contact, kind="problem"))
    consent.object_to("contact", contact, actor=SYSTEM, now=NOW)
    closed(ticket(contact_id=contact))
    closed(ticket(requester_email="berg@example.org"))
    service.close(after, actor=nadia, now=NOW)
    closed(ticket(requester_email="other@example.org"))
    assert invitations(after) == []


def test_only_one_survey_asks_after_tickets(nadia, after):
    with pytest.raises(RuleBroken, match="Another survey"):
        opened(writing.begin("ticket", actor=nadia, now=NOW)[0], nadia)
