"""The help desk of a roll-out: its queue, its page, and who sees it."""

import pytest
from sqlalchemy import select

from crm.queues.models import Queue
from crm.records.models import Ticket
from crm.tickets import service as tickets
from crm.tickets.service import Asked, Said
from infra.database import db
from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from roadmap.helpdesk import queries, service
from roadmap.helpdesk.rules import Sums
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def project(app):
    return factories.project()


@pytest.fixture
def manager(project):
    return factories.person("Maren", projects={project: "manager"})


@pytest.fixture
def queue(project):
    return service.open_queue(project, None, actor=SYSTEM)[0]


def ask(queue, name="Slow", **values):
    return tickets.receive(Asked(name, "It is slow.", queue_id=queue, **values), actor=SYSTEM, now=NOW)[0]


def test_without_a_queue_its_manager_opens_one(client, project, manager):
    page = factories.sign_in(client, manager)
    assert "not open yet" in page.get(f"/projects/{project}/tickets").text
    assert page.get(f"/projects/{project}/tickets/1").status_code == 404
    assert page.post(f"/projects/{project}/tickets", data={"team_id": ""}).status_code == 303
    assert queries.queue_of(project).audience == "roll-out"
    assert "Nobody has asked for help yet" in page.get(f"/projects/{project}/tickets").text


def test_a_queue_that_is_there_serves_one_roll_out(project, manager):
    free = queries.free()
    assert [each.name for each in free] == ["Help desk of the roll-out"]
    work = service.join_queue(project, free[0].id, actor=manager)
    other = factories.project("Benelux")
    with pytest.raises(RuleBroken, match="already"):
        service.join_queue(other, free[0].id, actor=SYSTEM)
    customers = db.session.scalar(select(Queue.id).where(Queue.key == "customers"))
    with pytest.raises(RuleBroken, match="Choose a queue"):
        service.join_queue(other, customers, actor=SYSTEM)
    undo(work.transaction_id, actor=manager)
    assert queries.queue_of(project) is None


def test_the_page_counts_and_lists_what_waits(client, project, queue, manager):
    first = ask(queue, severity="critical", impact="organisation")
    ask(queue, "Fast")
    done = ask(queue, "Done")
    tickets.resolve(done, {"resolution": "x"}, actor=SYSTEM, now=NOW)
    with_late = db.session.get(Ticket, first)
    assert with_late.priority == "critical"
    assert queries.sums([queue], NOW)[queue] == Sums(open=2, critical=1, serious=1, late=0, nobody=2, done=1)
    assert queries.sums([queue], NOW, requesters=[99])[queue] == Sums()
    page = factories.sign_in(client, manager)
    text = page.get(f"/projects/{project}/tickets").text
    assert "Two tickets are open" in text
    assert "Done" not in text.split("<tbody>")[1]
    for query in ("open=yes&priority=critical", "open=yes&late=yes", "owner=none", "view=all", "sort=-owner", "q=fast"):
        assert page.get(f"/projects/{project}/tickets?{query}").status_code == 200, query
    assert page.get(f"/projects/{project}/tickets?view=all&format=csv").status_code == 200


def test_one_ticket_is_read_without_the_notes_of_agents(client, project, queue, manager):
    number = ask(queue)
    tickets.reply(number, Said("Between us", public=False), actor=SYSTEM, now=NOW)
    tickets.reply(number, Said("We look into it"), actor=SYSTEM, now=NOW)
    page = factories.sign_in(client, manager)
    text = page.get(f"/projects/{project}/tickets/{number}").text
    assert "We look into it" in text
    assert "Between us" not in text
    assert "Work on it" not in text


def test_tickets_of_other_queues_are_not_there(client, project, queue, manager):
    other = ask(None)
    page = factories.sign_in(client, manager)
    assert page.get(f"/projects/{project}/tickets/{other}").status_code == 404


def test_it_asks_few_statements(client, project, queue, manager, asked):
    for number in range(5):
        ask(queue, f"Slow {number}")
    page = factories.sign_in(client, manager)
    page.get(f"/projects/{project}/tickets")
    with asked() as sent:
        page.get(f"/projects/{project}/tickets")
    assert len(sent) <= 14, sent
