"""The portfolio as people open it."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from kernel.actor import SYSTEM
from roadmap.projects import service as projects
from tests import factories
from tests.fixtures.app import NOW

MOST_STATEMENTS = 33
"""However many roll-outs there are; load takes five of them, risks five, money and value ten, calendars two."""
HOSTILE = "=cmd|' /C calc'!A0 <img src=x onerror=alert(1)>"


@pytest.fixture
def browse(places):
    def open_as(who):
        return factories.sign_in(places.test_client(), who)

    return open_as


def filled(name, **more):
    made = factories.project(name, **more)
    factories.task(made, "Audit every source", duration_minutes=480)
    factories.task(made, "Go-live", type="milestone", is_go_live=True)
    return made


def test_many_roll_outs_take_no_more_statements_than_one(browse, asked):
    ours = [filled(f"Roll-out {number}", target_go_live=date(2026, 3, 3)) for number in range(8)]
    one = browse(factories.person(projects={ours[0]: "manager"}))
    all_of_them = browse(factories.person(projects=dict.fromkeys(ours, "manager")))
    for each in (one, all_of_them):
        each.get("/notices")  # the first request after half an hour is kept as a sign-in
    with asked() as few:
        assert one.get("/").status_code == 200
    with asked() as many:
        assert all_of_them.get("/").text.count('<th scope="row">') == 8
    assert len(few) == len(many) <= MOST_STATEMENTS, "\n".join(many)


def test_another_project_is_in_no_line_no_count_no_picture_and_no_file(browse):
    ours, _theirs = filled("Ours"), filled("Theirs")
    browser = browse(factories.person(projects={ours: "manager"}))
    page = browser.get("/")
    assert "Theirs" not in page.text
    assert "1 roll-out<" in page.text
    assert b"Theirs" not in browser.get("/?format=csv").data
    assert "Theirs" not in browser.get("/?q=heirs").text


def test_the_administrator_sees_all(browse):
    filled("Ours")
    filled("Theirs")
    page = browse(factories.administrator()).get("/").text
    assert "Ours" in page
    assert "Theirs" in page


def test_nobody_has_a_roll_out_yet(browse):
    page = browse(factories.person()).get("/").text
    assert "Your roll-outs will stand here" in page
    assert "New roll-out" in page
    assert "Import a plan" in page


def test_archived_roll_outs_come_when_they_are_asked_for(browse):
    kept, away = filled("Kept"), filled("Put away")
    projects.archive(away, actor=SYSTEM, now=NOW)
    browser = browse(factories.person(projects={kept: "manager", away: "manager"}))
    assert "Put away" not in browser.get("/").text
    assert "1 archived roll-out" in browser.get("/").text
    found = browser.get("/?state=archived").text
    assert "Put away" in found
    assert 'dir="auto">Kept</a>' not in found


def test_a_filter_that_nothing_fits_says_so(browse):
    ours = filled("Ours")
    page = browse(factories.person(projects={ours: "manager"})).get("/?health=green").text
    assert "Nothing fits these filters" in page


def test_the_file_holds_the_lines_and_runs_nothing(browse):
    ours = filled(HOSTILE)
    browser = browse(factories.person("Priya Nair", projects={ours: "manager"}))
    book = load_workbook(BytesIO(browser.get("/?format=xlsx").data))
    heads, row = list(book.active.values)
    assert heads[0] == "Roll-out"
    assert row[0] == f"'{HOSTILE}"
    assert "<img src=x" not in browser.get("/").text


def test_a_held_milestone_waits_for_whoever_manages_it_alone(browse, add_item):
    ours = filled("Ours")
    gate = factories.task(ours, "Data signed off", type="milestone")
    add_item(ours, "Counts agree", guards_id=gate, required=True)
    words = "1 required item is open"
    assert words in browse(factories.person(projects={ours: "manager"})).get("/").text
    assert words not in browse(factories.person(projects={ours: "member"})).get("/").text


def test_own_late_work_waits_too(browse):
    ours = filled("Ours")
    who = factories.person(projects={ours: "member"})
    factories.task(ours, "Mine", duration_minutes=480, owner_id=who.id)
    page = browse(who).get("/").text
    assert "1 overdue" in page
    assert f"/my-work?project={ours}" in page


def test_a_visitor_who_posts_without_a_session_lands_on_the_portfolio_after_signing_in(places):
    answer = places.test_client().post("/undo/1")
    assert answer.location.startswith("/sign-in")
