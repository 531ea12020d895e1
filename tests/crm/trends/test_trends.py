"""Snapshots that stay, limits, weeks that stand out; and the pages for each reader."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from crm.access.queries import access_of
from crm.campaigns.models import CampaignDay
from crm.counts.rules.windows import DAY, WEEK, Window, last_weeks
from crm.kpis import queries as kpis
from crm.kpis.models import KpiAnomaly, KpiDay, KpiLimits
from crm.kpis.rules.definitions import KPIS
from crm.records import service as records
from crm.trends import charts, queries, service
from infra.audit.models import AuditEntry
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def north(app):
    return factories.team("North")


@pytest.fixture
def sofie(north):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", north)


def dip(sofie) -> None:
    """Thirteen weeks of leads; of those on the web, the tenth week converts none."""
    first = datetime(2025, 11, 10, 9, tzinfo=UTC)
    rows = []
    for week in range(13):
        for number in range(20):
            at, source = first + timedelta(weeks=week), "web" if number < 15 else "event"
            late = week % 2 and number == 18
            good = number % 3 == 0 and not late and not (week == 9 and source == "web")
            won = {"converted_at": at + timedelta(days=1)} if good else {}
            rows.append(
                {"last_name": f"L{week}-{number}", "owner_id": sofie.id, "created_at": at, "source": source, **won}
            )
    with transaction(SYSTEM, "record.created") as work:
        records.create_many(work, "lead", rows, now=NOW, origin="entered")


def all_access():
    return access_of(SYSTEM)


def test_a_day_is_kept_once_and_what_comes_late_never_changes_it(sofie):
    factories.record("lead", by=sofie, at=NOW - timedelta(days=1))
    day = NOW.date()
    assert service.keep_day(day, actor=SYSTEM, now=NOW, zone=UTC) > len(KPIS)
    before = db.session.scalar(select(func.count()).select_from(KpiDay))
    factories.record("lead", by=sofie, at=NOW - timedelta(days=1))
    assert service.keep_day(day, actor=SYSTEM, now=NOW, zone=UTC) == 0
    assert db.session.scalar(select(func.count()).select_from(KpiDay)) == before
    seen = queries.snapshots("lead-conversion", day, day)
    assert [(each.n, each.value) for each in seen] == [(1, None)]


def test_a_dip_stands_out_with_the_segment_that_moved_most(sofie):
    dip(sofie)
    assert service.find_anomalies(actor=SYSTEM, now=NOW, zone=UTC) >= 1
    found = [each for each in queries.anomalies("lead-conversion") if each.sign == "outside"]
    assert [(each.week, each.segment, each.segment_value) for each in found] == [(date(2026, 1, 12), "source", "web")]
    assert service.find_anomalies(actor=SYSTEM, now=NOW, zone=UTC) == 0
    assert db.session.scalar(select(func.count()).select_from(KpiLimits).where(KpiLimits.key == "lead-conversion")) == 1


def test_new_limits_need_a_reason_and_an_explanation_words(sofie):
    dip(sofie)
    window = Window(NOW.date(), NOW.date(), NOW, UTC)
    with pytest.raises(RuleBroken):
        service.rebase("lead-conversion", "  ", window, actor=SYSTEM)
    with pytest.raises(RuleBroken):
        service.rebase("win-rate", "Because", window, actor=SYSTEM)
    service.rebase("lead-conversion", "The form was replaced", window, actor=SYSTEM)
    points = queries.points("lead-conversion", window, all_access())
    assert queries.limits("lead-conversion", points).reason == "The form was replaced"
    service.find_anomalies(actor=SYSTEM, now=NOW, zone=UTC)
    with pytest.raises(NotFound):
        service.explain(999, "seen", "", actor=SYSTEM)


def test_what_somebody_said_stays(sofie):
    dip(sofie)
    service.find_anomalies(actor=SYSTEM, now=NOW, zone=UTC)
    number = db.session.scalar(select(KpiAnomaly.id).where(KpiAnomaly.key == "lead-conversion"))
    with pytest.raises(RuleBroken):
        service.explain(number, "explained", "", actor=SYSTEM)
    service.explain(number, "explained", "The form was broken for a week.", actor=SYSTEM)
    service.find_anomalies(actor=SYSTEM, now=NOW, zone=UTC)
    assert db.session.get(KpiAnomaly, number).note == "The form was broken for a week."


@pytest.mark.parametrize("role", ["sales-representative", "sales-manager", "executive", "crm-administrator"])
def test_every_page_of_a_figure_opens_for_every_reader(client, north, sofie, role):
    dip(sofie)
    service.find_anomalies(actor=SYSTEM, now=NOW, zone=UTC)
    reader = factories.crm_role(factories.person("Reader"), role, north)
    browser = factories.sign_in(client, reader)
    assert browser.get(f"/crm/kpis?team={north}&period=90-days&person=x").status_code == 200
    for key, one in KPIS.items():
        for by in one.segments:
            page = browser.get(f"/crm/kpis/{key}?by={by}&part=top")
            assert page.status_code == 200, (key, by)
    assert browser.get("/crm/kpis/horoscope").status_code == 404


def test_a_link_of_a_dashboard_opens_the_figure_for_the_same_days(client):
    browser = factories.sign_in(client, factories.administrator())
    same = browser.get("/crm/kpis/win-rate?since=2026-01-05&until=2026-01-18").text
    assert "Mon 5 Jan" in same
    assert "Days of your own" in same
    assert "Last 30 days</a>" in browser.get("/crm/kpis/win-rate?period=30-days").text
    assert browser.get("/crm/kpis/win-rate?since=2026-02-30&until=x").status_code == 200


def test_what_stands_out_in_the_whole_is_told_to_those_only_who_see_the_whole(client, north, sofie):
    dip(sofie)
    service.find_anomalies(actor=SYSTEM, now=NOW, zone=UTC)
    other = factories.crm_role(factories.person("Pieter"), "sales-representative", north)
    assert "fell from" not in factories.sign_in(client, other).get("/crm/kpis/lead-conversion").text
    boss = factories.crm_role(factories.person("Boss"), "executive")
    assert "most of it source Web" in factories.sign_in(client, boss).get("/crm/kpis/lead-conversion").text


@pytest.mark.parametrize("typed", ["eighty", "1e99", "NaN", "=1+1", "9" * 30, "<b>"])
def test_a_target_that_is_no_number_is_refused_and_kept_in_its_field(client, typed):
    browser = factories.sign_in(client, factories.crm_role(factories.person(), "crm-administrator"))
    page = browser.post("/crm/kpis/win-rate/target", data={"target": typed})
    assert page.status_code == 422


def test_a_target_is_typed_in_percent(client):
    browser = factories.sign_in(client, factories.crm_role(factories.person(), "crm-administrator"))
    assert browser.post("/crm/kpis/win-rate/target", data={"target": "42,5 %"}).status_code == 303
    assert "42.5 %" in browser.get("/crm/kpis/win-rate").text


def test_weeks_read_at_once_are_what_each_is_alone(sofie, north):
    dip(sofie)
    factories.record("contact", by=sofie, at=NOW - timedelta(days=9))
    marketer = factories.crm_role(factories.person("Nadia"), "marketing-specialist", north)
    campaign = factories.record("campaign", by=marketer, at=NOW, name="Fair")
    days = [
        CampaignDay(campaign_id=campaign, day=NOW.date() - timedelta(days=3 * each), clicks=each or None)
        for each in range(9)
    ]
    for each in days:
        each.reach, each.cost, each.entered_at = 50, Decimal(20), NOW
    with transaction(SYSTEM, "campaign.figures") as work:
        work.session.add_all(days)
    window = Window(NOW.date(), NOW.date(), NOW, UTC)
    weeks = last_weeks(NOW.date(), 12)
    for key in (key for key, one in KPIS.items() if not one.stands):
        for teams in (None, [north]):
            alone = [
                kpis.measure(key, window.between(week, week + WEEK - DAY), all_access(), teams=teams) for week in weeks
            ]
            assert kpis.weekly(key, weeks, window, all_access(), teams=teams) == alone, key


def test_weeks_gone_by_are_kept_once_with_few_statements(sofie, asked):
    dip(sofie)
    first, last = date(2025, 11, 10), NOW.date()
    with asked() as sent:
        kept = service.keep_weeks(first, last, actor=SYSTEM, now=NOW, zone=UTC)
    assert kept > 13 * 10
    assert len([each for each in sent if not each.startswith("INSERT")]) < 13 * 14
    assert service.keep_weeks(first, last, actor=SYSTEM, now=NOW, zone=UTC) == 0
    seen = queries.snapshots("lead-conversion", date(2026, 1, 12), date(2026, 1, 18))
    assert [(each.day, each.n) for each in seen] == [(date(2026, 1, 18), 20)]


BASELINE = {"since": "2025-12-01", "until": "2025-12-31", "contacts": "62", "users": "4", "proof": "Old system"}


def test_a_baseline_is_set_told_and_taken_back(client):
    browser = factories.sign_in(client, factories.crm_role(factories.person(), "crm-administrator"))
    assert "Set the baseline" in browser.get("/crm/kpis/contact-creation").text
    assert browser.post("/crm/kpis/baseline", data=BASELINE).status_code == 303
    page = browser.get("/crm/kpis/contact-creation").text
    assert "Old system" in page
    assert browser.post("/crm/kpis/baseline", data=BASELINE | {"contacts": "70"}).status_code == 303
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "kpis.baseline")).all()
    assert len(entries) == 2
    assert "62" in str(entries[-1].changes)
    assert "Set the baseline" not in browser.get("/crm/kpis/win-rate").text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"since": ""}, "Choose a day."),
        ({"since": "0001-01-01"}, "slip of the hand"),
        ({"since": "2026-01-05"}, "lies before the first"),
        ({"until": "2099-01-01"}, "has to be over"),
        ({"users": ""}, "Give both"),
        ({"users": "0"}, "at least one user"),
        ({"contacts": "many"}, "Write a whole number"),
        ({"contacts": "-1"}, "Write a whole number"),
        ({"contacts": "9" * 12}, "Write a whole number"),
        ({"proof": "  "}, "Say where that stands"),
        ({"proof": "x" * 400}, "At most 300"),
    ],
)
def test_a_wrong_baseline_is_refused_and_what_was_typed_stays(client, typed, told):
    browser = factories.sign_in(client, factories.crm_role(factories.person(), "crm-administrator"))
    page = browser.post("/crm/kpis/baseline", data=BASELINE | typed)
    assert page.status_code == 422
    assert told in page.text
    assert 'value="2025-12-31"' in page.text or "until" in typed


def test_a_sentence_never_says_that_a_value_changed_into_itself(sofie):
    found = queries.Found(1, "cost-per-lead", date(2026, 1, 12), "outside", 37.001, 37.0, "", "", "new", "", "")
    access = access_of(sofie)
    assert charts.sentence(KPIS["cost-per-lead"], found, access) == "Cost per lead was €\xa037 in week 3"
    moved = charts.sentence(KPIS["cost-per-lead"], replace(found, before=30.0), access)
    assert moved == "Cost per lead rose from €\xa030 to €\xa037 in week 3"


def test_no_source_is_held_against_the_baseline_of_all(client):
    page = factories.sign_in(client, factories.administrator()).get("/crm/kpis/contact-creation").text
    assert "by=team_id" in page
    assert "by=source" not in page


def test_all_records_behind_a_figure_are_led_through_page_by_page_and_counted(client, sofie):
    for number in range(60):
        factories.record("lead", by=sofie, last_name=f"Lead {number:02}", at=NOW - timedelta(days=2, minutes=number))
    browser = factories.sign_in(client, sofie)
    first = browser.get("/crm/kpis/lead-conversion?period=90-days").text
    assert "1 to 50 of 60" in first
    second = browser.get("/crm/kpis/lead-conversion?period=90-days&page=2").text
    assert "51 to 60 of 60" in second
    assert "Lead 59" in second
    assert "51 to 60" in browser.get("/crm/kpis/lead-conversion?period=90-days&page=99").text
