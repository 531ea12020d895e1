"""Forecasts of stored plans: what they rest on, that they are kept, asked for, and printed."""

import json
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from roadmap.forecast import jobs, queries, service
from roadmap.forecast.cli import plan as commands
from roadmap.forecast.models import Forecast
from roadmap.projects import service as projects
from roadmap.risks import service as risks
from roadmap.risks.rules import RiskData
from roadmap.tasks import service as tasks
from roadmap.tasks.models import Task
from tests import factories

DAY = 480
TODAY = date(2026, 1, 7)
NOW = datetime(2026, 1, 7, 9, tzinfo=UTC)


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Forecast))


def test_the_go_live_is_forecast_with_the_chance_of_its_target(plan):
    project, first, _second, live = plan
    ground, answer = service.reckon(project, TODAY, runs=1000)
    assert (answer.goal, answer.target, answer.planned) == (live, date(2026, 1, 26), datetime(2026, 1, 23, 17))
    assert (ground.basis.open, ground.basis.estimated) == (2, 1)
    assert 0.5 < answer.chance < 0.8
    assert answer.quantiles.p10 < answer.quantiles.p50 < answer.quantiles.p80 < answer.quantiles.p95
    assert [each.task for each in answer.drivers] == [first]
    assert answer.criticality[first] == 1
    assert answer.drivers[0].well < 0 < answer.drivers[0].days


def test_a_risk_counts_where_it_hits_and_what_is_missing_is_said(plan, strike):
    project, first, second, _live = plan
    tasks.change(
        project, first, dict.fromkeys(("estimate_low", "estimate_likely", "estimate_high")), actor=SYSTEM, now=NOW
    )
    before = service.reckon(project, TODAY, runs=1000)[1].quantiles
    struck = strike(project, second, 50, 10, 10)
    strike(project, first, None, 1, 2)
    ground, answer = service.reckon(project, TODAY, runs=1000)
    assert (answer.quantiles.p50, answer.quantiles.p80) == (before.p50, before.p80 + timedelta(days=14))
    assert [(each.id, each.why) for each in ground.basis.left_out] == [(struck + 1, "chance")]
    assert [(each.kind, each.id, each.days) for each in answer.helps if each.kind == "risk"] == [("risk", struck, 10)]
    assert ground.model.threats[0].tasks == (second,)


def test_a_risk_that_names_no_task_hits_the_go_live(plan):
    project, _first, _second, live = plan
    data = RiskData("The vendor is late", probability=3, impact=3, chance=100, days_low=2, days_high=2)
    risks.add_risk(project, data, actor=SYSTEM, now=NOW)
    assert service.reckon(project, TODAY, runs=100)[0].model.threats[0].tasks == (live,)


def test_a_published_forecast_is_read_as_it_was_made(plan):
    project, first, _second, live = plan
    number = service.publish(project, TODAY, actor=SYSTEM, now=NOW)
    answer = service.reckon(project, TODAY)[1]
    row = queries.latest([project, 999])[project]
    assert (row.id, row.p80, row.chance, row.day, row.by) == (number, answer.quantiles.p80, answer.chance, TODAY, "")
    content = queries.content(number)
    assert (content.bins, content.drivers, content.helps) == (answer.bins, answer.drivers, answer.helps)
    assert [(stop.task_id, stop.name, stop.p80) for stop in queries.stops([number])[number]] == [
        (live, "Go-live", row.p80)
    ]
    assert queries.criticality(project)[first] == 1
    assert queries.criticality(999) == {}
    assert row.slip(date(2026, 1, 20)) == (row.p80.date() - date(2026, 1, 20)).days


def test_the_night_keeps_a_forecast_where_something_changed_and_once_a_week_otherwise(plan):
    project, _first, second, _live = plan
    factories.project("Without a plan")
    broken = factories.project("Broken")
    factories.task(
        broken, "Far", duration_minutes=DAY, estimate_low=DAY, estimate_likely=DAY, estimate_high=9_999 * DAY * 1
    )
    for days, expected in ((0, 1), (1, 0), (7, 1)):
        before = count()
        jobs.keep_forecasts(SYSTEM, NOW + timedelta(days=days))
        mine = [row.id for row in queries.kept(project)]
        assert count() - before >= expected
        assert len(mine) == (2 if days == 7 else 1)
    tasks.change(project, second, {"duration_minutes": 6 * DAY}, actor=SYSTEM, now=NOW)
    jobs.keep_forecasts(SYSTEM, NOW + timedelta(days=8))
    assert len(queries.kept(project)) == 3
    assert queries.kept(project)[0].p50 > queries.kept(project)[1].p50


def test_somebody_who_waits_gets_a_forecast_from_the_timetable_or_hears_why_not(plan):
    project, first, _second, _live = plan
    service.ask_for(project, actor=SYSTEM, now=NOW)
    assert (queries.wish(project).percent, queries.wish(project).error) == (0, "")
    assert jobs.make_asked(SYSTEM, NOW) == 1
    assert (queries.wish(project), len(queries.kept(project))) == (None, 1)
    with transaction(SYSTEM, "task.changed") as work:
        work.session.get(Task, first).estimate_high = 30_000 * DAY
    service.ask_for(project, actor=SYSTEM, now=NOW)
    jobs.make_asked(SYSTEM, NOW)
    assert "Look for a slip" in queries.wish(project).error
    assert jobs.make_asked(SYSTEM, NOW) == 0


def test_a_forecast_that_fails_says_so_and_the_next_one_has_its_turn(plan, monkeypatch):
    project, *_tasks = plan
    other = factories.project("Other")
    factories.task(other, "Only", duration_minutes=DAY)
    service.ask_for(project, actor=SYSTEM, now=NOW)
    service.ask_for(other, actor=SYSTEM, now=NOW)
    reckon = service.reckon

    def failing(project_id, *args, **more):
        if project_id == project:
            raise MemoryError
        return reckon(project_id, *args, **more)

    monkeypatch.setattr(service, "reckon", failing)
    with pytest.raises(MemoryError):
        jobs.make_asked(SYSTEM, NOW)
    assert "broke off" in queries.wish(project).error
    assert jobs.make_asked(SYSTEM, NOW) == 1
    assert (queries.wish(other), len(queries.kept(other))) == (None, 1)


def test_a_forecast_whose_process_dies_is_begun_again(plan, monkeypatch):
    project, *_tasks = plan
    service.ask_for(project, actor=SYSTEM, now=NOW)
    with monkeypatch.context() as dying:
        dying.setattr(service, "keep", lambda *_args, **_more: sys.exit("killed"))
        with pytest.raises(SystemExit):
            jobs.make_asked(SYSTEM, NOW)
    assert queries.wish(project).percent > 0
    assert jobs.make_asked(SYSTEM, NOW) == 1
    assert (queries.wish(project), len(queries.kept(project))) == (None, 1)


def test_the_status_date_holds_what_is_left_and_today_does_where_none_is_set(plan):
    project, first, _second, _live = plan
    late = date(2026, 2, 20)
    assert service.reckon(project, late, runs=100)[1].quantiles.p50 < datetime(2026, 1, 30)
    tasks.set_progress(project, first, 10, actor=SYSTEM, now=NOW)
    assert service.reckon(project, late, runs=100)[1].quantiles.p50 > datetime(2026, 3, 5)
    projects.edit(project, {"status_date": date(2026, 1, 12)}, actor=SYSTEM)
    assert service.reckon(project, late, runs=100)[1].quantiles.p50 < datetime(2026, 2, 5)


def test_the_command_prints_what_was_promised_and_the_same_twice(app, plan):
    project, first, _second, _live = plan
    words = ["forecast", str(project), "--runs", "500", "--seed", "7", "--format", "json"]
    one, two = (CliRunner().invoke(commands, words, obj=lambda: app) for _each in range(2))
    assert (one.exit_code, one.output) == (0, two.output)
    data = json.loads(one.output)
    assert list(data) == ["runs", "seed", "p10", "p50", "p80", "p95", "target", "chance_of_target", "drivers"]
    assert (data["runs"], data["seed"], data["target"]) == (500, 7, "2026-01-26")
    assert data["drivers"][0].keys() == {"task", "criticality", "days_at_p80"}
    assert data["drivers"][0]["task"] == first
    assert count() == 0


ABSURD = (["1", "--runs", "0"], ["1", "--runs", "1000000"], ["1", "--runs", "many"], ["1", "--seed", "-4"],
          ["1", "--seed", "1" + "0" * 30], ["999"], ["x"])  # fmt: skip


@pytest.mark.parametrize("words", ABSURD, ids=" ".join)
def test_the_command_refuses_what_makes_no_sense(app, plan, words):
    found = CliRunner().invoke(commands, ["forecast", *words], obj=lambda: app)
    assert found.exit_code != 0
    assert "Traceback" not in found.output


def test_an_empty_plan_is_forecast_as_its_start(app):
    answer = service.reckon(factories.project(), TODAY, runs=100)[1]
    assert answer.quantiles.p80 == answer.planned == datetime(2026, 1, 5, 8)
    assert (answer.chance, answer.drivers, answer.helps) == (None, (), ())


def test_a_plan_that_is_done_is_forecast_as_it_went_and_a_target_in_the_past_has_no_chance(plan):
    project, first, second, live = plan
    projects.edit(project, {"target_go_live": date(2026, 1, 6)}, actor=SYSTEM)
    assert service.reckon(project, TODAY, runs=100)[1].chance == 0
    for task in (first, second, live):
        tasks.set_progress(project, task, 100, actor=SYSTEM, now=NOW)
    ground, answer = service.reckon(project, TODAY, runs=100)
    assert ground.basis.open == 0
    assert answer.quantiles.p10 == answer.quantiles.p95 == answer.planned
    assert (answer.drivers, answer.helps) == ((), ())


BAD_ESTIMATES = [
    ({"estimate_low": 500, "estimate_likely": 400, "estimate_high": 600}, "at most"),
    ({"estimate_low": -1, "estimate_likely": 400, "estimate_high": 600}, "negative|0|at least"),
    ({"estimate_low": 100, "estimate_likely": 400, "estimate_high": None}, "all three|three"),
]


@pytest.mark.parametrize(("values", "says"), BAD_ESTIMATES)
def test_an_estimate_that_is_none_is_refused_in_words(plan, values, says):
    with pytest.raises(RuleBroken, match=says):
        tasks.change(plan[0], plan[2], values, actor=SYSTEM, now=NOW)


def test_the_shape_of_an_estimate_counts(plan):
    project, first, _second, _live = plan
    before = service.reckon(project, TODAY, runs=1000)[1].quantiles
    tasks.change(project, first, {"estimate_shape": "uniform"}, actor=SYSTEM, now=NOW)
    after = service.reckon(project, TODAY, runs=1000)[1].quantiles
    assert (after.p10 < before.p10, after.p80 > before.p80) == (True, True)
