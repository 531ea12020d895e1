"""The demo's CRM: how much there is, where it came from, and the habits that its figures show."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.people.models import Person
from accounts.teams import queries as teams
from crm.access.models import CrmHolder
from crm.campaigns.models import CampaignDay
from crm.rates.queries import missing
from crm.records.models import TABLES, StageChange
from crm.usage.models import Visit
from infra.database import db
from tests.web.demo.conftest import DAY
from web.demo.crm import cast
from web.demo.crm.days import DECEMBER, Days
from web.demo.crm.plan import Plan
from web.demo.crm.play import planned
from web.demo.crm.warts import SAME_ACCOUNTS, SAME_PEOPLE

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[3] / "docs" / "demo.md"
COUNTS = {"account": 400, "contact": 1500, "lead": 1200, "opportunity": 900, "activity": 15_000, "campaign": 8}
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
