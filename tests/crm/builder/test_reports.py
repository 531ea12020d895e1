"""Reports that people build: who finds one, how it is built, opened, taken out and sent."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from crm.access.queries import access_of
from crm.builder import jobs, queries, service
from crm.builder.models import BuiltReport
from crm.builder.rules.rhythm import Every, Form, Rhythm, check_rhythm, due, last_turn, next_turn
from crm.fields.events import MayDropField
from crm.reporting.rules.definition import Definition, Group
from infra.database import db
from infra.mail.models import Mail
from infra.transaction import transaction
from infra.undo.service import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, Refused, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

BY_SOURCE = Definition("lead", (Group("source"),))


@pytest.mark.parametrize(
    ("rhythm", "last", "following"),
    [
        (Rhythm(Every.DAY, 0, "07:30", Form.PDF), "2026-02-18T07:30", "2026-02-19T07:30"),
        (Rhythm(Every.DAY, 0, "23:00", Form.PDF), "2026-02-17T23:00", "2026-02-18T23:00"),
        (Rhythm(Every.WEEK, 4, "07:30", Form.PDF), "2026-02-13T07:30", "2026-02-20T07:30"),
        (Rhythm(Every.MONTH, 28, "07:30", Form.PDF), "2026-01-28T07:30", "2026-02-28T07:30"),
    ],
)
def test_turns_come_when_they_are_due(rhythm, last, following):
    now = datetime(2026, 2, 18, 9, tzinfo=UTC)
    assert last_turn(rhythm, now, UTC).isoformat("T", "minutes")[:16] == last
    assert next_turn(rhythm, now, UTC).isoformat("T", "minutes")[:16] == following


def test_a_turn_before_it_was_asked_for_or_long_over_is_left_out():
    weekly, now = Rhythm(Every.WEEK, 0, "07:30", Form.PDF), datetime(2026, 2, 16, 9, tzinfo=UTC)
    assert due(weekly, now - timedelta(days=9), now, UTC) == "2026-02-16"
    assert due(weekly, now, now, UTC) == ""
    assert due(weekly, now - timedelta(days=9), now + timedelta(days=3), UTC) == ""


@pytest.mark.parametrize(
    "sent",
    [
        ("hour", 0, 1, "07:30", "pdf"),
        ("week", 9, 1, "07:30", "pdf"),
        ("month", 0, 31, "07:30", "pdf"),
        ("day", 0, 1, "soon", "pdf"),
        ("day", 0, 1, "25:00", "pdf"),
        ("day", 0, 1, "07:30", "exe"),
    ],
)
def test_a_timetable_that_is_none_is_refused(sent):
    with pytest.raises(RuleBroken):
        check_rhythm(*sent)


def build(who, asked=BY_SOURCE, shared="nobody", name="Leads by source"):
    return service.build(name, "", asked, shared, actor=who, now=NOW)[0]


def test_who_finds_a_report(people):
    boss, mine, other = people
    private, team, everybody = (
        build(boss),
        build(boss, shared="team", name="Team"),
        build(other, shared="everybody", name="All"),
    )

    def found(who):
        return {row.report.id for row in queries.listed(access_of(who))}

    assert found(boss) == {private, team, everybody}
    assert found(mine) == {team, everybody}
    assert found(other) == {everybody}
    with pytest.raises(NotFound):
        queries.get(access_of(mine), private)
    with pytest.raises(Refused):
        service.remove(everybody, actor=mine)


def test_a_report_is_changed_deleted_and_undone(people):
    boss, *_rest = people
    number = build(boss)
    service.schedule(number, Rhythm(Every.WEEK, 0, "07:30", Form.PDF), [boss.id], actor=boss, now=NOW)
    work = service.remove(number, actor=boss)
    assert db.session.get(BuiltReport, number) is None
    undo(work.transaction_id, actor=boss)
    assert [each.person_id for each in queries.readers(number)] == [boss.id]
    changed = service.change(
        number, "Other", "Why", Definition("account", (Group("region"),)), "everybody", actor=boss, now=NOW
    )
    assert queries.get(access_of(boss), number).asked.object == "account"
    undo(changed.transaction_id, actor=boss)
    assert queries.get(access_of(boss), number).asked == BY_SOURCE


def test_each_reader_is_sent_what_they_may_see_once(people, leads):
    boss, mine, other = people
    agent = factories.crm_role(factories.person("Ana"), "service-agent")
    number = build(boss, Definition("lead", (Group("source"),), columns=("name", "source")))
    rhythm = Rhythm(Every.DAY, 0, "07:30", Form.XLSX)
    service.schedule(number, rhythm, [boss.id, mine.id, other.id, agent.id], actor=boss, now=NOW)
    service.receive(number, wanted=False, actor=other)
    later = datetime(2026, 2, 19, 9, tzinfo=UTC)
    assert jobs.send_reports(SYSTEM, later) == "2 sent"
    assert jobs.send_reports(SYSTEM, later + timedelta(minutes=5)) == ""
    mails = {each.recipient: each for each in db.session.scalars(select(Mail))}
    told = {each.name: each for each in queries.readers(number)}
    assert "figures" in told["Ana"].problem
    assert "4 leads" in next(each.text for each in mails.values() if "Jonas" in each.text)
    assert "3 leads" in next(each.text for each in mails.values() if "Oskar" in each.text)
    assert len(mails) == 2


@pytest.fixture
def browser(client, people):
    return factories.sign_in(client, people[0])


FORM = {
    "r-object": "lead",
    "r-name": "Leads by source",
    "r-shared": "everybody",
    "r-measure": "count",
    "r-first": "source",
    "r-chart": "bars",
}


def test_a_report_is_built_looked_at_and_opened(browser, leads):
    assert "What is it about?" in browser.get("/crm/reports/new").text
    assert "Told apart by" in browser.get("/crm/reports/new?object=lead&source=web").text
    looked = browser.post("/crm/reports/new", data={**FORM, "act": "look"})
    assert looked.status_code == 200
    assert "4 leads" in looked.text
    assert db.session.scalar(select(BuiltReport.id)) is None
    kept = browser.post(
        "/crm/reports/new", data={**FORM, "r-columns": ["name", "source"], "source": "web", "act": "save"}
    )
    assert kept.status_code == 303
    page = browser.get(kept.location).text
    assert "3 leads" in page
    assert "?first=web" in page
    assert "3 leads are behind it" in browser.get(f"{kept.location}/records?first=web").text
    assert browser.get(f"{kept.location}/edit").text.count("checked") >= 3
    assert browser.get("/crm/reports").text.count("Leads by source") == 1


@pytest.mark.parametrize(
    "sent",
    [
        {"r-first": "email"},
        {"r-first": "<script>"},
        {"r-first": ""},
        {"r-measure": "sum"},
        {"r-measure": "sum", "r-measured": "company"},
        {"r-name": ""},
        {"r-name": "x" * 10_000},
        {"r-shared": "world"},
        {"r-chart": "line"},
        {"r-period": "ages", "r-period_field": "created_at"},
        {"r-columns": ["tax_number"]},
        {"created_at_from": "soon"},
        {"source": "moon"},
    ],
)
def test_bad_input_is_said_and_kept(browser, sent):
    answer = browser.post("/crm/reports/new", data={**FORM, "act": "save", **sent})
    assert answer.status_code == 422, answer.text
    assert "one thing to mend" in answer.text or "things to mend" in answer.text
    assert "<script>" not in answer.text.replace("<script src", "")
    assert db.session.scalar(select(BuiltReport.id)) is None


@pytest.mark.parametrize(
    "query", ["first=%00", "first=99999999999999999999", "first=abc", "second=x&first=y", "page=-1", "period=x"]
)
def test_an_address_that_is_none_is_no_error(browser, people, leads, query):
    for asked in (
        BY_SOURCE,
        Definition("lead", (Group("owner_id"),)),
        Definition("lead", (Group("created_at", "day"),)),
    ):
        number = build(people[0], asked, name="x")
        assert browser.get(f"/crm/reports/{number}/records?{query}").status_code in (200, 422)
        assert browser.get(f"/crm/reports/{number}?{query}").status_code == 200


def test_a_report_that_can_not_be_read_says_so(browser, people):
    number = build(people[0])
    with transaction(SYSTEM, "crm_report.changed") as work:
        work.session.get(BuiltReport, number).asked = {"object": "lead", "groups": [{"field": "x_gone"}]}
    page = browser.get(f"/crm/reports/{number}").text
    assert "x_gone" in page
    assert "not there any more" in page
    assert browser.get(f"/crm/reports/{number}.xlsx").status_code == 422
    assert browser.get(f"/crm/reports/{number}/edit").status_code == 200
    assert "x_gone" in browser.get("/crm/reports").text


def test_groups_told_apart_twice_are_scrolled_by_keyboard(browser, people, leads):
    twice = build(people[0], Definition("lead", (Group("source"), Group("owner_id"))))
    box = 'tabindex="0" role="region" aria-label="Groups of the report, scrolls sideways"'
    assert browser.get(f"/crm/reports/{twice}").text.count(box) == 1
    assert box not in browser.get(f"/crm/reports/{build(people[0])}").text


def test_a_workbook_holds_only_what_may_be_taken_out(client, people, leads):
    boss, mine, _other = people
    number = build(boss, Definition("lead", (Group("source"),), columns=("name", "source")), "everybody")
    book = load_workbook(BytesIO(factories.sign_in(client, boss).get(f"/crm/reports/{number}.xlsx").data))
    assert book.sheetnames == ["Groups", "Leads", "About"]
    assert book["Groups"]["B2"].value == 3
    book = load_workbook(BytesIO(factories.sign_in(client, mine).get(f"/crm/reports/{number}.xlsx").data))
    assert book.sheetnames == ["Groups", "About"]


def test_hostile_names_stay_names(browser, people):
    name = "=HYPERLINK(1)<script>alert(1)</script>\u202e"
    number = build(people[0], name=name)
    assert "<script>alert" not in browser.get(f"/crm/reports/{number}").text
    book = load_workbook(BytesIO(browser.get(f"/crm/reports/{number}.xlsx").data))
    assert book["About"]["B2"].value.startswith("'=")


def test_a_timetable_is_set_on_the_page(browser, people):
    boss, mine, _other = people
    number = build(boss)
    sent = {
        "every": "week",
        "weekday": "0",
        "month_day": "1",
        "at": "7:30",
        "form": "pdf",
        "people": [str(mine.id)],
        "act": "send",
    }
    assert browser.post(f"/crm/reports/{number}/timetable", data=sent).status_code == 303
    assert "every Monday at 07:30" in browser.get("/crm/reports").text
    assert browser.post(f"/crm/reports/{number}/timetable", data={**sent, "at": "soon"}).status_code == 422
    assert browser.post(f"/crm/reports/{number}/timetable", data={**sent, "people": ["999"]}).status_code == 422
    assert browser.post(f"/crm/reports/{number}/timetable", data={"act": "stop"}).status_code == 303
    assert queries.get(access_of(boss), number).rhythm is None


def test_where_a_field_is_used_is_known(people):
    build(people[0], Definition("lead", (Group("source"),), filters="region=nordics", columns=("company",)))
    used = [
        [each.sentence for each in queries.using(MayDropField(kind, key, ""))]
        for kind, key in (
            ("lead", "source"),
            ("lead", "region"),
            ("lead", "company"),
            ("lead", "rating"),
            ("account", "region"),
        )
    ]
    assert used == [["The report “Leads by source”"]] * 3 + [[], []]
