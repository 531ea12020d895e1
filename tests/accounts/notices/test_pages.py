from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.access import service as access
from accounts.notices import queries, service
from accounts.notices.models import Notice, NoticeChoice
from accounts.notices.rules import KINDS, Mailing, Rhythm, Ways
from infra.database import db
from infra.transaction import transaction
from infra.undo import undo
from kernel.actor import SYSTEM, project_scope
from roadmap.outline import service as outline
from tests import factories
from tests.fixtures.app import NOW


@pytest.fixture
def world(app):
    class World:
        project = factories.project("Europe launch")
        task = factories.task(project, "Cleanse <b>addresses</b>")
        maren = factories.person("Maren Solberg", projects={project: "manager"})
        samira = factories.person("Samira Haddad", projects={project: "member"})

    return World


def tell(world, *people, kind="assigned", actor=SYSTEM, at=None, **more):
    told = {"subject": f"task:{world.task}", "label": "Cleanse <b>addresses</b>", "scope": project_scope(world.project)}
    with transaction(actor, "tasks.changed", at=at) as work:
        service.tell(work, kind, [each.id for each in people], **{**told, **more})
    return db.session.scalars(select(Notice.id).order_by(Notice.id.desc())).first()


def test_the_page_teaches_while_there_is_nothing(world, client):
    page = factories.sign_in(client, world.samira).get("/notices").text
    assert "You have read everything." in page
    assert "somebody writes @ and your name" in page


def test_a_notice_is_counted_at_the_bell_read_by_opening_it_and_leads_to_its_subject(world, client):
    number = tell(world, world.samira, actor=world.maren)
    browser = factories.sign_in(client, world.samira)
    page = browser.get("/notices").text
    assert "Notices, 1 unread" in page
    assert "Maren Solberg gave you “Cleanse &lt;b&gt;addresses&lt;/b&gt;”." in page
    assert "Europe launch" in page
    answer = browser.get(f"/notices/{number}")
    assert answer.location == f"/projects/{world.project}/tasks/{world.task}"
    assert "Notices, 1 unread" not in browser.get("/notices").text


def test_notices_are_marked_as_unread_and_as_read_again(world, client):
    number = tell(world, world.samira)
    browser = factories.sign_in(client, world.samira)
    assert "You have read everything." in browser.post(f"/notices/{number}/read", follow_redirects=True).text
    assert "1 notice is waiting" in browser.post(f"/notices/{number}/unread", follow_redirects=True).text


def test_all_are_marked_as_read_except_what_came_since(world, client):
    shown = tell(world, world.samira)
    tell(world, world.samira, kind="overdue", day="2026-02-17")
    browser = factories.sign_in(client, world.samira)
    page = browser.post("/notices/read", data={"up_to": shown}, follow_redirects=True).text
    assert "1 notice marked as read." in page
    assert "1 notice is waiting" in page
    assert "late: it was due Tue 17 Feb" in page


def test_one_persons_notices_are_never_anothers(world, client):
    number = tell(world, world.samira)
    browser = factories.sign_in(client, world.maren)
    assert "Cleanse" not in browser.get("/notices").text
    assert browser.get(f"/notices/{number}").status_code == 404
    for act in ("read", "unread"):
        assert browser.post(f"/notices/{number}/{act}").status_code == 404
    browser.post("/notices/read", data={"up_to": number})
    assert queries.unread_of(world.samira) == 1


def test_what_one_may_no_longer_see_is_neither_counted_nor_shown_nor_opened(world, client):
    number = tell(world, world.samira)
    access.revoke_role(world.samira.id, "member", project_scope(world.project), actor=SYSTEM)
    browser = factories.sign_in(client, world.samira)
    page = browser.get("/notices").text
    assert "Cleanse" not in page
    assert "unread" not in page.partition("<main")[0]
    answer = browser.get(f"/notices/{number}")
    assert answer.status_code == 404
    assert "no longer shared with you" in answer.text


def test_what_is_gone_is_said_to_be_gone(world, client):
    number = tell(world, world.samira)
    outline.delete(world.project, [world.task], actor=SYSTEM)
    browser = factories.sign_in(client, world.samira)
    page = browser.get("/notices").text
    assert "no longer there" in page
    assert f'href="/notices/{number}"' not in page
    assert browser.get(f"/notices/{number}").status_code == 404


def test_today_stands_before_earlier_and_unread_before_read(world, client):
    old = tell(world, world.samira, at=NOW - timedelta(days=2), label="Old")
    first = tell(world, world.samira, label="First")
    second = tell(world, world.samira, label="Second")
    service.mark(second, read=True, actor=world.samira)
    page = factories.sign_in(client, world.samira).get("/notices").text
    places = [page.index(f'action="/notices/{number}/') for number in (first, second, old)]
    assert places == sorted(places)
    assert page.index("Today</h2>" if "Today</h2>" in page else "Today") < page.index("Earlier")


def test_notices_are_filtered_by_kind_and_project_and_come_in_pages(world, client):
    other = factories.project("Asia launch")
    access.grant_role(world.samira.id, "member", project_scope(other), actor=SYSTEM)
    for number in range(queries.PAGE + 1):
        tell(world, world.samira, label=f"Task {number}")
    tell(world, world.samira, kind="blocked", label="Held up", scope=project_scope(other), text="No access.")
    browser = factories.sign_in(client, world.samira)
    assert "Held up" in browser.get("/notices?kind=blocked").text
    assert "Task 3" not in browser.get("/notices?kind=blocked").text
    assert "Held up" in browser.get(f"/notices?scope=project:{other}").text
    assert "31 to 32 of 32" in browser.get("/notices?page=2").text
    assert "31 to 32 of 32" in browser.get("/notices?page=99").text
    browser.post("/notices/read", data={"up_to": 999, "kind": "blocked"})
    assert queries.unread_of(world.samira) == queries.PAGE + 1


@pytest.mark.parametrize("query", ["page=-1", "page=x", "kind=nothing", "scope=project:99", "scope=" + "x" * 5000])
def test_a_wish_that_makes_no_sense_harms_nothing(world, client, query):
    assert factories.sign_in(client, world.samira).get(f"/notices?{query}").status_code == 200


def test_the_bell_costs_one_statement(world, asked):
    queries.unread_of(world.samira)
    with asked() as seen:
        queries.unread_of(world.samira)
    assert len(seen) == 1


def choices(**changed):
    sent = {f"{kind.key}_mail": kind.ways.mail.value for kind in KINDS.values()}
    sent |= {f"{kind}_app": "1" for kind in KINDS}
    return {**sent, "rhythm": "weekly", "hour": "6", **changed}


def test_people_choose_what_reaches_them(world, client):
    browser = factories.sign_in(client, world.samira)
    page = browser.get("/account/notices").text
    assert "Somebody mentions me in a comment" in page
    assert "sends no mail yet" in page
    sent = choices(assigned_mail="now")
    del sent["overdue_app"]
    assert "Kept." in browser.post("/account/notices", data=sent | {"overdue_mail": ""}, follow_redirects=True).text
    ways = queries.choices_of(world.samira.id)
    assert ways["assigned"] == Ways(mail=Mailing.NOW)
    assert ways["overdue"].off
    assert queries.rhythm_of(world.samira.id) == (Rhythm.WEEKLY, 6)
    assert {row.kind for row in db.session.scalars(select(NoticeChoice))} == {"assigned", "overdue"}
    browser.post("/account/notices", data=choices())
    assert list(db.session.scalars(select(NoticeChoice))) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"hour": "24"},
        {"hour": "-1"},
        {"hour": "seven"},
        {"hour": ""},
        {"rhythm": "hourly"},
        {"overdue_mail": "pigeon"},
    ],
)
def test_a_choice_that_makes_no_sense_is_refused_in_words(world, client, wrong):
    browser = factories.sign_in(client, world.samira)
    assert browser.post("/account/notices", data=choices(**wrong)).status_code == 422
    assert queries.rhythm_of(world.samira.id) == (Rhythm.DAILY, 7)


def test_an_action_that_is_undone_takes_its_unread_notices_along(world, client):
    with transaction(world.maren, "team.changed"):
        pass
    work = outline.add(world.project, {"name": "New"}, actor=world.maren)[1]
    with transaction(world.maren, "task.added") as telling:
        telling.transaction_id = work.transaction_id
        service.tell(telling, "assigned", [world.samira.id], subject="task:2", label="New", scope="project:1")
    assert queries.unread_of(world.samira) == 1
    undo(work.transaction_id, actor=world.maren)
    assert queries.unread_of(world.samira) == 0


def test_what_was_read_long_ago_is_forgotten(world):
    service.mark(tell(world, world.samira), read=True, actor=world.samira)
    tell(world, world.samira)
    assert service.prune(NOW + timedelta(days=90)) == 0
    assert service.prune(NOW + timedelta(days=91)) == 1
    assert service.prune(NOW + timedelta(days=366)) == 1
