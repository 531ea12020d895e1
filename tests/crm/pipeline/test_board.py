"""The pipeline: sums are of what one may see, none is left out in silence, and a card is where one thinks it is."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.access.queries import access_of
from crm.pipeline import queries, rules, service
from crm.pipeline.forms import filters_of
from crm.pipeline.queries import Asked
from crm.pipeline.rules import Filters, Part, Whose
from crm.rates.rules import Book
from crm.records import queries as records
from crm.records.models import Opportunity
from infra.database import db
from infra.undo.service import undo
from kernel.errors import Conflict, NotFound, Refused, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

TODAY = NOW.date()
LATE = date(2026, 2, 10)


@pytest.fixture
def north(app):
    return factories.team("North")


@pytest.fixture
def sofie(north):
    return factories.crm_role(factories.person("Sofie Claes"), "sales-representative", north)


@pytest.fixture
def other(app):
    return factories.crm_role(factories.person("Pieter"), "sales-representative", factories.team("South"))


def as_seen_by(actor):
    return Asked(access_of(actor), NOW, TODAY)


def stage(name):
    return next(each for each in records.stages() if each.name == name).id


def deal(by, amount=None, **values):
    number = Decimal(amount) if amount is not None else None
    return factories.record("opportunity", by=by, amount=number, at=NOW - timedelta(days=3), **values)


PARTS = st.lists(
    st.builds(
        Part,
        key=st.integers(1, 3),
        currency=st.sampled_from(["EUR", "SEK"]),
        count=st.integers(1, 5),
        amount=st.decimals(0, 10**6, places=2),
        weighted=st.decimals(0, 10**7, places=0),
        unknown=st.integers(0, 1),
        late=st.integers(0, 2),
        day=st.one_of(st.none(), st.dates(date(2025, 11, 1), date(2026, 4, 1))),
    ),
    max_size=12,
)


@given(PARTS, PARTS)
def test_months_lose_no_deal_and_leave_no_gap(still_open, won):
    found = rules.months(still_open, won, Book("EUR"), TODAY)
    assert sum(each.open.count for each in found) == sum(each.count for each in still_open)
    assert sum(each.won.count for each in found) == sum(each.count for each in won)
    dated = [each.first for each in found if each.first]
    assert all(rules.month_after(first) == second for first, second in pairwise(dated))


@given(PARTS)
def test_stages_add_up_to_the_board(parts):
    book = Book("EUR", {"SEK": [(date(2020, 1, 1), Decimal("0.5"))]})
    by_stage, whole = rules.by_key(parts, book, TODAY), rules.sums(parts, book, TODAY)
    assert sum((each.count for each in by_stage.values()), 0) == whole.count
    assert abs(sum((each.value.amount for each in by_stage.values()), Decimal(0)) - whole.value.amount) < 1


@pytest.mark.parametrize(
    ("step", "on", "last", "kind"),
    [
        ("Call", LATE, NOW, "late"),
        ("Call", TODAY, None, "step"),
        ("", None, NOW - timedelta(days=20), "quiet"),
        ("", None, NOW - timedelta(days=2), "none"),
        ("Terms sent", None, NOW - timedelta(days=2), "step"),
    ],
)
def test_how_a_next_step_stands(step, on, last, kind):
    assert rules.step(step, on, last, NOW - timedelta(days=60), NOW, TODAY).kind == kind


@pytest.mark.parametrize(
    "sent",
    [
        {"whose": "x", "from": "03/04/2026", "min": "1.234", "stage": "-1"},
        {"from": "2026-99-99", "to": "<b>", "min": "9" * 500, "stage": "9" * 40, "outcome": "open' or 1=1"},
    ],
)
def test_a_filter_that_can_not_be_read_narrows_nothing(sent):
    assert filters_of(sent) == Filters()


def test_filters_travel_in_the_address():
    filters = Filters(Whose.TEAM, date(2026, 1, 1), date(2026, 2, 1), Decimal(500), quiet=True, stage_id=3)
    assert filters_of(filters.query()) == filters


def test_the_board_adds_up_what_one_may_see(sofie, other):
    deal(sofie, "46000.50", closes_on=date(2026, 4, 30), next_step="Call", next_step_on=LATE)
    deal(sofie, "1000", stage_id=stage("Demo"), probability=50)
    deal(sofie, None, stage_id=stage("Demo"))
    deal(other, "999999")
    found = queries.board(as_seen_by(sofie), Filters())
    assert found.sums.value.amount == Decimal("47000.50")
    assert found.sums.weighted.amount == Decimal("5100.05")
    assert (found.sums.count, found.sums.late, found.sums.value.unknown) == (3, 1, 1)
    demo = next(lane for lane in found.lanes if lane.stage.name == "Demo")
    assert (demo.sums.count, len(demo.cards), demo.more) == (2, 2, 0)
    assert [card.step.kind for card in found.lanes[0].cards] == ["late"]


def test_a_currency_without_a_rate_stands_beside_the_sum(sofie):
    deal(sofie, "100", currency="SEK")
    deal(sofie, "10")
    total = queries.board(as_seen_by(sofie), Filters()).sums.value
    assert (total.amount, total.unrated) == (Decimal(10), (("SEK", Decimal(100)),))


def test_a_hidden_amount_is_in_no_sum(app, sofie):
    deal(sofie, "100")
    agent = factories.crm_role(factories.person(), "service-agent")
    assert not queries.may_see_board(access_of(agent))
    boss = factories.crm_role(factories.person(), "executive")
    assert queries.board(as_seen_by(boss), Filters()).sums.value.amount == 100


def test_filters_narrow_the_sums_and_the_table_alike(sofie):
    deal(sofie, "100", closes_on=date(2026, 3, 5))
    deal(sofie, "900", closes_on=date(2026, 5, 5), next_step_on=LATE)
    for filters, amount in (
        (Filters(closes_to=date(2026, 3, 31)), 100),
        (Filters(at_least=Decimal(500)), 900),
        (Filters(overdue=True), 900),
        (Filters(whose=Whose.MINE), 1000),
        (Filters(whose=Whose.TEAM), 1000),
        (Filters(undated=True), 0),
        (Filters(quiet=True), 0),
    ):
        cards, sums, _base = queries.table(as_seen_by(sofie), filters, 1)
        assert sums.value.amount == amount == sum(card.amount or 0 for card in cards), filters
        assert queries.board(as_seen_by(sofie), filters).sums.value.amount == amount


def test_a_deal_with_which_nothing_happens_is_quiet(sofie):
    old = factories.record("opportunity", by=sofie, at=NOW - timedelta(days=40))
    assert queries.board(as_seen_by(sofie), Filters()).quiet == 1
    factories.record("activity", by=sofie, opportunity_id=old, occurred_at=NOW - timedelta(days=1))
    assert queries.board(as_seen_by(sofie), Filters()).quiet == 0


def test_a_board_costs_the_same_however_many_deals(sofie, asked):
    for _each in range(3):
        deal(sofie, "10")
    with asked() as few:
        queries.board(as_seen_by(sofie), Filters())
    for number in range(30):
        deal(sofie, "10", account_id=factories.record("account", by=sofie, name=f"A {number}"))
    with asked() as many:
        found = queries.board(as_seen_by(sofie), Filters())
    assert found.lanes[0].more == 29
    assert len(many) <= len(few) + 1 <= 14


def test_a_move_is_kept_told_and_taken_back(sofie):
    made = deal(sofie, "10")
    work = service.move(made, stage("Demo"), {}, was_id=stage("Qualify"), actor=sofie, now=NOW)
    assert db.session.get(Opportunity, made).stage_id == stage("Demo")
    undo(work.transaction_id, actor=sofie)
    db.session.expire_all()
    assert db.session.get(Opportunity, made).stage_id == stage("Qualify")


def test_two_people_who_move_one_card_are_told(sofie, north):
    made = deal(sofie, "10")
    boss = factories.crm_role(factories.person("Boss"), "sales-manager", north, leads=True)
    service.move(made, stage("Demo"), {}, was_id=stage("Qualify"), actor=boss, now=NOW)
    with pytest.raises(Conflict, match="moved it"):
        service.move(made, stage("Proposal"), {}, was_id=stage("Qualify"), actor=sofie, now=NOW)


def test_the_end_of_a_deal_asks_what_belongs_to_it(sofie, other):
    made = deal(sofie, "10")
    with pytest.raises(RuleBroken, match="why"):
        service.move(made, stage("Lost"), {}, was_id=None, actor=sofie, now=NOW)
    with pytest.raises(RuleBroken, match="which day"):
        service.move(made, stage("Won"), {}, was_id=None, actor=sofie, now=NOW)
    with pytest.raises(NotFound):
        service.move(made, stage("Demo"), {}, was_id=None, actor=other, now=NOW)
    executive = factories.crm_role(factories.person(), "executive")
    with pytest.raises(Refused):
        service.move(made, stage("Demo"), {}, was_id=None, actor=executive, now=NOW)
    service.move(made, stage("Won"), {"closes_on": TODAY}, was_id=None, actor=sofie, now=NOW)
    months, _base = queries.forecast(as_seen_by(sofie), Filters())
    assert [(each.first, each.won.value.amount) for each in months] == [(date(2026, 2, 1), Decimal(10))]


def test_the_pages_show_it_and_every_sum_opens(client, sofie):
    account = factories.record("account", by=sofie, name="<script>Kestrel")
    made = deal(sofie, "142000", name="Clean room", account_id=account, closes_on=date(2026, 3, 20))
    factories.sign_in(client, sofie)
    page = client.get("/crm/pipeline").text
    assert "€\N{NO-BREAK SPACE}142\N{NO-BREAK SPACE}k" in page
    assert "&lt;script&gt;Kestrel" in page
    assert "Clean room" in client.get(f"/crm/pipeline/table?stage={stage('Qualify')}").text
    assert "March" in client.get("/crm/pipeline/forecast").text
    assert client.get("/crm/pipeline?from=x&min=%00&whose=<b>&page=-3").status_code == 200
    assert client.get("/crm/pipeline/table?page=99999999999").status_code == 200
    assert client.get(f"/crm/pipeline/{made}/move").status_code == 200
    lost = client.post(f"/crm/pipeline/{made}/move", data={"stage_id": stage("Lost"), "lost_to": "Acme"})
    assert lost.status_code == 422
    assert 'value="Acme"' in lost.text
    assert client.post(f"/crm/pipeline/{made}/move", data={"stage_id": "x"}).status_code == 422
    sent = {"stage_id": stage("Demo"), "was_id": stage("Proposal")}
    assert client.post(f"/crm/pipeline/{made}/move", data=sent).status_code == 409
    moved = client.post(
        f"/crm/pipeline/{made}/move",
        data={"stage_id": stage("Demo"), "was_id": stage("Qualify")},
        headers={"Accept": "application/json"},
    )
    assert moved.json["message"] == "Moved to Demo."
    assert moved.json["undo_url"]
    assert client.get("/crm/pipeline/9999/move").status_code == 404


def test_a_board_is_no_place_for_who_sees_no_deals(client, app):
    factories.sign_in(client, factories.crm_role(factories.person(), "service-agent"))
    assert client.get("/crm/pipeline").status_code == 404


def test_a_closed_deal_is_opened_again_by_a_move(sofie):
    made = deal(sofie, "10")
    service.move(made, stage("Won"), {"closes_on": TODAY}, was_id=None, actor=sofie, now=NOW)
    service.move(made, stage("Demo"), {}, was_id=stage("Won"), actor=sofie, now=datetime(2026, 2, 19, tzinfo=UTC))
    row = db.session.get(Opportunity, made)
    assert (row.outcome, row.closed_at) == ("open", None)
