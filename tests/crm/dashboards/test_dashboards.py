"""Dashboards: what they add up to, for whom, for which days, and the same on paper and as a table."""

from datetime import UTC, date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from accounts.teams.queries import teams
from crm.access.queries import access_of
from crm.counts.rules.periods import period
from crm.counts.rules.windows import Window
from crm.dashboards import charts, queries
from crm.dashboards.queries import Choice
from crm.dashboards.rules import boards
from crm.dashboards.rules.changes import Moved
from crm.kpis.rules.definitions import KPIS, Unit, kpi
from crm.modules import service as modules
from crm.objects.rules.catalogue import Module
from crm.records import queries as records
from crm.records import service
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("7-days", date(2026, 2, 12), TODAY),
        ("month", date(2026, 2, 1), TODAY),
        ("last-month", date(2026, 1, 1), date(2026, 1, 31)),
        ("quarter", date(2026, 1, 1), TODAY),
        ("last-quarter", date(2025, 10, 1), date(2025, 12, 31)),
        ("year", date(2026, 1, 1), TODAY),
        ("no such period", date(2025, 11, 21), TODAY),
    ],
)
def test_a_period_is_days(key, first, last):
    found = period(key, TODAY)
    assert (found.since, found.until) == (first, last)


def test_days_that_run_backwards_are_no_period():
    with pytest.raises(RuleBroken, match="before the first"):
        period("", TODAY, TODAY, TODAY - timedelta(days=1))


def test_every_panel_and_figure_is_one_that_is_kept():
    for board in boards.BOARDS.values():
        assert set(board.figures) <= set(KPIS)
        for panel in board.panels:
            assert set(panel.keys) <= set(KPIS)
            assert not panel.by or panel.by in kpi(panel.keys[0]).segments, panel.title
        for table in board.tables:
            assert any(table.by in kpi(key).segments for key in table.keys), table.title


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (None, Unit.SHARE, "unknown"),
        (Decimal("0.3712"), Unit.SHARE, "37 %"),
        (Decimal("0.0123"), Unit.SHARE, "1.2 %"),
        (Decimal(1390000), Unit.MONEY, "€ 1.39 M"),
        (Decimal("70.54"), Unit.DAYS, "70.5 days"),
        (Decimal(0), Unit.COUNT, "0"),
    ],
)
def test_a_value_is_said_in_its_unit(app, value, unit, words):
    with app.test_request_context():
        assert charts.said(value, unit, "EUR").replace("\N{NO-BREAK SPACE}", " ") == words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (None, ""),
        (Moved(Decimal(0), points=True, good=None), "as before"),
        (Moved(Decimal("0.03"), points=True, good=True), "3 points more"),
        (Moved(Decimal("-0.125"), points=False, good=False), "12.5 % less"),
    ],
)
def test_a_share_changes_by_points_and_an_amount_by_its_share(app, change, words):
    with app.test_request_context():
        assert charts.change_said(change) == words


@pytest.fixture
def north(app):
    return factories.team("North")


@pytest.fixture
def boss(north):
    return factories.crm_role(factories.person("Boss"), "sales-manager", north, leads=True)


@pytest.fixture
def deals(boss):
    """Four deals won now and two before by the boss, one now by somebody in another team, who is given."""
    other = factories.crm_role(factories.person("Other"), "sales-representative", factories.team("South"))
    now, before = NOW - timedelta(days=4), NOW - timedelta(days=100)
    won = [(boss, now, 1000)] * 4 + [(boss, before, 1000)] * 2 + [(other, now, 50_000)]
    stage = next(each.id for each in records.stages() if each.outcome == "won")
    rows = [
        {
            "name": f"Deal {number}",
            "owner_id": owner.id,
            "stage_id": stage,
            "amount": Decimal(amount),
            "closes_on": at.date(),
            "closed_at": at,
            "created_at": at - timedelta(days=30),
        }
        for number, (owner, at, amount) in enumerate(won)
    ]
    with transaction(SYSTEM, "record.created") as work:
        service.create_many(work, "opportunity", rows, now=NOW, origin="entered")
    return other


def read(who, choice=None):
    window = Window(TODAY - timedelta(days=89), TODAY, NOW, UTC)
    return queries.read(boards.board("sales"), window, access_of(who), choice or Choice())


def figure(found, key):
    return next(each for each in found.figures if each.kpi.key == key)


def test_a_figure_stands_beside_the_days_before(app, boss, deals):
    revenue = figure(read(boss), "revenue")
    assert (revenue.measure.value, revenue.before.value) == (4000, 2000)
    assert (revenue.moved.by, revenue.moved.good) == (1, True)
    with app.test_request_context():
        assert "100 % more than before" in charts.answer(revenue, "EUR")


def test_what_one_may_not_see_is_in_no_total_and_no_bar(boss, deals):
    assert figure(read(factories.administrator()), "revenue").measure.value == 54_000
    mine = read(boss)
    assert figure(mine, "revenue").measure.value == 4000
    owners = next(each for each in mine.panels if each.panel.title == "Revenue by owner")
    assert [row.label for row in owners.rows] == ["Boss"]


def test_a_team_or_a_person_can_be_looked_at_alone(boss, deals, north):
    admin = factories.administrator()
    assert figure(read(admin, Choice(team_id=north)), "revenue").measure.value == 4000
    assert figure(read(admin, Choice(person_id=deals.id)), "revenue").measure.value == 50_000


@pytest.mark.parametrize(
    "wish", ["team=9999", "person=9999", "team=x", "since=tomorrow&until=2026-01-01", "period=%00", "since=0001-01-01"]
)
def test_a_wish_that_makes_no_sense_is_left_out(client, boss, wish):
    assert factories.sign_in(client, boss).get(f"/crm/dashboards/sales?{wish}").status_code == 200


def test_a_team_that_one_may_not_look_at_is_as_one_that_is_not_there(client, boss, deals):
    south = next(each.id for each in teams() if each.name == "South")
    page = factories.sign_in(client, boss).get(f"/crm/dashboards/sales?team={south}").text
    assert "South" not in page
    assert "all that you may see" in page


def test_days_that_run_backwards_are_told_and_the_page_stays(client, boss):
    page = factories.sign_in(client, boss).get("/crm/dashboards/sales?since=2026-02-01&until=2026-01-01").text
    assert "lies before the first" in page
    assert "Revenue won" in page


@pytest.mark.parametrize("key", sorted(boards.BOARDS))
def test_every_dashboard_opens_without_a_record(client, key):
    page = factories.sign_in(client, factories.administrator()).get(f"/crm/dashboards/{key}")
    assert page.status_code == 200
    assert "unknown" in page.text


@pytest.mark.parametrize(("key", "most"), [("sales", 12), ("leads", 15), ("campaigns", 16), ("executive", 19)])
def test_a_dashboard_asks_few_statements(client, boss, deals, asked, key, most):
    """All figures over records are one statement, both periods, weeks and segments of tallies another."""
    browser = factories.sign_in(client, boss)
    browser.get(f"/crm/dashboards/{key}")
    with asked() as sent:
        browser.get(f"/crm/dashboards/{key}")
    assert len(sent) <= most, [each[:120] for each in sent]


def test_a_dashboard_follows_its_modules(client, app):
    modules.switch(Module.MARKETING, on=False, actor=SYSTEM)
    browser = factories.sign_in(client, factories.administrator())
    assert browser.get("/crm/dashboards/campaigns").status_code == 404
    assert "/crm/dashboards/campaigns" not in browser.get("/crm/dashboards/sales").text


def test_the_same_as_a_table(client, boss, deals):
    answer = factories.sign_in(client, boss).get("/crm/dashboards/sales.xlsx")
    rows = list(load_workbook(BytesIO(answer.data)).active.values)
    assert rows[0][:4] == ("Panel", "What", "Value", "Before")
    assert ("Revenue won", 4000, 2000) in {row[1:4] for row in rows}


def test_the_same_on_paper_without_links(client, boss, deals, monkeypatch):
    seen = []
    monkeypatch.setattr("crm.dashboards.routes.pdf_of", lambda html: seen.append(html) or b"%PDF-1.7")
    answer = factories.sign_in(client, boss).get("/crm/dashboards/sales.pdf")
    assert answer.mimetype == "application/pdf"
    assert "How the figures are counted" in seen[0]
    assert "<a " not in seen[0]
