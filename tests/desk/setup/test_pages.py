"""The page of a new roll-out: dates before one confirms, errors beside fields, nothing typed is lost."""

import re
from datetime import date

import pytest
from flask import url_for

from kernel.actor import SYSTEM
from roadmap.projects import queries as projects
from tests import factories

FORM = {
    "name": "Europe launch",
    "start": "2026-03-02",
    "target_go_live": "",
    "template": "crm-90-day",
    "country": "",
    "subdivision": "",
    "timezone": "UTC",
    "purpose": "",
}


def roles(**people):
    keys = ("project-manager", "crm-administrator", "data-migration-specialist", "training-coordinator", "end-users")
    return {f"role:{key}": str(people.get(key.replace("-", "_"), "")) for key in keys}


def send(browser, address="/projects/new", headers=None, **more):
    return browser.post(address, data=FORM | roles() | more, headers=headers or {})


def test_the_page_opens_with_next_monday_and_its_dates(browser):
    page = browser.get("/projects/new")
    assert page.status_code == 200
    assert 'value="2026-02-23"' in page.text
    assert "Go-live" in page.text
    assert page.text.count('name="role:') == 5
    assert "20-100 %" in page.text


def test_create_leads_to_the_project_with_a_toast(app, browser):
    answer = send(browser)
    [project] = projects.visible(SYSTEM)
    with app.test_request_context():
        overview = url_for("overview.page", project_id=project.id)
    assert (answer.status_code, answer.location) == (303, overview)
    assert (project.name, project.start, project.template) == ("Europe launch", date(2026, 3, 2), "crm-90-day")
    with browser.session_transaction() as session:
        assert "Europe launch" in str(session["_flashes"])


def test_show_dates_stores_nothing_and_keeps_what_was_typed(browser):
    page = send(browser, "/projects/new/dates", name="", target_go_live="2026-04-01", purpose="One <b>list</b>")
    assert page.status_code == 200
    assert "days later than the target" in page.text
    assert "One &lt;b&gt;list&lt;/b&gt;" in page.text
    assert projects.visible(SYSTEM) == []


def test_a_changed_field_brings_only_the_dates(browser):
    part = send(browser, "/projects/new/dates", {"HX-Request": "true"}, country="BE", parts_of="BE")
    assert "<html" not in part.text
    assert "Easter Monday" in part.text
    assert "hx-swap-oob" not in part.text


def test_another_country_brings_its_parts(browser):
    part = send(browser, "/projects/new/dates", {"HX-Request": "true"}, country="DE", parts_of="BE", subdivision="X")
    assert 'hx-swap-oob="true"' in part.text
    assert '<option value="BY">' in part.text
    assert "Go-live" in part.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Give the roll-out a name."),
        ({"name": "   "}, "name"),
        ({"name": "x" * 201}, "200"),
        ({"start": ""}, "Give the first day"),
        ({"start": "31/31/2026"}, "Not a valid date"),
        ({"target_go_live": "2026-03-01"}, "after the start"),
        ({"target_go_live": "soon"}, "Not a valid date"),
        ({"start": "0001-01-01"}, "1990"),
        ({"start": "9999-12-31"}, "1990"),
        ({"country": "ZZ"}, "Not a valid choice"),
        ({"timezone": "Moon/Base"}, "Not a valid choice"),
        ({"template": "../../etc"}, "Not a valid choice"),
        ({"role:project-manager": "4711"}, "Not a valid choice"),
        ({"role:project-manager": "x"}, "Invalid Choice"),
        ({"purpose": "x" * 20_001}, "20000"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(browser, typed, said):
    answer = send(browser, **{"purpose": "Kept words", **typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert "purpose" in typed or "Kept words" in answer.text
    assert 'class="field__err"' in answer.text or "field--bad" in answer.text
    assert projects.visible(SYSTEM) == []


@pytest.mark.parametrize(
    "typed",
    [{"start": ""}, {"start": "9999-12-31"}, {"target_go_live": "2026-01-01"}, {"country": "ZZ"}],
)
def test_the_dates_of_a_wrong_form_say_what_is_missing(browser, typed):
    part = send(browser, "/projects/new/dates", {"HX-Request": "true"}, **typed)
    assert part.status_code == 200
    assert "as soon as" in part.text


def test_a_start_in_the_past_is_allowed_with_a_note(browser):
    assert "The first day has passed" in send(browser, "/projects/new/dates", start="2026-01-05").text
    assert send(browser, start="2026-01-05").status_code == 303


def test_a_start_on_a_weekend_is_explained(browser):
    assert "Nobody works on Saturday 7 March 2026" in send(browser, "/projects/new/dates", start="2026-03-07").text


def test_a_part_of_another_country_is_dropped(browser):
    assert send(browser, country="BE", subdivision="BY").status_code == 303


def test_hostile_words_are_text(browser):
    bad = "<script>alert(1)</script>\"'{{7*7}}"
    factories.person(bad)
    page = send(browser, name=bad, start="", purpose=bad)
    assert "<script>alert(1)" not in page.text
    assert "{{7*7}}" in page.text


def test_people_are_chosen_for_roles(browser):
    jonas = factories.person("Jonas Weber")
    assert send(browser, **roles(end_users=jonas.id)).status_code == 303


def test_nothing_in_the_page_is_inline(browser):
    page = browser.get("/projects/new").text
    assert not re.search(r'\sstyle="|\son\w+="', page)
