"""The pages of resources: what they show to whom, forms that keep what was typed, files."""

from datetime import date

import pytest

from accounts.absences import service as absences
from accounts.absences.rules import Span
from infra.sheets import read
from kernel.actor import SYSTEM
from roadmap.resources import queries, service
from roadmap.resources.service import AllocationData
from roadmap.staffing import service as staffing
from tests import factories
from tests.fixtures.app import NOW

TODAY = NOW.date()
MONDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 6)


@pytest.fixture
def project(app):
    return factories.project(start=date(2026, 1, 5))


@pytest.fixture
def analyst(project):
    return staffing.add_role(project, {"name": "Analyst", "share_min": 25, "share_max": 50}, actor=SYSTEM)[0]


@pytest.fixture
def ann(app):
    return factories.person("Ann Berg")


@pytest.fixture
def manager(client, project):
    return factories.sign_in(client, factories.person("Maya", projects={project: "manager"}))


def allocate(project, role_id, person, percent, first=MONDAY, last=FRIDAY):
    data = AllocationData(role_id, person and person.id, first, last, percent)
    return service.add_allocation(project, data, actor=SYSTEM, now=NOW)[0]


def sent(role_id, person="", **values):
    return {
        "role_id": role_id,
        "person_id": person,
        "first": "2026-03-02",
        "last": "2026-03-06",
        "percent": 40,
        **values,
    }


def test_an_empty_project_teaches_what_will_be_here(manager, project):
    page = manager.get(f"/projects/{project}/resources").text
    assert "Nobody is planned here yet." in page
    assert "No load yet" in page
    assert "Allocate somebody" in page


def test_the_page_opens_with_who_is_asked_for_too_much_when_and_why(manager, project, analyst, ann):
    other = factories.project("Hidden merger", start=MONDAY)
    allocate(project, analyst, ann, 80)
    allocate(other, staffing.add_role(other, {"name": "Spy"}, actor=SYSTEM)[0], ann, 57)
    page = manager.get(f"/projects/{project}/resources").text
    assert "137 % on 2-6 Mar: Analyst 80, other work 57" in page
    assert "Hidden merger" not in page
    assert "Spy" not in page
    assert '<td class="ld ld--over"' in page


def test_a_cell_opens_the_days_and_what_lies_behind_them(manager, project, analyst, ann):
    allocate(project, analyst, ann, 40)
    factories.task(project, "Cleanse addresses", owner_id=ann.id, duration_minutes=480)
    page = manager.get(f"/projects/{project}/resources?person={ann.id}&week=2026-03-02").text
    assert "Mon 2 Mar" in page
    assert "3.2 of 8 h" in page
    assert f"/projects/{project}/resources/allocations#line-" in page
    today = manager.get(f"/projects/{project}/resources?person={ann.id}&week=2026-02-16").text
    assert "Cleanse addresses" in today, "overdue work lies on today"


@pytest.mark.parametrize(
    "query",
    [
        "person=x&week=soon",
        "from=9999-99-99",
        "weeks=-4",
        "show=nobody",
        "person=1&week=2026-02-17",
        "from=0001-01-01",
        "from=9999-12-31",
    ],
)
def test_an_address_that_makes_no_sense_shows_the_page_anyway(manager, project, analyst, ann, query):
    allocate(project, analyst, ann, 40)
    assert manager.get(f"/projects/{project}/resources?{query}").status_code == 200


def test_days_off_are_shown_without_their_reason(manager, project, analyst, ann):
    allocate(project, analyst, ann, 40)
    absences.add_absence(ann.id, Span(MONDAY, FRIDAY), "sickness", actor=SYSTEM)
    page = manager.get(f"/projects/{project}/resources?person={ann.id}&week=2026-03-02").text
    assert "day off" in page
    assert "ickness" not in page


def test_rows_can_be_narrowed(manager, project, analyst, ann):
    allocate(project, analyst, ann, 40)
    allocate(project, staffing.add_role(project, {"name": "Trainer"}, actor=SYSTEM)[0], None, 40)

    def names(show):
        page = manager.get(f"/projects/{project}/resources?show={show}").text
        return [name for name in ("Ann Berg", "Trainer") if f'class="lmap__n" dir="auto">{name}' in page]

    assert names("all") == ["Ann Berg", "Trainer"]
    assert names("open") == ["Trainer"]
    assert names("over") == []


def test_somebody_is_allocated_and_the_range_of_the_role_is_minded(manager, project, analyst, ann):
    answer = manager.post(f"/projects/{project}/resources/allocations/new", data=sent(analyst, ann.id, percent=80))
    assert answer.status_code == 303
    page = manager.get(f"/projects/{project}/resources/allocations").text
    assert "outside the usual 25-50 %" in page
    assert "One share lies outside the range of its role." in page


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"percent": "130"}, "More than 100 % of a full day is not possible."),
        ({"percent": "0"}, "Give 1 to 100 %"),
        ({"percent": "half"}, "Not a valid integer value."),
        ({"first": "2026-03-09"}, "lies before the first"),
        ({"last": "2029-03-09"}, "more than a year outside the project"),
        ({"first": "soon"}, "Not a valid date value."),
        ({"last": ""}, "Give the last day."),
        ({"person_id": "99999"}, "There is no such person."),
        ({"person_id": "Ann"}, "That is none of the choices."),
        ({"role_id": "99999"}, "There is no such role in this project."),
        ({"role_id": "x"}, "That is none of the choices."),
        ({"person_id": "new", "name": " "}, "Give the person a name."),
        ({"note": "x" * 301}, "longer than 300"),
    ],
)
def test_what_is_not_possible_is_said_and_what_was_typed_stays(manager, project, analyst, values, sentence):
    answer = manager.post(f"/projects/{project}/resources/allocations/new", data=sent(analyst, note="mine") | values)
    assert answer.status_code == 422
    assert sentence in answer.text
    for name in ("first", "last", "percent", "note"):
        typed = str((sent(analyst, note="mine") | values)[name])
        assert not typed or f'value="{typed}"' in answer.text
    assert queries.allocations(project) == []


def test_somebody_from_outside_is_added_by_name_and_company(manager, project, analyst):
    values = sent(analyst, "new", name="Uma Berg", company="Vendor AB")
    assert manager.post(f"/projects/{project}/resources/allocations/new", data=values).status_code == 303
    page = manager.get(f"/projects/{project}/resources").text
    assert "external, Vendor AB" in page


def test_a_line_is_changed_and_removed_and_comes_back(manager, project, analyst, ann):
    number = allocate(project, analyst, ann, 40)
    address = f"/projects/{project}/resources/allocations/{number}"
    assert 'value="40"' in manager.get(address).text
    assert manager.post(address, data=sent(analyst, ann.id, percent=45)).status_code in {303, 409}
    page = manager.post(f"{address}/remove", follow_redirects=True).text
    assert "Removed." in page
    assert "/undo/" in page


def test_two_who_change_a_line_see_both_versions(manager, project, analyst, ann):
    number = allocate(project, analyst, ann, 40)
    address = f"/projects/{project}/resources/allocations/{number}"
    base = manager.get(address).text.split('name="base"')[1].split('value="')[1].split('"')[0]
    first = sent(analyst, ann.id, percent=45, base=base)
    assert manager.post(address, data=first).status_code == 303
    answer = manager.post(address, data=first | {"percent": 30})
    assert answer.status_code == 409
    assert "45 %. Saving again replaces that." in answer.text
    again = answer.text.split('name="base"')[1].split('value="')[1].split('"')[0]
    assert manager.post(address, data=first | {"percent": 30, "base": again}).status_code == 303
    assert queries.allocation(project, number).percent == 30


def test_a_role_is_filled_from_its_row(manager, project, analyst, ann):
    allocate(project, analyst, None, 40)
    factories.task(project, role_id=analyst)
    page = manager.get(f"/projects/{project}/resources/roles/{analyst}/fill").text
    assert "One allocation from today on goes to whom you choose." in page
    assert "One open task of the role belongs to nobody." in page
    bad = manager.post(f"/projects/{project}/resources/roles/{analyst}/fill", data={"person_id": ""})
    assert (bad.status_code, "Choose who fills the role." in bad.text) == (422, True)
    done = manager.post(
        f"/projects/{project}/resources/roles/{analyst}/fill", data={"person_id": ann.id, "with_tasks": "y"}
    )
    assert done.status_code == 303
    assert queries.allocations(project)[0].person == "Ann Berg"
    assert queries.open_tasks(analyst) == 0


def test_other_projects_lines_and_roles_are_not_found(manager, project, analyst):
    other = factories.project("Other")
    line = allocate(other, staffing.add_role(other, {"name": "Spy"}, actor=SYSTEM)[0], None, 40)
    assert manager.get(f"/projects/{project}/resources/allocations/{line}").status_code == 404
    assert manager.get(f"/projects/{project}/resources/roles/9999/fill").status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_load_as_a_file(manager, project, analyst, ann, kind):
    allocate(project, analyst, ann, 40)
    answer = manager.get(f"/projects/{project}/resources?format={kind}&from=2026-03-02")
    sheet = read(answer.data)
    assert len(sheet.rows) == 14
    first = dict(zip(sheet.rows[0].cells, sheet.rows[1].cells, strict=True))
    assert (first["Person"], str(first["Load %"]), first["Because"]) == ("Ann Berg", "40", "Analyst 40")


def test_load_across_projects_is_for_those_who_plan(client, project, analyst, ann):
    allocate(project, analyst, ann, 40)
    member = factories.sign_in(client, factories.person(projects={project: "member"}))
    assert member.get("/resources").status_code == 403
    assert ">Resources<" not in member.get("/").text
    chief = factories.sign_in(client, factories.administrator())
    page = chief.get("/resources").text
    assert "Ann Berg" in page
    assert "1 project" in page


def test_a_member_reads_and_changes_nothing(client, project, analyst, ann):
    allocate(project, analyst, ann, 40)
    member = factories.sign_in(client, factories.person(projects={project: "member"}))
    page = member.get(f"/projects/{project}/resources").text
    assert "Ann Berg" in page
    assert "Allocate" not in page.replace("Allocations", "")
    assert "Remove" not in member.get(f"/projects/{project}/resources/allocations").text


def test_hostile_names_are_shown_as_text(manager, project, ann):
    role = staffing.add_role(project, {"name": "<script>alert(1)</script>"}, actor=SYSTEM)[0]
    allocate(project, role, None, 40)
    for place in ("", "/allocations", f"/roles/{role}/fill", "/allocations/new"):
        assert "<script>alert(1)" not in manager.get(f"/projects/{project}/resources{place}").text


def test_the_page_takes_few_statements(manager, project, analyst, ann, asked):
    allocate(project, analyst, ann, 80)
    with asked() as seen:
        manager.get(f"/projects/{project}/resources")
    assert len(seen) <= 20
