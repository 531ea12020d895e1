"""Figures by the examples of the design, and what a reader may not see is in none of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.absences.models import Absence
from accounts.people.models import Person
from crm.access.queries import access_of
from crm.counts.rules.windows import Window
from crm.kpis import queries, service
from crm.kpis.rules.definitions import KPIS, State
from crm.records import queries as record_queries
from crm.records import service as records
from crm.records.models import Contact, Opportunity
from crm.usage import service as usage
from crm.usage.rules import Stay
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import NotFound
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def everything(app):
    return access_of(SYSTEM)


@pytest.fixture
def north(app):
    return factories.team("North")


@pytest.fixture
def sofie(north):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", north)


def days_back(days: int) -> Window:
    today = NOW.date()
    return Window(today - timedelta(days=days - 1), today, NOW, UTC)


def stage(outcome: str) -> int:
    return next(each.id for each in record_queries.stages() if each.outcome == outcome)


def put_activity(who, occurred: datetime, logged: datetime, **values) -> int:
    kind = values.pop("kind", "call")
    return factories.record("activity", by=who, at=logged, kind=kind, occurred_at=occurred, **values)


def test_every_key_of_the_interface_is_answered(everything):
    for key in KPIS:
        found = queries.measure(key, days_back(30), everything)
        assert found.document["state"] in ("green", "amber", "red", "unknown")
    assert queries.measure("csat", days_back(30), everything).state is State.UNKNOWN
    with pytest.raises(NotFound):
        queries.measure("horoscope", days_back(30), everything)


def test_fifteen_of_twenty_users_are_75_percent(north, everything):
    people = [factories.crm_role(factories.person(), "sales-representative", north) for _ in range(20)]
    week = Window(date(2025, 12, 1), date(2025, 12, 7), datetime(2025, 12, 10, tzinfo=UTC), UTC)
    made_before(people, datetime(2025, 1, 1, tzinfo=UTC))
    monday = datetime(2025, 12, 1, 9, tzinfo=UTC)
    stays = {each.id: [Stay(monday + DAY * n, monday + DAY * n + HOUR) for n in range(3)] for each in people[:15]}
    stays |= {each.id: [Stay(monday + DAY * n, monday + DAY * n) for n in range(2)] for each in people[15:]}
    usage.put(stays, {}, actor=SYSTEM, now=NOW)
    found = queries.measure("weekly-active", week, everything)
    assert (found.value, found.numerator, found.denominator, found.n) == (Decimal("0.75"), 15, 20, 20)
    assert found.state is State.AMBER


def test_who_is_on_leave_or_came_in_the_week_does_not_count(north, everything):

    people = [factories.crm_role(factories.person(), "sales-representative", north) for _ in range(3)]
    made_before(people[:2], datetime(2025, 1, 1, tzinfo=UTC))
    made_before(people[2:], datetime(2025, 12, 3, tzinfo=UTC))
    with transaction(SYSTEM, "absence.added") as work:
        work.session.add(
            Absence(person_id=people[1].id, first=date(2025, 12, 5), last=date(2025, 12, 9), reason="holiday")
        )
    week = Window(date(2025, 12, 1), date(2025, 12, 7), datetime(2025, 12, 10, tzinfo=UTC), UTC)
    assert queries.measure("weekly-active", week, everything).denominator == 1


def made_before(people, at: datetime) -> None:

    with transaction(SYSTEM, "person.changed") as work:
        for each in people:
            work.session.get(Person, each.id).created_at = at


def test_activities_logged_within_a_day_of_happening(sofie, everything):
    at = NOW - timedelta(days=4)
    for late in (1, 23, 24):
        put_activity(sofie, at, at + late * HOUR)
    for late in (25, 70):
        put_activity(sofie, at, at + late * HOUR)
    put_activity(sofie, at, at + 90 * HOUR, kind="task")
    put_activity(sofie, NOW - HOUR, NOW)
    for _ in range(5):
        put_activity(sofie, at, at)
    found = queries.measure("activity-timeliness", days_back(7), everything)
    assert (found.numerator, found.denominator, found.value, found.state) == (8, 10, Decimal("0.8"), State.RED)
    assert found.provisional
    assert found.until == (NOW - DAY).date()
    kind, behind = queries.records("activity-timeliness", days_back(7), everything, queries.TOP)
    assert (kind, len(db.session.scalars(behind).all())) == ("activity", 8)


def test_below_the_least_n_nothing_is_said(sofie, everything):
    factories.record("lead", by=sofie)
    found = queries.measure("lead-conversion", days_back(30), everything)
    assert (found.value, found.n, found.state) == (None, 1, State.UNKNOWN)
    assert "said from 10 on" in found.why


def test_the_sales_cycle_is_mean_and_median_over_won_deals_and_apart_without_a_lead(sofie, everything):
    for days in (120, 45, 71):
        lead = factories.record("lead", by=sofie, at=NOW - timedelta(days=days))
        deal = factories.record("opportunity", by=sofie, at=NOW - timedelta(days=2), amount=Decimal(100))
        link(deal, lead)
        records.change("opportunity", deal, {"stage_id": stage("won")}, actor=sofie, now=NOW)
    alone = factories.record("opportunity", by=sofie, at=NOW - timedelta(days=10), amount=Decimal(50))
    records.change("opportunity", alone, {"stage_id": stage("won")}, actor=sofie, now=NOW)
    found = queries.measure("sales-cycle", days_back(30), everything)
    assert (found.value, found.n) == (Decimal("78.67"), 3)
    beside = {each.label: (each.value, each.n) for each in found.beside}
    assert beside["median"] == (Decimal("71.00"), 3)
    assert beside["without a lead, mean"] == (Decimal("10.00"), 1)
    size = queries.measure("deal-size", days_back(30), everything)
    assert (size.value, size.numerator, size.denominator) == (Decimal("87.5"), 350, 4)


def link(deal: int, lead: int) -> None:

    with transaction(SYSTEM, "record.changed") as work:
        work.session.get(Opportunity, deal).lead_id = lead


def test_an_amount_without_a_rate_makes_the_sum_unknown(sofie, everything):
    factories.record("opportunity", by=sofie, amount=Decimal(1000))
    assert queries.measure("pipeline", days_back(1), everything).value == 1000
    assert queries.measure("weighted-pipeline", days_back(1), everything).value == 100
    factories.record("opportunity", by=sofie, amount=Decimal(1000), currency="JPY")
    found = queries.measure("pipeline", days_back(1), everything)
    assert found.value is None
    assert "no rate" in found.why


def test_contact_creation_needs_a_baseline_and_leaves_migrated_rows_out(sofie, everything):
    made_before([sofie], datetime(2024, 1, 1, tzinfo=UTC))
    for day in (1, 2, 3):
        factories.record("contact", by=sofie, at=NOW - timedelta(days=day))
    factories.record("contact", by=sofie, at=NOW - timedelta(days=45))
    factories.record("contact", by=sofie, at=NOW - timedelta(days=46))
    assert queries.measure("contact-creation", days_back(30), everything).value is None
    today = NOW.date()
    service.set_baseline(
        today - timedelta(days=59), today - timedelta(days=30), None, None, "before", actor=SYSTEM, today=today
    )
    found = queries.measure("contact-creation", days_back(30), everything)
    assert (found.value, found.numerator, found.denominator) == (Decimal("0.5"), 3, 30)
    with_migrated = factories.record("contact", by=sofie, at=NOW)
    migrate(with_migrated)
    assert queries.measure("contact-creation", days_back(30), everything).numerator == 3


def migrate(contact: int) -> None:

    with transaction(SYSTEM, "record.changed") as work:
        work.session.get(Contact, contact).origin = "migrated"


def test_completeness_counts_fields_not_records_and_takes_no_stopgap(sofie, everything):
    full = {"company": "Kestrel", "email": "ines@kestrel.example", "source": "web", "region": "dach"}
    factories.record("lead", by=sofie, **full)
    factories.record("lead", by=sofie, company="n/a", email="nowhere", source="web", region="")
    found = queries.measure("data-completeness", days_back(1), everything)
    assert (found.numerator, found.denominator) == (11, 14)


def test_a_representative_counts_own_leads_only_and_hidden_fields_count_for_nobody(sofie, north):
    other = factories.crm_role(factories.person("Pieter"), "sales-representative", north)
    for number in range(12):
        factories.record("lead", by=sofie if number < 10 else other)
    mine = queries.measure("lead-conversion", days_back(30), access_of(sofie))
    assert mine.n == 10
    agent = factories.crm_role(factories.person("Agent"), "service-agent", north)
    assert queries.measure("lead-conversion", days_back(30), access_of(agent)).n == 0
    assert queries.measure("revenue", days_back(30), access_of(agent)).n == 0


def test_segments_add_up_to_the_whole(sofie, everything):
    for number in range(20):
        factories.record("lead", by=sofie, source="web" if number % 3 else "event")
    cells = queries.segments("lead-conversion", days_back(30), everything, "source")
    assert [(segment, each.n) for segment, each in cells] == [("web", 13), ("event", 7)]
    with pytest.raises(NotFound):
        queries.segments("lead-conversion", days_back(30), everything, "name")


def test_weeks_are_told_apart_by_their_days_in_the_zone(sofie, everything):
    monday = datetime(2025, 11, 24, tzinfo=UTC)
    for at in (monday, monday + timedelta(days=6, hours=23), monday + timedelta(days=7)):
        factories.record("lead", by=sofie, at=at)
    weeks = [date(2025, 11, 24), date(2025, 12, 1)]
    found = queries.weekly("lead-conversion", weeks, days_back(30), everything)
    assert [each.n for each in found] == [2, 1]
