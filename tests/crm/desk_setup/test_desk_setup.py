"""Queues and canned answers: what may be kept, what follows, what is refused."""

import pytest
from sqlalchemy import select

from crm.desk_setup import rules, service
from crm.desk_setup.rules import AnswerData, QueueData
from crm.queues.models import Queue
from crm.records.models import Ticket
from crm.tickets import queries as tickets
from crm.tickets.models import CannedAnswer
from infra.database import db
from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")


def queue(name):
    db.session.expire_all()
    return db.session.scalars(select(Queue).where(Queue.name == name)).one()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (QueueData("  "), "Give it a name"),
        (QueueData("x" * 121), "at most"),
        (QueueData("customers"), "already"),
        (QueueData("New", audience="x"), "Choose whose"),
        (QueueData("New", address="no address"), "Write an address"),
        (QueueData("New", address="a@b.example,c@d.example"), "Write an address"),
        (QueueData("New", team_id=99), "Choose a team"),
        (QueueData("New", "x" * 2001), "at most"),
    ],
)
def test_a_queue_that_can_not_be_kept_is_told_why(data, said):
    with pytest.raises(RuleBroken, match=said):
        service.add_queue(data, actor=SYSTEM)


def test_two_queues_have_two_addresses():
    service.add_queue(QueueData("Orders", address=" Orders@Norvane.example "), actor=SYSTEM)
    assert queue("Orders").address == "orders@norvane.example"
    with pytest.raises(RuleBroken, match="Another queue"):
        service.add_queue(QueueData("More", address="orders@norvane.example"), actor=SYSTEM)


def test_open_tickets_go_along_to_another_team():
    north, south = factories.team("North"), factories.team("South")
    row = queue("Customers")
    service.change_queue(row.id, QueueData("Customers", team_id=north), actor=SYSTEM, now=NOW)
    number = factories.record("ticket")
    service.change_queue(row.id, QueueData("Customers", team_id=south), actor=SYSTEM, now=NOW)
    assert db.session.get(Ticket, number).team_id == south


def test_a_queue_in_use_stays():
    row = queue("Help desk of the roll-out")
    factories.record("ticket", queue_id=row.id)
    with pytest.raises(RuleBroken, match="1 open tickets"):
        service.retire_queue(row.id, actor=SYSTEM)
    with pytest.raises(RuleBroken, match="has to stay"):
        service.retire_queue(queue("Customers").id, actor=SYSTEM)
    with pytest.raises(NotFound):
        service.retire_queue(99, actor=SYSTEM)


def test_queues_are_ordered_retired_and_used_again():
    admin = factories.administrator()
    service.add_queue(QueueData("Orders"), actor=admin)
    work = service.move_queue(queue("Orders").id, -1, actor=admin)
    order = [each.name for each in db.session.scalars(select(Queue).order_by(Queue.position))]
    assert order == ["Customers", "Orders", "Help desk of the roll-out"]
    undo(work.transaction_id, actor=admin)
    service.retire_queue(queue("Orders").id, actor=admin)
    assert not queue("Orders").active
    service.bring_back_queue(queue("Orders").id, actor=admin)
    assert queue("Orders").active


def test_canned_answers_are_offered_where_they_belong():
    row = queue("Customers")
    service.add_answer(AnswerData("Thanks", "Thank you, {requester}."), actor=SYSTEM)
    service.add_answer(AnswerData("Orders", "It is on its way.", row.id), actor=SYSTEM)
    assert [each.name for each in tickets.canned(row.id)] == ["Orders", "Thanks"]
    other = queue("Help desk of the roll-out")
    assert [each.name for each in tickets.canned(other.id)] == ["Thanks"]
    made = db.session.scalars(select(CannedAnswer).where(CannedAnswer.name == "Thanks")).one()
    service.retire_answer(made.id, actor=SYSTEM)
    assert tickets.canned(other.id) == []
    with pytest.raises(RuleBroken, match="already"):
        service.add_answer(AnswerData("thanks", "x"), actor=SYSTEM)
    with pytest.raises(RuleBroken, match="Write the answer"):
        service.change_answer(made.id, AnswerData("Thanks", " "), actor=SYSTEM)


def test_the_pages_keep_what_was_typed(client):
    page = factories.sign_in(client, factories.administrator())
    bad = page.post("/crm/setup/queues", data={"name": "", "description": "<b>kept</b>", "audience": "customers"})
    assert bad.status_code == 422
    assert "&lt;b&gt;kept" in bad.text
    good = {"name": "Orders", "audience": "customers", "team_id": "", "address": "o@n.example", "description": ""}
    assert page.post("/crm/setup/queues", data=good).status_code == 303
    number = queue("Orders").id
    assert page.get(f"/crm/setup/queues/{number}").status_code == 200
    assert page.post(f"/crm/setup/queues/{number}", data=good | {"name": "Orders and more"}).status_code == 303
    assert page.post(f"/crm/setup/queues/{number}/move", data={"step": "-1"}).status_code == 303
    assert page.post(f"/crm/setup/queues/{number}/retire").status_code == 303
    assert page.post("/crm/setup/queues/1/retire").status_code == 422
    assert page.post(f"/crm/setup/queues/{number}/use").status_code == 303
    assert page.get("/crm/setup/queues/99").status_code == 404
    answer = {"name": "Hi", "body": "Hello {requester}", "queue_id": ""}
    assert page.post("/crm/setup/answers", data=answer).status_code == 303
    assert page.post("/crm/setup/answers", data=answer).status_code == 422
    assert page.post("/crm/setup/answers/1", data=answer | {"body": "Hi"}).status_code == 303
    assert page.post("/crm/setup/answers/1/use", data={"on": "0"}).status_code == 303
    assert "{requester}" in page.get("/crm/setup/answers").text
    assert page.get("/crm/setup/answers/1").status_code == 200


def test_keys_are_made_from_names():
    assert rules.key_of("Ærø", []) == "r"
    assert rules.key_of("日本", ["queue"]) == "queue-2"
