"""Blockers: raised, told, shown and resolved."""

import re

import pytest
from sqlalchemy import select

from accounts.notices.models import Notice
from infra.database import db
from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from roadmap.outline import service as outline
from roadmap.projects import service as projects
from roadmap.timesheet import queries, service
from tests import factories
from tests.fixtures.app import NOW


@pytest.fixture
def project(app):
    return factories.project("Europe launch")


@pytest.fixture
def people(project):
    return {
        key: factories.person(key, projects={project: role})
        for key, role in (("maren", "manager"), ("hannah", "member"), ("jonas", "member"), ("erik", "stakeholder"))
    }


@pytest.fixture
def task(project, people):
    return factories.task(project, "Clean addresses", owner_id=people["jonas"].id)


def told(kind):
    return set(db.session.scalars(select(Notice.person_id).where(Notice.kind == kind)))


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_a_blocker_tells_the_owner_the_manager_and_who_could_help(project, people, task):
    helper = factories.person("Astrid")
    service.raise_blocker(project, task, "No access", helper_id=helper.id, actor=people["hannah"], now=NOW)
    assert told("blocked") == {people["maren"].id, people["jonas"].id, helper.id}
    [row] = queries.blockers(project)
    assert (row.text, row.raised_by, row.helper, row.open, row.days(NOW)) == ("No access", "hannah", "Astrid", True, 0)


def test_resolving_tells_who_raised_it_and_can_be_undone(project, people, task):
    number, _work = service.raise_blocker(project, task, "No access", actor=people["hannah"], now=NOW)
    work = service.resolve(project, number, "Given", actor=people["maren"], now=NOW)
    service.resolve(project, number, "Again", actor=people["maren"], now=NOW)
    assert told("unblocked") == {people["hannah"].id, people["jonas"].id}
    assert queries.blockers(project) == []
    assert queries.blockers(project, resolved=True)[0].how == "Given"
    undo(work.transaction_id, actor=people["maren"])
    assert len(queries.blockers(project)) == 1


def test_it_is_said_on_my_work_and_shown_where_the_task_is(client, project, people, task):
    page = factories.sign_in(client, people["jonas"])
    address = f"/projects/{project}/tasks/{task}/blockers"
    assert page.get(address).status_code == 200
    sent = {"text": "The <b>list</b> is missing", "helper_id": str(people["maren"].id), "back": "/my-work"}
    assert page.post(address, data=sent).location == "/my-work"
    assert "Blocked" in words(page.get("/my-work"))
    for place in (f"/projects/{project}/tasks/{task}", f"/projects/{project}/blockers"):
        assert "The &lt;b&gt;list&lt;/b&gt; is missing" in page.get(place).text
    [row] = queries.blockers(project)
    resolve = f"/projects/{project}/blockers/{row.id}"
    assert "It can go on" in page.get(resolve).text
    assert page.post(resolve, data={"how": "Found it"}).status_code == 303
    assert "Nothing is blocked" in words(page.get(f"/projects/{project}/blockers"))


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"text": ""}, "Say in a sentence"),
        ({"text": "x" * 3000}, "2000"),
        ({"text": "Kept", "helper_id": "99999"}, "no such person"),
        ({"text": "Kept", "helper_id": "Ana"}, "no such person"),
    ],
)
def test_a_blocker_that_cannot_be_says_what_would_be_right(client, project, people, task, sent, says):
    page = factories.sign_in(client, people["hannah"])
    answer = page.post(f"/projects/{project}/tasks/{task}/blockers", data=sent)
    assert answer.status_code == 422
    assert says in words(answer)
    assert sent["text"][:100] in answer.text
    assert queries.blockers(project) == []


def test_a_member_resolves_only_what_concerns_them(client, project, people, task):
    number, _work = service.raise_blocker(project, task, "No access", actor=people["maren"], now=NOW)
    stranger = factories.sign_in(client, people["hannah"])
    assert stranger.post(f"/projects/{project}/blockers/{number}", data={"how": ""}).status_code == 403
    with pytest.raises(NotFound):
        service.resolve(factories.project("Asia"), number, "", actor=SYSTEM, now=NOW)


def test_blockers_go_with_their_task_and_come_back_with_it(project, people, task):
    service.raise_blocker(project, task, "No access", actor=people["hannah"], now=NOW)
    work = outline.delete(project, [task], actor=people["maren"])
    assert queries.blockers(project) == []
    undo(work.transaction_id, actor=people["maren"])
    assert queries.blockers(project)[0].text == "No access"


def test_a_closed_project_takes_no_blockers(project, people, task):
    projects.finish(project, actor=SYSTEM)
    with pytest.raises(RuleBroken, match="closed"):
        service.raise_blocker(project, task, "Late", actor=people["hannah"], now=NOW)
