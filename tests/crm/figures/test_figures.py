"""Figures from outside: nothing is guessed, a correction keeps what stood there, and every value has its proof."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from crm.figures import queries, rules, service
from crm.figures.models import FigureValue
from crm.figures.rules import Entry, Line, SeriesData
from infra import sheets
from infra.database import db
from infra.undo.service import undo
from kernel.errors import NotFound, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

TODAY = NOW.date()
WEEK = date(2026, 2, 9)


@pytest.fixture
def nadia(app):
    return factories.crm_role(factories.person("Nadia"), "marketing-specialist")


@pytest.fixture
def visits(nadia):
    return service.define(SeriesData("Website visits", "visits", "Web statistics", "week", nadia.id), actor=nadia)[0]


@pytest.fixture
def browser(client, nadia):
    return factories.sign_in(client, nadia)


def kept(series, value, *, by, day=WEEK, proof="Report of Monday"):
    return service.enter(series, Entry(day, Decimal(value)), proof, actor=by, now=NOW, today=TODAY)


def table(text: str) -> list[Line]:
    sheet = sheets.read(text.encode())
    return rules.lines_of(sheet.heads, [(row.number, row.cells) for row in sheet.rows[1:]])


@given(st.dates(date(2001, 1, 1), TODAY))
def test_every_day_of_a_week_means_its_monday(day):
    found = rules.check_day(rules.WEEK, day, TODAY)
    assert found.isoweekday() == 1
    assert timedelta() <= day - found < timedelta(days=7)
    assert rules.read_day(rules.WEEK, "{}-W{:02}".format(*day.isocalendar()), TODAY) == found


@pytest.mark.parametrize(
    "typed", ["03/04/2025", "2026-W99", "2027-01-01", "soon", "", "1999-01-01", "<b>", "9" * 10_000]
)
def test_a_day_that_is_doubtful_to_come_or_none_is_refused(typed):
    with pytest.raises(RuleBroken):
        rules.read_day(rules.DAY, typed, TODAY)


@pytest.mark.parametrize(
    ("typed", "value"), [("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("0", "0"), ("-3", "-3")]
)
def test_a_number_is_read_as_people_write_it(typed, value):
    assert rules.read_value(typed) == Decimal(value)


@pytest.mark.parametrize("typed", ["1.234", "many", "", "=1+1", "1e9", "NaN", "٣x"])
def test_a_number_that_can_be_read_in_two_ways_or_in_none_is_refused(typed):
    with pytest.raises(RuleBroken):
        rules.read_value(typed)


def test_a_file_is_asked_about_once_where_its_days_are_doubtful():
    lines = table("Day;Value\n03/04/2025;10\n04/04/2025;1.234\n")
    asked = rules.read_lines(lines, rules.DAY, TODAY)
    assert set(asked.dates) == {"DD/MM/YYYY", "MM/DD/YYYY"}
    assert set(asked.decimals) == {",", "."}
    assert [each.number for each in asked.wrong] == [2, 3]
    read = rules.read_lines(lines, rules.DAY, TODAY, "DD/MM/YYYY", ",")
    assert [(each.day, each.value) for _row, each in read.entries] == [
        (date(2025, 4, 3), Decimal(10)),
        (date(2025, 4, 4), Decimal(1234)),
    ]


def test_a_week_that_comes_twice_is_wrong():
    read = rules.read_lines(table("week,value\n2026-W06,1\n2026-02-04,2\n"), rules.WEEK, TODAY)
    assert [(each.number, each.problem.params["row"]) for each in read.wrong] == [(3, 2)]


@pytest.mark.parametrize("text", ["a,b,c\n1,2,3\n", "day\n2026-01-01\n"])
def test_a_file_without_its_columns_says_which_are_needed(text):
    with pytest.raises(RuleBroken, match="column"):
        table(text)


def test_a_correction_keeps_what_stood_there_and_can_be_undone(nadia, visits):
    kept(visits, "4310", by=nadia)
    assert kept(visits, "4310", by=nadia)[0] == 0
    count, work = kept(visits, "4410", by=nadia, proof="https://example.org/report")
    assert count == 1
    assert [each.value for each in queries.values(visits)] == [Decimal(4410)]
    assert [(each.value, each.by) for each in queries.corrected(visits)[WEEK]] == [(Decimal(4310), "Nadia")]
    undo(work.transaction_id, actor=nadia)
    assert [each.value for each in queries.values(visits)] == [Decimal(4310)]
    assert queries.corrected(visits) == {}


def test_a_value_needs_a_proof_and_a_series_that_goes_on(nadia, visits):
    with pytest.raises(RuleBroken):
        kept(visits, "1", by=nadia, proof="  ")
    service.alter(visits, SeriesData("Website visits", ended=True), actor=nadia)
    with pytest.raises(RuleBroken):
        kept(visits, "1", by=nadia)


def test_days_do_not_become_weeks_and_names_are_told_apart(nadia, visits):
    kept(visits, "1", by=nadia)
    with pytest.raises(RuleBroken):
        service.alter(visits, SeriesData("Website visits", period="day"), actor=nadia)
    with pytest.raises(RuleBroken):
        service.define(SeriesData("website  VISITS"), actor=nadia)
    with pytest.raises(NotFound):
        kept(999, "1", by=nadia)


def test_a_file_is_proof_for_those_who_read_figures(client, browser, visits):
    sent = {"day": "2026-W07", "value": "4.310,00", "proof": "", "file": (io.BytesIO(b"visits: 4310"), "proof.txt")}
    answer = browser.post(f"/crm/figures/{visits}/values", data=sent)
    assert answer.status_code == 303, answer.text
    page = browser.get(f"/crm/figures/{visits}").text
    assert "4,310 visits in 2026-W07" in page
    number = queries.values(visits)[0].files[0][0]
    with browser.get(f"/files/{number}") as file:
        assert file.data == b"visits: 4310"
    agent = factories.crm_role(factories.person(), "service-agent")
    assert factories.sign_in(client, agent).get(f"/files/{number}").status_code == 404


def test_a_file_is_looked_at_before_it_is_taken_in(browser, visits):
    content = b"\xef\xbb\xbfweek,value\n2026-W05,10\n2026-W06,20\n"
    seen = browser.post(f"/crm/figures/{visits}/preview", data={"file": (io.BytesIO(content), "visits.csv")})
    assert seen.status_code == 200
    assert "2 are new" in seen.text
    assert db.session.scalar(select(FigureValue.id)) is None
    lines = "2\t2026-W05\t10\n3\t2026-W06\t20"
    taken = browser.post(f"/crm/figures/{visits}/import", data={"lines": lines, "proof": "visits.csv"})
    assert taken.status_code == 303
    assert [int(each.value) for each in queries.values(visits)] == [20, 10]
    exported = browser.get(f"/crm/figures/{visits}/export").text
    assert "2026-02-02,20" in exported


def test_nothing_is_taken_in_while_a_row_is_doubtful(browser, visits):
    lines = {"lines": "2\t03/04/2025\t10\n3\t2026-W06\t<b>", "proof": "x"}
    page = browser.post(f"/crm/figures/{visits}/import", data=lines)
    assert page.status_code == 422
    assert "Which is meant?" in page.text
    assert browser.post(f"/crm/figures/{visits}/import", data={**lines, "again": "1"}).status_code == 200
    assert db.session.scalar(select(FigureValue.id)) is None


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("", {"name": ""}),
        ("", {"name": "x" * 10_000}),
        ("", {"name": "Visits", "period": "year"}),
        ("", {"name": "Visits", "owner_id": "999"}),
        ("/{}", {"name": ""}),
        ("/{}/values", {"day": "03/04/2025", "value": "1", "proof": "x"}),
        ("/{}/values", {"day": "2026-02-09", "value": "=1+1", "proof": "x"}),
        ("/{}/values", {"day": "2026-02-09", "value": "1", "proof": ""}),
        ("/{}/values", {"day": "2026-02-09", "value": "1", "proof": "x" * 10_000}),
        ("/{}/preview", {}),
        ("/{}/preview", {"file": (io.BytesIO(b"%PDF-1.7"), "a.pdf")}),
        ("/{}/import", {"lines": "", "proof": "x"}),
        ("/{}/import", {"lines": "2\t2026-W06\t1", "proof": ""}),
    ],
)
def test_bad_input_is_said_beside_its_field(browser, visits, path, data):
    assert browser.post(f"/crm/figures{path.format(visits)}", data=data).status_code == 422


def test_hostile_words_stay_words(browser, nadia, visits):
    kept(visits, "5", by=nadia, proof="=HYPERLINK(1)<script>javascript:alert(1)")
    page = browser.get(f"/crm/figures/{visits}").text
    assert "&lt;script&gt;javascript:alert(1)" in page
    assert "'=HYPERLINK" in browser.get(f"/crm/figures/{visits}/export").text


def test_what_is_missing_is_said(browser, nadia, visits):
    kept(visits, "5", by=nadia, day=date(2026, 1, 26))
    page = browser.get(f"/crm/figures/{visits}").text
    assert "2 values are missing" in page
    assert browser.get("/crm/figures").status_code == 200
