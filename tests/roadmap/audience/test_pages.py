"""The page of whom a roll-out is for."""

from datetime import date

import pytest

from accounts.teams.queries import TeamRow
from roadmap.audience import charts, queries, service
from tests import factories


@pytest.fixture
def project(app):
    return factories.project("Nordic launch")


@pytest.fixture
def manager(project):
    return factories.person("Priya Nair", projects={project: "manager"})


@pytest.fixture
def browser(client, manager):
    return factories.sign_in(client, manager)


def at(project, rest=""):
    return f"/projects/{project}/audience{rest}"


def test_a_tree_counts_those_below_and_says_what_comes_along():
    norway = [TeamRow(3, "Bergen", 2, 2), TeamRow(1, "Sales", None, 1), TeamRow(2, "West", 1, 0)]
    rows = [*norway, TeamRow(9, "Lost", 7, 4)]
    found = charts.tree(rows, {2})
    assert [(each.name, each.depth, each.people, each.chosen, each.comes_along) for each in found] == [
        ("Sales", 0, 3, False, False),
        ("West", 1, 2, True, False),
        ("Bergen", 2, 2, False, True),
        ("Lost", 0, 4, False, False),
    ]


def test_teams_are_chosen_and_left_out_again(browser, project):
    sales = factories.team("Sales <b>team</b>")
    factories.team("Sales north", sales)
    assert "for everybody who uses the CRM;" in browser.get(at(project)).text
    assert browser.post(at(project), data={"teams": [str(sales)]}).status_code == 303
    text = browser.get(at(project)).text
    assert "It is for 2 teams" in text
    assert "comes along" in text
    assert "<b>team" not in text
    assert browser.post(at(project), data={}).status_code == 303
    assert queries.audience(project).teams is None


@pytest.mark.parametrize("teams", [["4711"], ["x"], ["-1"]])
def test_a_team_that_is_not_there_is_refused(browser, project, teams):
    answer = browser.post(at(project), data={"teams": teams})
    assert answer.status_code == 422
    assert queries.audience(project).chosen == frozenset()


def test_the_day_is_set_and_left_to_the_plan_again(browser, project):
    assert "it is not live yet" in browser.get(at(project)).text
    assert browser.post(at(project, "/launch"), data={"day": "2026-02-16"}).status_code == 303
    assert queries.audience(project).live_since == date(2026, 2, 16)
    assert browser.post(at(project, "/launch"), data={"day": "soon"}).status_code == 422
    assert browser.post(at(project, "/launch"), data={"day": ""}).status_code == 303
    assert queries.audience(project).live_since is None


def test_somebody_is_named_besides_the_teams_and_left_out_again(browser, project):
    ruth = factories.person("Ruth <b>Vance</b>")
    assert browser.post(at(project, "/people"), data={"person_id": str(ruth.id)}).status_code == 303
    text = browser.get(at(project)).text
    assert "It is for 1 person by name;" in text
    assert "<b>Vance" not in text
    again = browser.post(at(project, "/people"), data={"person_id": str(ruth.id)})
    assert (again.status_code, "is for Ruth" in again.text) == (422, True)
    assert browser.post(at(project, f"/people/{ruth.id}/leave-out")).status_code == 303
    assert "for everybody who uses the CRM;" in browser.get(at(project)).text
    assert browser.post(at(project, f"/people/{ruth.id}/leave-out")).status_code == 404


@pytest.mark.parametrize("person_id", ["", "4711", "x", "-1"])
def test_somebody_who_is_not_there_is_refused(browser, project, person_id):
    assert browser.post(at(project, "/people"), data={"person_id": person_id}).status_code == 422
    assert queries.audience(project).teams is None


def test_a_member_reads_only(client, project, manager):
    sales = factories.team("Sales")
    service.choose(project, [sales], actor=manager)
    text = factories.sign_in(client, factories.person(projects={project: "member"})).get(at(project)).text
    assert "chosen" in text
    assert 'name="teams"' not in text
