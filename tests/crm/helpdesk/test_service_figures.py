"""Figures of service: clocks as they ran, first contacts, promises kept, and what customers answered."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import event

from accounts.teams.queries import teams
from crm.access.queries import access_of
from crm.counts.rules.cells import Ask, Cell
from crm.counts.rules.windows import Window
from crm.dashboards import queries as boards
from crm.dashboards.queries import Choice
from crm.dashboards.rules.boards import board
from crm.dashboards.rules.changes import moved
from crm.kpis import queries as kpis
from crm.kpis.rules.definitions import KPIS, kpi
from crm.kpis.rules.measures import beside_of, ninetieth, value_of
from crm.modules import service as modules
from crm.objects.rules.catalogue import Module
from crm.records import service as records
from crm.records.models import Ticket
from crm.surveys.models import Survey, SurveyAnswer, SurveyQuestion, SurveyResponse
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures.app import NOW

MONDAY = datetime(2026, 2, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOST_STATEMENTS = 7
"""That count all figures of service, six drawings and three tables of one page: one for each figure that has clocks or
answers, one for those that count tickets."""
FEBRUARY = Window(date(2026, 2, 1), date(2026, 2, 18), NOW, UTC)


@pytest.fixture
def everything(app):
    return access_of(SYSTEM)


def ticket(answered=None, solved=None, *, at=MONDAY, by=SYSTEM, **values):
    """A critical ticket, whose clocks run around the clock: answered and solved so many hours after it came."""
    number = factories.record("ticket", by=by, at=at, severity="critical", impact="organisation")
    changes = [(answered, {"first_response_at": at + (answered or 0) * HOUR})] * (answered is not None)
    changes += [(solved, {"state": "resolved"})] * (solved is not None)
    for hours, change in changes:
        with transaction(SYSTEM, "record.changed", at=at + hours * HOUR) as work:
            row = db.session.get(Ticket, number)
            records.change_many(work, "ticket", [(row, {**change, **values})], now=at + hours * HOUR)
    return number


def measure(key, access, window=FEBRUARY, **chosen):
    return kpis.measure(key, window, access, **chosen)


def test_the_vectors_of_first_contact_and_satisfaction():
    of_500 = Cell(None, Decimal(300), Decimal(400), 500)
    assert value_of(kpi("fcr"), of_500) == Decimal("0.75")
    assert beside_of(kpi("fcr"), of_500)[0].value == Decimal("0.6")
    assert value_of(kpi("csat"), Cell(None, Decimal(7), Decimal(10), 10)) == Decimal("0.7")
    assert value_of(kpi("nps"), Cell(None, Decimal(4 - 3), Decimal(10), 10)) == Decimal(10)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [([1], "1.00"), ([1, 2], "2.00"), (list(range(1, 21)), "18.00"), (list(range(1, 12)), "10.00")],
)
def test_the_90th_percentile_is_one_of_the_values(values, wanted):
    assert ninetieth([Decimal(each) for each in values]) == Decimal(wanted)


def test_answers_and_solutions_take_the_hours_of_the_clock(everything):
    for hours in (1, 1, 2, 3, 10):
        ticket(hours, 2 * hours)
    first, solved = measure("first-response", everything), measure("resolution", everything)
    assert (first.value, first.n, first.beside[0].value) == (Decimal(2), 5, Decimal(10))
    assert (solved.value, solved.n, solved.beside[0].value) == (Decimal(4), 5, Decimal(20))


def test_a_pause_takes_no_time(everything):
    for _each in range(5):
        number = ticket(1)
        records.change("ticket", number, {"state": "waiting"}, actor=SYSTEM, now=MONDAY + 2 * HOUR)
        records.change("ticket", number, {"state": "in-progress"}, actor=SYSTEM, now=MONDAY + 12 * HOUR)
        records.change("ticket", number, {"state": "resolved"}, actor=SYSTEM, now=MONDAY + 13 * HOUR)
    assert measure("resolution", everything).value == Decimal(3)


def test_open_and_past_due_is_broken(everything):
    """Promised are an answer in 2 hours and a solution in 24."""
    for _each in range(4):
        ticket(1, 10)
    ticket(3, 30)
    ticket()
    found = measure("sla-met", everything)
    assert (found.numerator, found.denominator, found.n) == (8, 12, 12)
    by = dict(kpis.segments("sla-met", FEBRUARY, everything, "measure"))
    assert (by["response"].numerator, by["response"].denominator) == (4, 6)
    fresh = Window(FEBRUARY.since, FEBRUARY.until, MONDAY + HOUR, UTC)
    assert measure("sla-met", everything, fresh).denominator == 10


def test_first_contact_is_one_answer_and_no_return(everything):
    for touches in (0, 1, 1, 2):
        ticket(1, 2, touches=touches)
    ticket(1, 2, touches=1, reopened=1)
    ticket(1, 2, touches=3, one_touch_excluded=True)
    found = measure("fcr", everything)
    assert (found.numerator, found.denominator, found.n) == (3, 5, 6)
    assert found.value is None
    for _each in range(4):
        ticket(1, 2, touches=1)
    assert measure("fcr", everything).value == Decimal("0.777778")


def test_weeks_segments_and_the_whole_are_the_same_tickets(everything):
    for week in range(3):
        for number in range(week + 1):
            ticket(1 + number, 3, at=MONDAY - timedelta(weeks=week))
    weeks = [MONDAY.date() - timedelta(weeks=week) for week in (2, 1, 0)]
    window = FEBRUARY.between(weeks[0], FEBRUARY.until)
    for key in ("tickets", "first-response", "resolution", "sla-met", "fcr"):
        by_week = [each.n for each in kpis.weekly(key, weeks, window, everything)]
        assert sum(by_week) == measure(key, everything, window).n
        for by in KPIS[key].segments:
            assert sum(each.n for _segment, each in kpis.segments(key, window, everything, by)) == sum(by_week), by
    asks = [
        Ask("resolution", window),
        Ask("resolution", FEBRUARY, "queue_id"),
        Ask("resolution", window, weeks=tuple(weeks)),
    ]
    found = kpis.together(asks, everything)
    assert [found.measure(each).n for each in asks] == [6, 1, 6]


def test_each_counts_the_tickets_that_they_see(app):
    north = factories.team("North")
    boss = factories.crm_role(factories.person("Leila"), "service-manager", north, leads=True)
    agent = factories.crm_role(factories.person("Ana"), "service-agent", north)
    other = factories.crm_role(factories.person("Sune"), "service-agent", factories.team("South"))
    seller = factories.crm_role(factories.person("Oskar"), "sales-representative", north)
    for who in (agent, agent, other):
        ticket(1, 2, by=who)
    assert measure("tickets", access_of(SYSTEM)).n == 3
    assert measure("tickets", access_of(boss)).n == measure("resolution", access_of(boss)).n
    assert measure("resolution", access_of(seller)).n == 0
    named = {each.id: each.name for each in teams()}
    assert named[north] == "North"
    for key in ("tickets", "first-response", "resolution", "sla-met", "fcr"):
        kind, query = kpis.records(key, FEBRUARY, access_of(boss))
        assert kind == "ticket"
        assert len(db.session.scalars(query).all()) == measure("tickets", access_of(boss)).n


def answered(values, kind):
    with transaction(SYSTEM, "survey.made") as work:
        survey = Survey(name="Customers", audience="contacts", created_at=NOW, opened_at=NOW)
        work.session.add(survey)
        work.session.flush()
        question = SurveyQuestion(survey_id=survey.id, position=1, kind=kind, text="How satisfied are you?")
        work.session.add(question)
        work.session.flush()
        for value in values:
            response = SurveyResponse(survey_id=survey.id, day=NOW.date())
            work.session.add(response)
            work.session.flush()
            work.session.add(SurveyAnswer(response_id=response.id, question_id=question.id, value=value))


def test_satisfaction_is_what_customers_answered(everything):
    answered((5, 5, 4, 4, 3, 2, 5, 1, 4, 4), "csat")
    answered((10, 10, 9, 9, 8, 7, 7, 6, 3, 0), "nps")
    csat, nps = measure("csat", everything), measure("nps", everything)
    assert (csat.value, csat.n) == (Decimal("0.7"), 10)
    assert (nps.value, nps.numerator, nps.n) == (Decimal(10), 1, 10)
    assert moved(kpi("nps"), nps, measure("nps", everything, FEBRUARY.before())) is None


@pytest.fixture
def statements(app):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def test_the_dashboard_of_service_asks_little_and_is_there_on_screen_paper_and_sheet(client, statements):
    boss = factories.crm_role(factories.person("Leila"), "service-manager", factories.team("North"), leads=True)
    for hours in range(1, 13):
        ticket(hours % 3 + 1, hours, by=boss, owner_id=boss.id)
    answered((5, 5, 4, 4, 3), "csat")
    access = access_of(boss)
    read = boards.read(board("service"), FEBRUARY, access, Choice())
    assert {each.kpi.key for each in read.figures} >= {"csat", "nps", "fcr", "first-response", "resolution", "sla-met"}
    assert [table.title for table in read.tables] == ["By agent", "By queue", "By category"]
    assert read.tables[0].rows[0][0] == "Leila"
    browser = factories.sign_in(client, boss)
    days = "since=2026-02-01&until=2026-02-18"
    statements.clear()
    page = browser.get(f"/crm/dashboards/service?{days}").text
    counted = [each for each in statements if "FROM crm_ticket" in each or "FROM crm_survey_answer" in each]
    assert len(counted) <= MOST_STATEMENTS
    assert "90th percentile" in page
    assert "By agent" in page
    assert browser.get(f"/crm/kpis/resolution?{days}&by=queue_id").status_code == 200
    assert browser.get(f"/crm/kpis/nps?{days}").status_code == 200
    book = load_workbook(BytesIO(browser.get(f"/crm/dashboards/service.xlsx?{days}").data))
    assert any(str(row[0]).startswith("By agent: Leila") for row in book.active.iter_rows(values_only=True))


def test_without_the_module_there_is_no_dashboard_of_service(client):
    seller = factories.crm_role(factories.person(), "sales-manager", factories.team("North"))
    browser = factories.sign_in(client, seller)
    modules.switch(Module.SERVICE, on=False, actor=SYSTEM)
    assert browser.get("/crm/dashboards/service").status_code == 404
