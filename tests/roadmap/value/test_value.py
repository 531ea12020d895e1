"""Earned value of a project: the vectors of the domain, what a baseline changes, and what is told of a day gone by."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from kernel.actor import SYSTEM
from roadmap.baselines import service as baselines
from roadmap.costs import service as costs
from roadmap.costs.rules.entries import Kind
from roadmap.costs.service import CostData, RateData
from roadmap.outline import service as outline
from roadmap.staffing import service as staffing
from roadmap.tasks import service as tasks
from roadmap.timesheet import service as timesheet
from roadmap.timesheet.service import EntryData
from roadmap.value import queries, service
from roadmap.value.cli import as_data, plan
from roadmap.value.jobs import keep_values
from tests import factories

START = date(2026, 1, 5)
WEEK_4 = date(2026, 1, 30)
AFTER = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = 480
BUDGET = (10, 15, 20, 25, 20, 10)


@pytest.fixture
def project(app):
    return factories.project(start=START)


@pytest.fixture
def weeks(project):
    """Six tasks of a week each, one after another, priced so that planned value is 0, 10, 25, 45, 70, 90, 100."""
    made, before = [], None
    for number, amount in enumerate(BUDGET):
        before = factories.task(project, f"Week {number + 1}", after=before, duration_minutes=5 * DAY, work_minutes=0)
        data = CostData(f"Part {number + 1}", START, amount * 100_000, None, before)
        costs.add_cost(project, Kind.FIXED, data, actor=SYSTEM, today=AFTER, now=NOW)
        made.append(before)
    return made


def done(project, task, percent, start, finish=None):
    values = {"percent_complete": percent, "actual_start": start, "actual_finish": finish}
    tasks.change(project, task, values, actor=SYSTEM, now=NOW)


def spent(project, cents, day, task=None):
    data = CostData("Spent", day, cents, None, task)
    costs.add_cost(project, Kind.EXPENSE, data, actor=SYSTEM, today=AFTER, now=NOW)


@pytest.fixture
def behind(project, weeks):
    """Two weeks done, three quarters of the third: 40 earned where 70 were planned; 48,000 spent."""
    done(project, weeks[0], 100, datetime(2026, 1, 5, 8), datetime(2026, 1, 9, 17))
    done(project, weeks[1], 100, datetime(2026, 1, 12, 8), datetime(2026, 1, 16, 17))
    done(project, weeks[2], 75, datetime(2026, 1, 19, 8))
    spent(project, 4_800_000, date(2026, 1, 20), weeks[0])
    return weeks


@pytest.fixture
def cli(app):
    return lambda *arguments: CliRunner().invoke(plan, [str(each) for each in arguments], obj=lambda: app)


def value(project, as_of=WEEK_4, today=AFTER, **more):
    return queries.value_of(project, as_of, today, **more)


def test_the_vector_of_the_domain_against_a_baseline(project, weeks):
    baselines.take(project, "Kick-off", "", reference=True, actor=SYSTEM, now=NOW)
    done(project, weeks[0], 100, datetime(2026, 1, 5, 8), datetime(2026, 1, 9, 17))
    done(project, weeks[1], 100, datetime(2026, 1, 12, 8), datetime(2026, 1, 16, 17))
    done(project, weeks[2], 75, datetime(2026, 1, 19, 8))
    spent(project, 4_800_000, date(2026, 1, 20))
    found = as_data(value(project))
    assert (found["bac"], found["pv"], found["ev"], found["ac"]) == (100_000, 70_000, 40_000, 48_000)
    assert (found["es"], found["at"], found["spi_t"]) == (2.75, 4, 0.6875)
    assert (found["cpi"], found["eac"], found["etc"]) == (0.8333, 120_000, 72_000)
    assert (found["vac"], found["tcpi"]) == (-20_000, 1.1538)
    assert (found["unit"], found["baseline"]["name"]) == ("EUR", "Kick-off")
    assert found["finish"] == "2026-03-07"


def test_without_a_baseline_the_plan_is_measured_as_it_stands_and_says_so(project, behind):
    found = value(project)
    assert found.baseline is None
    assert (found.total.earned.bac, round(found.total.earned.ev)) == (10_000_000, 4_000_000)


def test_tasks_and_phases_add_up_to_the_whole(project, behind):
    found = value(project)
    for name in ("bac", "pv", "ev", "ac"):
        whole = getattr(found.total.earned, name)
        assert sum(getattr(each.earned, name) for each in found.tasks) == pytest.approx(whole)
        assert sum(getattr(each.earned, name) for each in found.phases) == pytest.approx(whole)


def test_a_day_gone_by_knows_only_what_was_done_by_then(project, behind):
    early = value(project, date(2026, 1, 9))
    assert (early.total.earned.ev, early.total.earned.ac) == (1_000_000, 0)
    assert early.total.earned.cpi is None


def test_without_money_person_days_are_the_budget(project):
    task = factories.task(project, "Clean", duration_minutes=5 * DAY)
    done(project, task, 40, datetime(2026, 1, 5, 8))
    who = factories.person(projects={project: "member"})
    timesheet.log(project, task, EntryData(who.id, date(2026, 1, 6), DAY), actor=who, today=AFTER, now=NOW)
    found = as_data(value(project, date(2026, 1, 7)))
    assert (found["unit"], found["bac"], found["ev"], found["ac"], found["cpi"]) == ("person-days", 5, 2, 1, 2)


def test_hours_cost_their_rate_and_an_amount_that_has_none_is_in_no_figure(project):
    role = staffing.add_role(project, {"name": "Data lead"}, actor=SYSTEM)[0]
    costs.set_rate(project, RateData(START, 6000, role, None), actor=SYSTEM, today=START)
    priced = factories.task(project, "Clean", duration_minutes=DAY, role_id=role)
    factories.task(project, "Talk", duration_minutes=DAY)
    who = factories.person(projects={project: "member"})
    timesheet.log(project, priced, EntryData(who.id, START, 60), actor=who, today=AFTER, now=NOW)
    found = value(project)
    assert (found.total.earned.bac, found.total.earned.ac, found.unpriced) == (8 * 6000, 6000, DAY)
    assert value(project, money=False).total.earned.bac == 2 * DAY


def test_nothing_planned_is_not_available_and_never_zero(project):
    found = as_data(value(project))
    assert [found[name] for name in ("spi", "cpi", "eac", "es", "spi_t", "tcpi")] == [None] * 6


def test_what_is_gone_keeps_its_budget_and_what_is_new_has_none(project, weeks):
    baselines.take(project, "Kick-off", "", reference=True, actor=SYSTEM, now=NOW)
    outline.delete(project, [weeks[5]], actor=SYSTEM)
    new = factories.task(project, "Extra")
    spent(project, 5_000, date(2026, 1, 6), new)
    found = value(project)
    assert found.total.earned.bac == 10_000_000
    assert (found.count("new"), found.count("gone")) == (1, 1)
    extra = next(each for each in found.tasks if each.name == "Extra")
    assert (extra.earned.bac, extra.earned.ac) == (0, 5_000)


def test_moving_the_plan_leaves_a_baseline_where_it_was(project, weeks):
    baselines.take(project, "Kick-off", "", reference=True, actor=SYSTEM, now=NOW)
    before = value(project).total.earned.pv
    tasks.change(project, weeks[0], {"duration_minutes": 20 * DAY}, actor=SYSTEM, now=NOW)
    assert value(project).total.earned.pv == before


def test_the_curves_rise_to_the_budget_and_lead_on_to_the_estimate(project, behind):
    found = value(project)
    last = found.points[-1]
    assert [each.day for each in found.points] == sorted({each.day for each in found.points})
    assert last.pv == found.total.earned.bac
    assert last.ev_ahead == pytest.approx(found.total.earned.bac)
    assert last.ac_ahead == pytest.approx(found.total.earned.eac)
    assert next(each for each in found.points if each.day == WEEK_4).ev == found.total.earned.ev


def test_many_projects_have_their_indices_from_one_reading(project, behind):
    other = factories.project("Other")
    found = queries.times_of([project, other], WEEK_4 + timedelta(days=1))
    assert found[project].spi == pytest.approx(value(project, WEEK_4, WEEK_4 + timedelta(days=1)).total.time.spi)
    assert found[other].spi is None


def test_the_command_prints_what_is_promised(project, behind, cli):
    made = cli("baseline", project, "Kick-off", "--format", "json")
    assert json.loads(made.stdout)["reference"]
    said = cli("value", project, "--as-of", "2026-01-30", "--format", "json")
    found = json.loads(said.stdout)
    assert list(found)[:10] == ["as_of", "bac", "pv", "ev", "ac", "spi", "cpi", "eac", "es", "spi_t"]
    assert found["as_of"] == "2026-01-30"
    assert "measured against" in cli("value", project).stdout


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-13-40", "soon", ""])
def test_a_day_that_no_plan_has_is_wrong_usage_and_says_what_is_right(project, cli, day):
    said = cli("value", project, "--as-of", day)
    assert (said.exit_code, said.exception.__class__) == (2, SystemExit)
    assert "--as-of" in said.stderr


def test_each_night_the_day_that_is_over_is_kept_as_it_was_known(project, behind):
    today = WEEK_4 + timedelta(days=1)
    first = service.keep_day(project, today, actor=SYSTEM, now=NOW)
    assert service.keep_day(project, today, actor=SYSTEM, now=NOW) == first
    done(project, behind[3], 50, datetime(2026, 1, 26, 8))
    keep_values(SYSTEM, NOW)
    early, late = queries.kept_of(project)
    assert (early.day, early.ev, early.spi_t) == (WEEK_4, 4_000_000, 0.6875)
    assert (late.day, late.ev) == (date(2026, 3, 1), 4_000_000 + 1_250_000)
    assert queries.weekly([early, late]) == [early, late]
