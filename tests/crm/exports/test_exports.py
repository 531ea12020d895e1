"""What figures are computed from can be taken out, and whoever counts again finds the same figure."""

import csv
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from crm.access.queries import access_of
from crm.counts.rules.windows import Window
from crm.kpis import queries as kpis
from crm.records.models import Stage
from crm.usage import service as usage
from crm.usage.rules import Stay
from infra.database import db
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures.app import NOW
from web import wiring
from web.cli import merged

WINDOW = Window(NOW.date() - timedelta(days=29), NOW.date(), NOW)


@pytest.fixture
def taken(app, tmp_path):
    """A function from what is taken out to the rows of its file."""

    def take(name: str) -> list[dict[str, str]]:
        (group,) = (each for each in merged(wiring.commands()) if each.name == "crm")
        target = tmp_path / f"{name}.csv"
        done = CliRunner().invoke(group, ["export", name, "-o", str(target)], obj=lambda: app)
        assert done.exit_code == 0, done.output
        with target.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return take


def test_the_win_rate_is_found_again_in_the_files(app, taken):
    stages = {each.key: each.id for each in db.session.scalars(select(Stage))}
    for number in range(14):
        key = ("won", "lost", "lost", "demo")[number % 4]
        deal = {"name": f"D{number}", "stage_id": stages[key], "lost_reason": "price" if key == "lost" else ""}
        factories.record("opportunity", at=NOW - timedelta(days=number), **deal)
    outcome = {row["id"]: row["outcome"] for row in taken("stages")}
    first = WINDOW.start.replace(tzinfo=None)
    closed = [
        outcome[row["stage_id"]]
        for row in taken("opportunities")
        if row["closed_at"] and datetime.fromisoformat(row["closed_at"]) >= first
    ]
    found = kpis.measure("win-rate", WINDOW, access_of(SYSTEM))
    assert found.n == len(closed) >= 10
    assert float(found.value) == pytest.approx(closed.count("won") / len(closed), abs=1e-6)


def test_timeliness_is_found_again_in_the_files(app, taken):
    for number in range(20):
        happened = NOW - timedelta(days=3, hours=number)
        late = timedelta(hours=24, seconds=(number % 3) - 1)
        factories.record("activity", at=happened + late, name=f"A{number}", kind="call", occurred_at=happened)
    rows = [
        row
        for row in taken("activities")
        if row["kind"] in ("call", "email", "meeting") and row["origin"] == "entered" and row["occurred_at"]
    ]
    waits = [datetime.fromisoformat(row["created_at"]) - datetime.fromisoformat(row["occurred_at"]) for row in rows]
    found = kpis.measure("activity-timeliness", WINDOW, access_of(SYSTEM))
    in_time = sum(wait <= timedelta(hours=24) for wait in waits)
    assert (int(found.numerator), found.n) == (in_time, 20)
    assert 0 < in_time < 20


def test_sign_ins_use_and_stages_passed_are_taken_out(app, taken):
    sofie = factories.crm_role(factories.person("Sofie"), "sales-representative")
    hour = NOW.replace(minute=0)
    usage.put({sofie.id: [Stay(NOW, NOW)]}, {(hour, sofie.id, "leads"): 4}, actor=SYSTEM, now=NOW)
    deal = factories.record("opportunity", name="Deal")
    assert [(row["person_id"], row["started_at"]) for row in taken("sign-ins")] == [
        (str(sofie.id), "2026-02-18 09:10:00")
    ]
    assert [(row["feature"], row["opened"]) for row in taken("usage")] == [("leads", "4")]
    assert str(deal) in {row["opportunity_id"] for row in taken("stage-changes")}
