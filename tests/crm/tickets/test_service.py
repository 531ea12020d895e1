"""Tickets at work: what is said, who takes them on, their steps, and what hangs together."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.notices.models import Notice
from crm.access.queries import access_of
from crm.records.models import Ticket
from crm.tickets import queries, service
from crm.tickets.models import TicketMessage
from crm.tickets.rules import Part
from crm.tickets.service import Asked, Said
from infra.audit.models import AuditEntry
from infra.database import db
from infra.mail.models import Mail
from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, Refused, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def lead(team):
    return factories.crm_role(factories.person("Leila Lead"), "service-manager", team, leads=True)


@pytest.fixture
def asks(app):
    return factories.person("Ines Asks", email="ines@example.org")


def received(who=None, **values):
    asked = Asked(**{"name": "Printer is silent", "description": "It hums, and then nothing."} | values)
    if who is not None:
        values = {"requester_id": who.id, "requester_name": who.name, "requester_email": who.email}
        asked = Asked(**{**{key: getattr(asked, key) for key in Asked.__slots__}, **values})
    return service.receive(asked, actor=who or SYSTEM, now=NOW)[0]


def ticket(number):
    db.session.expire_all()
    return db.session.get(Ticket, number)


def told(kind):
    return db.session.scalars(select(Notice.person_id).where(Notice.kind == kind)).all()


def step(number, key, who, **more):
    return service.move(number, key, actor=who, now=LATER, **more)


def test_anybody_asks_and_the_question_begins_the_conversation(asks, team):
    number = received(asks)
    row = ticket(number)
    assert (row.state, row.requester_id, row.team_id, row.owner_id, row.created_by) == (
        "new",
        asks.id,
        team,
        None,
        asks.id,
    )
    (entry,) = queries.conversation(row, internal=False)
    assert (entry.inward, entry.author, entry.body) == (True, "Ines Asks", "It hums, and then nothing.")


def test_the_first_answer_is_the_response_and_takes_the_ticket(asks, agent):
    number = received(asks)
    service.reply(number, Said("Which printer?"), actor=agent, now=LATER)
    row = ticket(number)
    assert (row.state, row.owner_id, row.first_response_at, row.touches) == ("in-progress", agent.id, LATER, 1)
    assert told("ticket_answered") == [asks.id]
    service.reply(number, Said("And which floor?", then="wait"), actor=agent, now=LATER + timedelta(hours=1))
    row = ticket(number)
    assert (row.state, row.first_response_at, row.touches) == ("waiting", LATER, 2)


def test_an_automatic_answer_is_no_response(asks, agent):
    number = received(asks)
    service.reply(number, Said("We have it.", automatic=True, then=""), actor=SYSTEM, now=LATER)
    row = ticket(number)
    assert (row.first_response_at, row.touches, row.owner_id) == (None, 0, None)


def test_a_note_is_read_by_agents_only_and_is_no_response(asks, agent):
    number = received(asks)
    service.reply(number, Said("Third time this week.", public=False), actor=agent, now=LATER)
    row = ticket(number)
    assert (row.first_response_at, row.state, row.touches) == (None, "new", 0)
    assert len(queries.conversation(row, internal=True)) == 2
    assert len(queries.conversation(row, internal=False)) == 1
    assert told("ticket_answered") == []


def test_what_the_requester_says_wakes_a_ticket_that_waits_for_them(asks, agent):
    number = received(asks)
    service.reply(number, Said("Which printer?", then="wait"), actor=agent, now=LATER)
    service.reply(number, Said("The one upstairs.", Part.REQUESTER), actor=asks, now=LATER)
    assert ticket(number).state == "in-progress"
    assert told("ticket_heard") == [agent.id]


def test_nobody_answers_for_somebody_else_or_without_words(asks, agent):
    number, other = received(asks), factories.person("Otto")
    with pytest.raises(NotFound):
        service.reply(number, Said("Mine!", Part.REQUESTER), actor=other, now=LATER)
    with pytest.raises(NotFound):
        service.reply(number, Said("Mine!"), actor=other, now=LATER)
    with pytest.raises(RuleBroken, match="Write something"):
        service.reply(number, Said(" \n "), actor=agent, now=LATER)
    with pytest.raises(RuleBroken, match="at most"):
        service.reply(number, Said("x" * 20_001), actor=agent, now=LATER)
    assert len(queries.conversation(ticket(number), internal=True)) == 1


def test_an_agent_of_another_team_reads_and_does_not_answer(asks, agent):
    number = received(asks)
    stranger = factories.crm_role(factories.person(), "service-agent", factories.team("Elsewhere"))
    assert queries.get(access_of(stranger), number).id == number
    with pytest.raises(Refused):
        service.reply(number, Said("Let me"), actor=stranger, now=LATER)


def test_it_is_resolved_verified_and_closed_by_itself(asks, agent):
    number = received(asks)
    values = {"resolution": "New cable.", "root_cause": "A mouse.", "lessons": "Cables in pipes."}
    count, _work = service.resolve(number, values, actor=agent, now=LATER)
    row = ticket(number)
    assert (count, row.state, row.resolved_at, row.root_cause, row.touches) == (1, "resolved", LATER, "A mouse.", 1)
    assert queries.conversation(row, internal=False)[-1].body == "New cable."
    step(number, "verify", asks, part=Part.REQUESTER)
    assert ticket(number).verified_at == LATER
    assert service.close_settled(SYSTEM, LATER + timedelta(hours=23)) == 0
    assert service.close_settled(SYSTEM, LATER + timedelta(hours=25)) == 1
    assert ticket(number).state == "closed"


def test_the_requester_opens_it_again_while_it_is_not_too_late(asks, agent):
    number = received(asks)
    service.resolve(number, {"resolution": "Try again."}, actor=agent, now=LATER)
    with pytest.raises(RuleBroken, match="Say why"):
        step(number, "reopen", asks, part=Part.REQUESTER)
    step(number, "reopen", asks, part=Part.REQUESTER, said="Still silent.")
    row = ticket(number)
    assert (row.state, row.reopened, row.resolved_at) == ("reopened", 1, None)
    service.resolve(number, {"resolution": "New one."}, actor=agent, now=LATER)
    late = LATER + timedelta(days=31)
    with pytest.raises(RuleBroken, match="more than 30 days"):
        service.move(number, "reopen", part=Part.REQUESTER, said="Again", actor=asks, now=late)
    service.move(number, "reopen", said="A colleague asks", actor=agent, now=late)
    assert ticket(number).reopened == 2


def test_words_after_the_end_open_it_again_or_are_only_kept(asks, agent):
    number = received(asks)
    service.resolve(number, {"resolution": "Done."}, actor=agent, now=LATER)
    service.reply(number, Said("No!", Part.REQUESTER), actor=SYSTEM, now=LATER)
    assert ticket(number).state == "reopened"
    service.resolve(number, {"resolution": "Done."}, actor=agent, now=LATER)
    service.reply(number, Said("Hm.", Part.REQUESTER), actor=SYSTEM, now=LATER + timedelta(days=40))
    assert ticket(number).state == "resolved"


def test_steps_ask_for_words_and_follow_the_states(asks, agent, lead):
    number = received(asks)
    with pytest.raises(RuleBroken, match="Say why"):
        step(number, "escalate", agent)
    with pytest.raises(RuleBroken, match="no such step"):
        step(number, "dance", agent)
    with pytest.raises(RuleBroken, match="can't go"):
        step(number, "verify", agent)
    with pytest.raises(RuleBroken, match="can't go"):
        step(number, "start", asks, part=Part.REQUESTER)
    step(number, "escalate", agent, said="Beyond me")
    assert ticket(number).state == "escalated"
    assert told("ticket_escalated") == [lead.id]
    assert len(queries.conversation(ticket(number), internal=False)) == 1


def test_triage_gives_priority_queue_and_agent(asks, agent):
    number = received(asks)
    values = {"severity": "critical", "impact": "organisation", "category": "error", "owner_id": agent.id}
    step(number, "triage", agent, values=values)
    row = ticket(number)
    assert (row.state, row.priority, row.category, row.owner_id) == ("triaged", "critical", "error", agent.id)


def test_given_to_an_agent_and_back_to_the_queue(asks, agent, lead, team):
    number = received(asks)
    service.assign(number, agent.id, actor=lead, now=LATER)
    assert told("ticket_given") == [agent.id]
    with pytest.raises(RuleBroken, match="who may work"):
        service.assign(number, asks.id, actor=lead, now=LATER)
    work = service.assign(number, None, actor=lead, now=LATER)
    row = ticket(number)
    assert (row.owner_id, row.team_id) == (None, team)
    undo(work.transaction_id, actor=lead)
    assert ticket(number).owner_id == agent.id


def test_somebody_without_a_sign_in_is_answered_by_mail(agent):
    number = received(requester_name="Pia", requester_email="Pia@customer.example")
    service.reply(number, Said("Hello Pia"), actor=agent, now=LATER)
    mail = db.session.scalars(select(Mail)).one()
    assert (mail.recipient, mail.subject, mail.text) == (
        "pia@customer.example",
        f"[T-{number}] Printer is silent",
        "Hello Pia",
    )


def test_an_address_that_is_none_keeps_nobody_from_answering(agent):
    number = received(requester_name="Pia", requester_email="not an address")
    service.reply(number, Said("Hello Pia"), actor=agent, now=LATER)
    assert db.session.scalars(select(Mail)).all() == []


def test_a_problem_is_told_to_all_it_affects_and_solved_for_them(asks, agent):
    first, second, settled = received(asks), received(asks), received(asks)
    problem, _work = service.make_problem(first, actor=agent, now=LATER)
    assert (ticket(problem).kind, ticket(first).problem_id, ticket(problem).owner_id) == ("problem", problem, agent.id)
    service.link(second, problem, actor=agent, now=LATER)
    service.link(settled, problem, actor=agent, now=LATER)
    service.resolve(settled, {"resolution": "x"}, actor=agent, now=LATER)
    count, _work = service.tell_affected(problem, "A part is on its way.", actor=agent, now=LATER)
    assert count == 2
    assert queries.conversation(ticket(second), internal=False)[-1].kind == "update"
    assert (ticket(second).state, ticket(second).owner_id) == ("in-progress", agent.id)
    count, _work = service.resolve(problem, {"resolution": "New part."}, actor=agent, now=LATER, with_affected=True)
    assert (count, ticket(second).state, ticket(second).resolution) == (3, "resolved", "New part.")


def test_only_a_problem_stands_behind_a_ticket(asks, agent):
    first, second = received(asks), received(asks)
    with pytest.raises(RuleBroken, match="kind “problem”"):
        service.link(first, second, actor=agent, now=LATER)
    with pytest.raises(NotFound):
        service.link(first, 999, actor=agent, now=LATER)


def test_merged_tickets_have_one_conversation_and_both_hear_the_answer(asks, agent):
    other = factories.person("Otto Asks too")
    first, second = received(asks), received(other, description="The printer!")
    work = service.merge(second, first, actor=agent, now=LATER)
    assert ticket(second).merged_into_id == first
    bodies = [each.body for each in queries.conversation(ticket(first), internal=True)]
    assert bodies == ["It hums, and then nothing.", "The printer!"]
    service.reply(first, Said("New cable."), actor=agent, now=LATER)
    assert sorted(told("ticket_answered")) == sorted([asks.id, other.id])
    assert queries.row(second).id == first
    with pytest.raises(RuleBroken, match="itself"):
        service.merge(first, first, actor=agent, now=LATER)
    with pytest.raises(NotFound):
        service.merge(first, 999, actor=agent, now=LATER)
    undo(work.transaction_id, actor=agent)
    assert (ticket(second).deleted_at, len(queries.conversation(ticket(first), internal=True))) == (None, 2)


def test_a_mail_finds_its_conversation_by_what_it_answers(asks, agent):
    number = received(asks, reference="<1@mail.example>")
    assert queries.by_reference(["<0@mail.example>", "<1@mail.example>"]) == number
    assert queries.by_reference(["", "<0@mail.example>"]) is None
    assert queries.by_reference([]) is None


def test_whoever_asked_withdraws(asks, agent):
    number = received(asks)
    step(number, "withdraw", asks, part=Part.REQUESTER)
    row = ticket(number)
    assert (row.state, row.resolved_at, row.verified_at) == ("verified", LATER, LATER)


def test_a_step_without_words_is_taken_back_an_answer_is_not(asks, agent):
    number = received(asks)
    work = step(number, "start", agent)
    undo(work.transaction_id, actor=agent)
    assert ticket(number).state == "new"
    _made, work = service.reply(number, Said("Hello"), actor=agent, now=LATER)
    with pytest.raises(RuleBroken):
        undo(work.transaction_id, actor=agent)


def test_the_trail_names_what_was_done(asks, agent):
    number = received(asks)
    service.reply(number, Said("Hello"), actor=agent, now=LATER)
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject == f"crm_ticket:{number}")).all()
    assert actions == ["ticket.received", "ticket.answered"]
    assert db.session.scalar(select(TicketMessage.author_name).order_by(TicketMessage.id.desc())) == "Sune Agent"
