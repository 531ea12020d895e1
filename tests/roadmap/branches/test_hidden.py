"""No list, count, load, search, mail, job or file finds a branch; who may do what in it is what holds in its trunk."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from accounts.notices.models import Notice
from desk.my_work import queries as my_work
from infra.database import db
from infra.wires import wires
from kernel.actor import SYSTEM, project_scope
from roadmap.branches import service
from roadmap.forecast import queries as forecasts
from roadmap.projects import queries as projects
from roadmap.resources import queries as resources
from roadmap.staffing import queries as staffing
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
ROLES = ("manager", "member", "stakeholder", "executive")


@pytest.fixture
def plan(app):
    """A roll-out in which a member owns a late task, and a branch of it."""
    project = factories.project("Europe launch")
    who = {role: factories.person(projects={project: role}) for role in ROLES}
    who |= {"administrator": factories.administrator(), "outsider": factories.person()}
    factories.task(project, "Findable work", owner_id=who["member"].id)
    before = {name: count(who) for name, count in COUNTS.items()}
    branch = service.branch_off(project, "Findable branch", actor=SYSTEM, now=NOW)
    return {"project": project, "branch": branch, "before": before, "who": who}


def load(project_id):
    """Who is asked for how many minutes on which day."""
    rows = resources.loads([project_id], TODAY, TODAY + timedelta(days=30), SYSTEM, today=TODAY)
    return [(row.name, day.day, day.minutes) for row in rows for day in row.days]


COUNTS = {
    "lists of roll-outs": lambda who: [len(projects.visible(each)) for each in who.values()],
    "the system's own list": lambda who: len(projects.visible(SYSTEM)),
    "running roll-outs": lambda who: len(projects.visible(SYSTEM, states=("active",))),
    "my work": lambda who: [len(my_work.duties(each)) for each in who.values()],
    "what is due": lambda who: my_work.count_due(who["member"], TODAY),
    "what everybody owes": lambda who: {id: len(rows) for id, rows in my_work.owed(TODAY).items()},
    "the load of people": lambda who: load(1),
    "what is surveyed": lambda who: len(resources.surveyed(who["administrator"])),
    "forecasts of the timetable": lambda who: forecasts.running(),
    "notices": lambda who: db.session.scalar(select(func.count()).select_from(Notice)),
}


@pytest.mark.parametrize("name", COUNTS)
def test_nothing_across_projects_counts_a_branch(plan, name):
    assert COUNTS[name](plan["who"]) == plan["before"][name]


@pytest.mark.parametrize("role", [*ROLES, "administrator", "outsider"])
def test_whoever_may_do_something_in_the_plan_may_do_it_in_its_branches(plan, role):
    policy, actor = wires().policy, plan["who"][role]
    here, there = project_scope(plan["project"]), project_scope(plan["branch"])
    for action in policy.actions:
        if not action.startswith(("crm.", "support.")):
            assert bool(policy.decide(actor, action, here)) is bool(policy.decide(actor, action, there)), action


def test_a_branch_counts_its_own_tasks_instead_of_those_of_its_trunk(plan):
    assert load(plan["branch"]) == load(plan["project"])


def test_people_of_a_branch_are_those_of_its_trunk(plan):
    assert staffing.members(plan["branch"]) == staffing.members(plan["project"])
    assert staffing.people_of(plan["branch"]) == staffing.people_of(plan["project"])


@pytest.mark.parametrize("address", ["/", "/my-work", "/search?q=Findable+branch", "/resources"])
def test_pages_across_projects_do_not_name_a_branch(plan, client, address):
    page = factories.sign_in(client, plan["who"]["administrator"]).get(address)
    assert page.status_code == 200
    assert f"/projects/{plan['branch']}/" not in page.text


@pytest.mark.parametrize("address", ["/roadmap", "/tasks", "/resources"])
def test_the_pages_of_a_branch_carry_its_band(plan, client, address):
    page = factories.sign_in(client, plan["who"]["manager"]).get(f"/projects/{plan['branch']}{address}")
    assert page.status_code == 200
    assert "What-if" in page.text
    assert "Findable branch" in page.text


@pytest.mark.parametrize("address", ["/checklists", "/risks", "/costs", "/readiness", "/team", "/settings", "/changes"])
def test_what_a_roll_out_has_once_leads_to_the_trunk(plan, client, address):
    page = factories.sign_in(client, plan["who"]["manager"]).get(f"/projects/{plan['branch']}{address}")
    assert (page.status_code, page.headers["Location"]) == (302, f"/projects/{plan['project']}{address}")


def test_nothing_but_the_plan_can_be_written_in_a_branch(plan, client):
    page = factories.sign_in(client, plan["who"]["manager"])
    for address in ("/archive", "/finish", "/copy", "/team/members", "/checklists", "/risks/new"):
        assert page.post(f"/projects/{plan['branch']}{address}").status_code in (404, 405), address


def test_an_outsider_does_not_learn_that_there_is_a_branch(plan, client):
    page = factories.sign_in(client, plan["who"]["outsider"])
    for address in (
        *(f"/projects/{plan['branch']}/{room}" for room in ("roadmap", "risks")),
        f"/projects/{plan['project']}/branches",
    ):
        assert page.get(address).status_code == 404
