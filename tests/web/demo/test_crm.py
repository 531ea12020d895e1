"""The demo's CRM: how much there is, where it came from, and the habits that its figures show."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.access.queries import actor_of
from accounts.notices.models import Notice
from accounts.people import queries as people
from accounts.people.models import Person
from accounts.teams import queries as teams
from crm.access.models import CrmHolder, RecordShare
from crm.access.queries import access_of
from crm.acting import queries as acting
from crm.acting.models import Run
from crm.automation import queries as automations
from crm.automation.models import Automation
from crm.automation.rules.shipped import SHIPPED
from crm.builder import queries as reports
from crm.campaigns import queries as campaigns
from crm.campaigns.models import CampaignDay
from crm.counts.rules.windows import Window
from crm.figures.models import FigureSeries, FigureValue
from crm.hooks.models import Delivery, Hook
from crm.imports.models import Import
from crm.imports.service import rejected_rows
from crm.kpis.models import KpiDay
from crm.kpis.queries import measure
from crm.kpis.rules.definitions import KPIS, kpi
from crm.notes.models import Note
from crm.objects.rules.catalogue import OBJECTS
from crm.rates.queries import missing
from crm.recent.models import StarredRecord
from crm.records.models import TABLES, StageChange
from crm.reporting import queries as reporting
from crm.sla.models import TicketClock
from crm.summaries import queries as summaries
from crm.tags.models import Tagging
from crm.trends import queries as trends
from crm.trends.charts import sentence
from crm.trust.models import PermissionRun
from crm.usage.models import Visit
from crm.webforms import queries as web_forms
from infra.attachments.queries import count_of
from infra.database import db
from infra.lists.models import SavedView
from kernel.actor import SYSTEM
from tests.web.demo.conftest import DAY
from web.clock import morning_of
from web.demo.crm import cast, doors, mishaps, shaping
from web.demo.crm.asking import BUILT
from web.demo.crm.days import DECEMBER, Days
from web.demo.crm.eve import SERIES
from web.demo.crm.plan import Plan
from web.demo.crm.play import planned
from web.demo.crm.warts import SAME_ACCOUNTS, SAME_PEOPLE

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[3] / "docs" / "demo.md"
COUNTS = {"account": 400, "contact": 1500, "lead": 1200, "opportunity": 900, "activity": 15_009, "campaign": 8}
IN_TIME = timedelta(hours=24)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planned(Days(DAY))


def rows(kind: str, *columns: str) -> list[tuple[object, ...]]:
    table = TABLES[kind]
    return [tuple(row) for row in db.session.execute(select(*(getattr(table, each) for each in columns)))]


def names() -> dict[int, str]:
    return {row.id: (row.email or "").partition("@")[0] for row in db.session.scalars(select(Person))}


def test_there_is_as_much_as_the_page_says(demo: Flask) -> None:
    told = " ".join(PAGE.read_text(encoding="utf-8").split())
    for kind, count in COUNTS.items():
        assert db.session.scalar(select(func.count()).select_from(TABLES[kind])) == count
        assert f"{count:,} " in told


def test_fourteen_people_in_four_teams_below_one(demo: Flask) -> None:
    found = {row.name: row for row in teams.teams()}
    assert set(found) == {cast.TOP, *cast.TEAMS}
    assert {found[name].parent_id for name in cast.TEAMS} == {found[cast.TOP].id}
    assert sum(found[name].members for name in cast.TEAMS) == 14
    held = {(names()[row.person_id], row.role_key) for row in db.session.scalars(select(CrmHolder))}
    assert {("oskar", "sales-representative"), ("jonas", "sales-manager"), ("tobias", "crm-administrator")} <= held


def test_what_a_team_had_before_it_moved_is_migrated_and_the_rest_is_not(demo: Flask) -> None:
    who, monday = names(), DAY - timedelta(days=DAY.weekday())
    for owner, at, origin in rows("activity", "owner_id", "created_at", "origin"):
        moved = monday - timedelta(weeks=cast.wave_of(who[owner]).weeks_ago)
        assert (origin == "migrated") == (at.date() < moved), (who[owner], at)


def test_one_never_signed_in_one_writes_late_and_one_on_fridays(demo: Flask) -> None:
    who, late, all_of, days = names(), Counter[str](), Counter[str](), Counter[tuple[str, int]]()
    for owner, created, occurred, origin in rows("activity", "owner_id", "created_at", "occurred_at", "origin"):
        if origin == "entered" and occurred:
            all_of[who[owner]] += 1
            late[who[owner]] += created - occurred > IN_TIME
            days[who[owner], created.weekday()] += 1
    assert all_of[cast.ABSENT] == 0
    assert late[cast.LATE] / all_of[cast.LATE] > 0.5
    assert days[cast.FRIDAYS, 4] == all_of[cast.FRIDAYS] > 0
    others = [key for key in all_of if key not in (cast.LATE, cast.FRIDAYS)]
    assert sum(late[key] for key in others) / sum(all_of[key] for key in others) < 0.12


def test_web_leads_of_one_week_came_to_little(plan: Plan) -> None:
    monday = DAY - timedelta(days=DAY.weekday())
    came, became = Counter[int](), Counter[int]()
    for lead in plan.of("lead"):
        if lead.values["source"] == "web":
            ago = (monday - (lead.at.date() - timedelta(days=lead.at.weekday()))).days // 7
            came[ago] += 1
            became[ago] += any(values["status"] == "converted" for _at, values in lead.events)
    assert became[cast.DIP_WEEKS_AGO] / came[cast.DIP_WEEKS_AGO] < 0.1
    usual = [became[ago] / came[ago] for ago in range(cast.DIP_WEEKS_AGO + 1, 30)]
    assert 0.2 < sum(usual) / len(usual) < 0.3


def test_december_is_quiet_and_nobody_works_on_weekends(demo: Flask) -> None:
    done = [at.date() for (at,) in rows("activity", "occurred_at") if at]
    assert not [day for day in done if day.weekday() > 4]
    halves = Counter((day.year, day.month) for day in done if day.day > 14)
    assert halves[2025, DECEMBER] < 0.7 * halves[2025, 11]
    assert max(at.date() for (at,) in rows("activity", "created_at")) < DAY


def test_deals_have_a_history_and_lost_ones_a_reason(demo: Flask) -> None:
    passed = Counter(db.session.scalars(select(StageChange.opportunity_id)))
    deals = rows("opportunity", "id", "outcome", "lost_reason", "closed_at")
    assert all(passed[number] >= 1 for number, *_rest in deals)
    assert all(bool(reason) == (outcome == "lost") for _number, outcome, reason, _at in deals)
    assert {outcome for _number, outcome, _reason, at in deals if at is None} == {"open"}
    assert set(Counter(currency for (currency,) in rows("opportunity", "currency"))) == {"EUR", "DKK", "SEK", "GBP"}


def test_some_of_it_is_wrong_on_purpose(demo: Flask) -> None:
    titles = Counter(title for (title,) in rows("contact", "title"))
    assert titles["n/a"] == 12
    assert 0.05 < titles[""] / 1500 < 0.2
    assert (SAME_PEOPLE, SAME_ACCOUNTS) == (14, 6)


def test_one_pair_was_merged_and_five_leads_lie_in_the_bin(demo: Flask) -> None:
    merged = [into for (into,) in rows("contact", "merged_into_id") if into]
    assert len(merged) == 1
    assert len([at for (at,) in rows("lead", "deleted_at") if at]) == 5


def test_two_have_things_to_do_today(demo: Flask) -> None:
    who = names()
    due = Counter(
        who[owner]
        for owner, at, state in rows("activity", "owner_id", "due_at", "state")
        if state == "planned" and at.date() == DAY
    )
    assert due["oskar"] >= 3
    assert due["jonas"] >= 2


def test_money_and_campaigns_are_known_and_most_people_came_each_week(demo: Flask) -> None:
    assert missing(DAY) == []
    days = Counter(db.session.scalars(select(CampaignDay.campaign_id)))
    assert len(days) == COUNTS["campaign"]
    assert min(days.values()) >= 4
    monday, who, came = DAY - timedelta(days=DAY.weekday()), names(), Counter[str]()
    for visit in db.session.scalars(select(Visit)):
        came[who[visit.person_id]] += monday - timedelta(weeks=1) <= visit.started_at.date() < monday
    assert cast.ABSENT not in came
    assert came[cast.FRIDAYS] <= 1
    assert sum(count >= 3 for count in came.values()) / 17 > 0.6


def test_the_dip_stands_out_with_the_channel_that_moved_most_and_is_explained(demo: Flask) -> None:
    week = DAY - timedelta(days=DAY.weekday(), weeks=cast.DIP_WEEKS_AGO)
    found = [each for each in trends.anomalies("lead-conversion") if each.week == week]
    assert [(each.sign, each.segment, each.segment_value, each.state) for each in found] == [
        ("outside", "source", "web", "explained")
    ]
    said = sentence(kpi("lead-conversion"), found[0], access_of(SYSTEM))
    assert re.fullmatch(r"Lead conversion fell from 2\d.* to 1?\d.* in week 3, most of it source Web", said)
    assert not [each for each in trends.anomalies("weekly-active") if each.week >= week]


def test_nine_months_of_figures_are_kept_by_week(demo: Flask) -> None:
    kept = Counter(db.session.scalars(select(KpiDay.key).where(KpiDay.team_id == 0)))
    assert set(kept) == set(KPIS)
    assert {key: count for key, count in kept.items() if count != 39} == {
        key: 7 for key, one in KPIS.items() if one.stands
    }


def test_a_baseline_stands_and_contacts_grew(demo: Flask) -> None:
    window = Window(DAY - timedelta(days=29), DAY, morning_of(DAY))
    found = measure("contact-creation", window, access_of(SYSTEM))
    assert found.value is not None
    assert -0.2 < found.value < 0.5


def test_series_have_values_with_proof_and_one_was_corrected(demo: Flask) -> None:
    held = db.session.scalars(select(FigureValue)).all()
    assert {each.name for each in db.session.scalars(select(FigureSeries))} == {each[0] for each in SERIES}
    assert len([each for each in held if each.replaced_at is None]) == 2 * 39
    assert len([each for each in held if each.replaced_at is not None]) == 2
    assert all(each.proof and each.by_id and each.entered_at for each in held)
    last = max(held, key=lambda each: (each.day, each.id))
    assert count_of([f"crm_figure:{last.id}"]) == {f"crm_figure:{last.id}": 1}


def test_campaigns_have_members_whose_figures_fit_each_other(demo: Flask) -> None:
    found = campaigns.figures(access_of(SYSTEM))
    assert len(found) == COUNTS["campaign"]
    for each in found:
        assert each.won <= each.conversions <= each.leads <= (each.reach or 0)
        assert each.members["responded"] <= each.leads
        assert each.clicks is None or each.reached("clicked") <= each.clicks <= (each.reach or 0)
        assert each.reached("targeted") <= (each.reach or 0)
    assert sum(each.won > 0 for each in found) >= 4


def test_a_file_came_in_with_three_rows_refused(demo: Flask) -> None:
    (row,) = db.session.scalars(select(Import))
    assert (row.state, row.rows, len(rejected_rows(row)[1])) == ("done", 12, 3)
    assert len([origin for (origin,) in rows("lead", "origin") if origin == "imported"]) == 9


def test_what_people_did_together_is_there(demo: Flask) -> None:
    (run,) = db.session.scalars(select(PermissionRun))
    assert (run.failed, run.compared) == (0, run.agreed)
    (share,) = db.session.scalars(select(RecordShare))
    assert share.until is not None
    assert share.until.date() == DAY + timedelta(days=13)
    (note,) = db.session.scalars(select(Note))
    assert note.confidential
    (view,) = db.session.scalars(select(SavedView).where(SavedView.page == "crm_leads"))
    assert view.shared
    assert len(db.session.scalars(select(StarredRecord)).all()) == 2
    assert len(db.session.scalars(select(Tagging)).all()) == 3


def test_people_ask_the_crm_and_each_sees_their_own_numbers(demo: Flask) -> None:
    today = Window(DAY, DAY, datetime.combine(DAY, time(9), UTC), UTC)
    kept = {row.report.name: row for row in reports.listed(access_of(SYSTEM))}
    assert list(kept) == sorted(each.name for each in BUILT)
    assert [len(reports.readers(row.report.id)) for row in kept.values() if row.rhythm] == [3, 1]
    pipeline = kept["Open pipeline by stage and owner"]
    whole = summaries.read(reporting.ground(pipeline.asked, access_of(SYSTEM), today))
    assert whole.value(whole.whole) == measure("pipeline", today, access_of(SYSTEM)).value
    assert sum(line.cell.n for line in whole.columns) == whole.whole.n
    who = db.session.scalars(select(Person.id).where(Person.name == "Oskar Lindahl")).first()
    mine = next(row for row in kept.values() if row.owner == "Oskar Lindahl")
    assert who == mine.report.owner_id
    own = actor_of(mine.report.owner_id)
    assert own is not None
    found = summaries.read(reporting.ground(mine.asked, access_of(own), today))
    assert 0 < found.whole.n < summaries.read(reporting.ground(mine.asked, access_of(SYSTEM), today)).whole.n


def test_the_visitors_of_the_fair_were_given_out_by_rules_that_are_on(demo: Flask) -> None:
    with demo.app_context():
        assert {each.key for each in automations.on()} >= {each.key for each in SHIPPED}
        table = TABLES["lead"]
        came = select(table).where(table.origin == "imported", table.company.in_(("Nordlys Bryggeri", "Delta Lab")))
        names = people.names_of(each.owner_id for each in db.session.scalars(came))
        assert "Oskar" in " ".join(names.values())
        assert not any(name.startswith(("Nadia", "Jens")) for name in names.values())
        done = db.session.execute(
            select(Run.did, Run.state).join(Automation).where(Automation.key == "lead-assignment")
        )
        assert [(len(row.did), row.state) for row in done] == [(2, "done")] * 9
        calls = db.session.scalars(select(TABLES["activity"].name).where(TABLES["activity"].origin == "automatic"))
        assert {"Call Ellen Hauge", "Call Hanna Ek"} <= set(calls)


def test_leads_have_fields_of_the_house_s_own_that_follow_from_each_other(demo: Flask) -> None:
    own = {each.key: each for each in OBJECTS["lead"].own}
    assert set(own) == {shaping.TYPE, shaping.FITTED}
    leads = [row for row in db.session.scalars(select(TABLES["lead"])) if getattr(row, shaping.TYPE)]
    by_rule = [row for row in leads if row.email == mishaps.PAPER]
    assert len(leads) == shaping.KNOWN + len(by_rule)
    allowed = dict(own[shaping.FITTED].among)
    by_hand = [row for row in leads if row not in by_rule]
    assert all(getattr(row, shaping.FITTED) in allowed[getattr(row, shaping.TYPE)] for row in by_hand)
    assert all(row.value is not None for row in leads if getattr(row, shaping.TYPE) == "plant")


def test_rules_failed_and_were_tried_again_and_a_loop_was_stopped(demo: Flask) -> None:
    runs = db.session.execute(select(Automation.name, Automation.active, Run).join(Run)).all()
    told = {name: (on, [run for each, _on, run in runs if each == name]) for name, on, _run in runs}
    on, (mended,) = told[mishaps.PLANTS]
    assert (on, mended.state, mended.tries, mended.error) == (True, "done", 2, "")
    mill = db.session.get(TABLES["lead"], mended.record_id)
    assert mill is not None
    assert (getattr(mill, shaping.TYPE), mill.value) == ("plant", mishaps.WORTH)
    for name, kept_from_it in ((mishaps.LARGE, 2), (mishaps.GUESTS, 1)):
        on, (run,) = told[name]
        assert (on, run.state, run.again) == (False, "done", kept_from_it)
    assert acting.waiting() == 0


def test_a_webhook_was_busy_and_came_through_and_a_private_one_never_does(demo: Flask) -> None:
    sent = db.session.execute(select(Hook.name, Delivery.state, Delivery.tries, Delivery.status).join(Delivery)).all()
    assert Counter(row[1:] for row in sent if row.name == mishaps.MAILER) == {
        ("delivered", 1, 202): 9 - mishaps.REFUSED_AT_FIRST,
        ("delivered", 2, 202): mishaps.REFUSED_AT_FIRST,
    }
    assert [row.state for row in sent if row.name != mishaps.MAILER] == ["waiting"]


def test_broken_promises_were_told_and_escalated(demo: Flask) -> None:
    clocks = db.session.scalars(select(TicketClock).where(TicketClock.rung > 0)).all()
    broken = {row.ticket_id for row in clocks if row.rung > 1}
    assert (len(clocks), len(broken)) == (10, 8)
    tickets = {row.id: row for row in db.session.scalars(select(TABLES["ticket"]))}
    assert {tickets[each].state for each in broken} == {"escalated"}
    assert all(tickets[each].resolve_by <= morning_of(DAY) for each in broken)
    assert db.session.scalar(select(func.count(Notice.id)).where(Notice.kind == "sla_breached")) > len(broken)


def test_the_web_form_brought_leads_and_turned_programs_away(demo: Flask) -> None:
    (row,) = web_forms.forms()
    assert (row.form.name, row.taken, row.spam) == (doors.FORM.name, doors.CAME, len(doors.TURNED_AWAY))
