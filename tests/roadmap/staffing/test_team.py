"""The team page: roles with their ranges, and who may see the project."""

import pytest

from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from roadmap.projects import service as projects
from roadmap.staffing import queries, service
from tests import factories
from tests.fixtures.app import NOW


@pytest.fixture
def project(app):
    return factories.project()


@pytest.fixture
def page(client, project):
    return factories.sign_in(client, factories.person("Priya Nair", projects={project: "manager"}))


def add_role(project, **values):
    return service.add_role(
        project, {"name": "Data specialist", "share_min": 25, "share_max": 50, **values}, actor=SYSTEM
    )[0]


def test_a_share_outside_the_range_is_marked(page, project):
    vendor = factories.person("Lena Vogt", email=None)
    add_role(project, share=80, person_id=vendor.id)
    text = page.get(f"/projects/{project}/team").get_data(as_text=True)
    assert "Lena Vogt" in text
    assert "25-50 %" in text
    assert "outside the range" in text


def test_a_role_is_filled_and_undone(page, project):
    role = add_role(project)
    who = factories.person("Hannah Okafor", email=None)
    sent = {"name": "Data <b>lead</b> 🎉", "person_id": who.id, "share": "40", "share_min": "25", "share_max": "50"}
    assert page.post(f"/projects/{project}/team/roles/{role}", data=sent).status_code == 303
    assert queries.roles(project)[0].person == "Hannah Okafor"
    assert "<b>lead" not in page.get(f"/projects/{project}/team").get_data(as_text=True)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"share": "140"}, "0 to 100"),
        ({"share": ""}, "0 to 100"),
        ({"name": ""}, "name"),
        ({"name": "x" * 300}, "200"),
        ({"person_id": "99999"}, "no such person"),
        ({"person_id": "Ana"}, "no such person"),
        ({"share_min": "60", "share_max": "40"}, "smaller share"),
    ],
)
def test_a_role_that_cannot_be_says_what_would_be_right(page, project, sent, says):
    data = {"name": "Kept as typed", "share": "50", "person_id": "", **sent}
    answer = page.post(f"/projects/{project}/team/roles/new", data=data)
    assert answer.status_code == 422
    assert says in answer.get_data(as_text=True)
    assert queries.roles(project) == []


def test_somebody_is_let_in_and_out(page, project):
    who = factories.person("Elena Petrova")
    assert (
        page.post(f"/projects/{project}/team/members", data={"person_id": who.id, "role": "stakeholder"}).status_code
        == 303
    )
    assert [row.role for row in queries.members(project)] == ["manager", "stakeholder"]
    sent = {"person_id": who.id, "role": "stakeholder"}
    assert page.post(f"/projects/{project}/team/members/remove", data=sent).status_code == 303
    assert len(queries.members(project)) == 1


@pytest.mark.parametrize(
    "sent",
    [{"role": "king"}, {"role": ""}, {"person_id": "x", "role": "member"}, {"person_id": "9999", "role": "member"}],
)
def test_nobody_is_let_in_by_mistake(page, project, sent):
    who = factories.person()
    assert page.post(f"/projects/{project}/team/members", data={"person_id": who.id, **sent}).status_code == 422
    assert len(queries.members(project)) == 1


def test_the_last_manager_stays(page, project):
    manager = queries.members(project)[0]
    with pytest.raises(RuleBroken, match="needs a manager"):
        service.remove_member(project, manager.person_id, "manager", actor=SYSTEM)


def test_another_projects_role_does_not_exist(project):
    role = add_role(factories.project("Asia"))
    with pytest.raises(NotFound):
        service.change_role(project, role, {"share": 10}, actor=SYSTEM)


def test_members_see_the_team_and_do_not_change_it(client, project):
    page = factories.sign_in(client, factories.person(projects={project: "member"}))
    assert "Add to the project" not in page.get(f"/projects/{project}/team").get_data(as_text=True)
    assert page.post(f"/projects/{project}/team/members", data={}).status_code == 403


def test_the_team_of_an_archived_project_stays_as_it_is(project):
    person = factories.person("Ana Ruiz")
    role_id, _work = service.add_role(project, {"name": "Analyst"}, actor=SYSTEM)
    projects.archive(project, actor=SYSTEM, now=NOW)
    for act in (
        lambda: service.add_role(project, {"name": "Tester"}, actor=SYSTEM),
        lambda: service.change_role(project, role_id, {"name": "Tester"}, actor=SYSTEM),
        lambda: service.add_member(project, person.id, "member", actor=SYSTEM),
        lambda: service.remove_member(project, person.id, "member", actor=SYSTEM),
    ):
        with pytest.raises(RuleBroken, match="archived"):
            act()
    assert [role.name for role in queries.roles(project)] == ["Analyst"]
