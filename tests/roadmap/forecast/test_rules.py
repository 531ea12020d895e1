"""The simulation: vectors by the book, the same dates as the scheduler in every run, risks, and what may not move."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from kernel.errors import RuleBroken
from kernel.worktime import OFFICE_HOURS, Calendar, around_the_clock, instant_of, minute_of, standard
from roadmap.forecast.rules.answer import costs_of, forecast
from roadmap.forecast.rules.answer import quantile as quantile_of
from roadmap.forecast.rules.model import Crew, Model, Purse, Threat
from roadmap.forecast.rules.passes import PLAIN_RUNS, Passes, plain_run
from roadmap.forecast.rules.sampling import draw, hit_by
from roadmap.forecast.rules.shapes import Estimate, Shape, deviation, spread
from roadmap.schedule.rules import Activity, ConstraintType, Link, LinkType, Plan, TaskType, schedule
from roadmap.schedule.rules.plan import Share

DAY = 480
START = datetime(2026, 1, 5, 8)
NAMED = {
    "four days": Calendar((OFFICE_HOURS,) * 4 + ((), (), ())),
    "holidays": standard([START.date() + timedelta(days=each) for each in (3, 9, 10)]),
    "clock": around_the_clock(),
}


def a_plan(*rows: Activity, links: tuple[Link, ...] = (), **more) -> Plan:
    return Plan(START, standard(), rows, links, **more)


def days_to(plan: Plan, minute: int) -> float:
    return plan.calendar.between(plan.start, instant_of(int(minute))) / DAY


def quantile(line, share: float) -> int:
    return int(np.sort(line)[int(np.ceil(share * len(line))) - 1])


@pytest.mark.parametrize(("tasks", "expected", "within"), [(1, 12.35, 0.005), (2, 13.08, 0.05)])
def test_one_triangular_task_and_two_in_parallel_end_where_the_book_says(tasks, expected, within) -> None:
    plan = a_plan(*(Activity(each, duration_minutes=10 * DAY) for each in range(tasks)))
    guess = Estimate(8 * DAY, 10 * DAY, 15 * DAY, Shape.TRIANGULAR)
    model = Model(plan, dict.fromkeys(range(tasks), guess))
    draws = draw(model, 10_000, 1)
    found = Passes(model, draws).run(draws, [])
    assert days_to(plan, quantile(found.finish[None], 0.8)) == pytest.approx(expected, abs=within)


@pytest.mark.parametrize("points", [(4, 6, 14), (0, 0, 10), (0, 10, 10), (5, 9, 10)])
def test_pert_has_the_mean_that_its_formula_says(points) -> None:
    guess = Estimate(*(each * DAY for each in points))
    assert spread(guess, 10_000).mean() == pytest.approx(guess.mean, rel=0.002)
    assert deviation(guess) == (points[2] - points[0]) * DAY / 6


@pytest.mark.parametrize("shape", Shape)
def test_every_shape_stays_between_best_and_worst(shape) -> None:
    line = spread(Estimate(480, 600, 2400, shape), 5_000)
    assert [line.min(), line.max()] == pytest.approx([480, 2400], abs=250)
    assert (np.diff(line) >= 0).all()


def test_the_quantiles_of_pert_are_those_of_the_beta_distribution() -> None:
    """Beta(3, 3), from its closed distribution function 10 x³ - 15 x⁴ + 6 x⁵."""
    line = spread(Estimate(0, 500_000, 1_000_000), 1_000) / 1_000_000
    reached = 10 * line**3 - 15 * line**4 + 6 * line**5
    assert np.abs(reached - (np.arange(1_000) + 0.5) / 1_000).max() < 1e-5


@pytest.mark.parametrize("points", [(5, 4, 6), (1, 3, 2), (-1, 0, 1)])
def test_an_estimate_out_of_order_is_refused(points) -> None:
    with pytest.raises(RuleBroken, match="at most"):
        Estimate(*points)


def test_a_risk_of_ten_days_at_fifty_percent_moves_p80_by_ten_days_and_p40_not() -> None:
    plan = a_plan(Activity(1, duration_minutes=10 * DAY))
    model = Model(plan, threats=(Threat(7, 0.5, 10, 10, (1,)),))
    draws = draw(model, 10_000, 3)
    passes = Passes(model, draws)
    struck, spared = (passes.run(each, []).finish[None] for each in (draws, draws.without(7)))
    assert [days_to(plan, quantile(struck, share)) for share in (0.4, 0.8)] == [10, 20]
    assert [days_to(plan, quantile(spared, share)) for share in (0.4, 0.8)] == [10, 10]


def test_the_same_seed_gives_the_same_runs_and_another_task_changes_none_of_them() -> None:
    guess = Estimate(DAY, 2 * DAY, 5 * DAY)
    plan = a_plan(Activity(1, duration_minutes=DAY), Activity(2, duration_minutes=DAY))
    alone, both = (draw(Model(plan, dict.fromkeys(ids, guess)), 500, 9) for ids in ([1], [1, 2]))
    assert (alone.minutes[1] == both.minutes[1]).all()
    assert (both.minutes[1] != both.minutes[2]).any()
    assert (draw(Model(plan, {1: guess}), 500, 10).minutes[1] != alone.minutes[1]).any()


def test_a_risk_in_a_summary_hits_the_tasks_on_which_no_other_of_them_waits() -> None:
    rows = (
        Activity(1, TaskType.SUMMARY),
        Activity(2, TaskType.SUMMARY, parent=1),
        Activity(3, duration_minutes=DAY, parent=2),
        Activity(4, duration_minutes=DAY, parent=2),
        Activity(5, duration_minutes=DAY, parent=1),
        Activity(6, duration_minutes=DAY, parent=1, percent_complete=100),
    )
    links = (Link(3, 4),)
    assert hit_by(a_plan(*rows, links=links), Threat(1, 1, 1, 1, (1,))) == (4, 5)
    assert hit_by(a_plan(*rows, links=(*links, Link(2, 5))), Threat(1, 1, 1, 1, (1,))) == (5,)
    assert hit_by(a_plan(*rows), Threat(1, 1, 1, 1, (6, 99))) == ()


def test_a_milestone_that_a_risk_hits_comes_later_in_the_runs_in_which_it_strikes() -> None:
    rows = (Activity(1, duration_minutes=2 * DAY), Activity(2, TaskType.MILESTONE))
    model = Model(a_plan(*rows, links=(Link(1, 2),)), threats=(Threat(4, 0.25, 3, 3, (2,)),), goal=2)
    draws = draw(model, 100, 1)
    line = Passes(model, draws).run(draws, [2]).finish[2]
    assert sorted({days_to(model.plan, each) for each in line}) == [2, 5]
    assert np.count_nonzero(line == line.max()) == 25


def test_work_that_is_done_stays_and_only_the_share_left_is_uncertain() -> None:
    row = Activity(1, duration_minutes=10 * DAY, percent_complete=60, actual_start=START)
    plan = a_plan(row, status_date=START + timedelta(days=14))
    model = Model(plan, {1: Estimate(5 * DAY, 10 * DAY, 20 * DAY, Shape.UNIFORM)})
    draws = draw(model, 1_000, 1)
    line = Passes(model, draws).run(draws, [1]).finish[1]
    assert [days_to(plan, each) for each in (line.min(), line.max())] == pytest.approx([12, 18], abs=0.02)
    finished = replace(row, percent_complete=100, actual_finish=START + timedelta(days=3))
    assert not draw(Model(a_plan(finished), model.estimates), 10, 1).minutes


def test_a_plan_that_no_vector_knows_runs_through_the_scheduler_itself() -> None:
    rows = (
        Activity(1, duration_minutes=5 * DAY),
        Activity(2, duration_minutes=DAY, constraint=ConstraintType.ALAP),
    )
    model = Model(a_plan(*rows), {1: Estimate(4 * DAY, 5 * DAY, 9 * DAY)})
    draws = draw(model, 10_000, 1)
    passes = Passes(model, draws)
    found = passes.run(draws, [2], drivers=True)
    assert (passes.vectorised, found.runs) == (False, PLAIN_RUNS)
    assert (found.finish[2] == found.finish[None]).all()


def test_durations_out_of_reason_are_refused_with_the_day_that_they_lead_to() -> None:
    model = Model(a_plan(Activity(1, duration_minutes=DAY)), {1: Estimate(DAY, DAY, 40_000 * DAY)})
    with pytest.raises(RuleBroken, match="would last until 2126"):
        Passes(model, draw(model, 100, 1))


def oddities(kind: TaskType) -> st.SearchStrategy[dict]:
    """What few tasks have: several people on it, a clock that never stops, dates of their own, work in two pieces."""
    if kind is TaskType.MILESTONE:
        return st.just({})
    people = st.builds(
        Share, st.sampled_from([60, 480, 1000]), st.sampled_from([None, *NAMED]), st.sampled_from([0, 240])
    )
    day = START + timedelta(days=5, hours=1)
    return st.sampled_from([0, 0, 0, 1]).flatmap(
        lambda odd: (
            st.one_of(
                st.builds(lambda several: {"shares": tuple(several)}, st.lists(people, min_size=1, max_size=3)),
                st.just({"elapsed": True}),
                st.just({"manual_start": day}),
                st.just({"manual_start": day, "manual_finish": day + timedelta(days=3)}),
                st.just({"resume": START + timedelta(days=9), "done_minutes": 50}),
                st.just({"slack_calendar": "holidays"}),
            )
            if odd
            else st.just({})
        )
    )


@st.composite
def models(draw_: st.DrawFn) -> Model:
    size = draw_(st.integers(1, 9))
    summaries = draw_(st.integers(0, 2))
    kinds = st.sampled_from([each for each in ConstraintType if each is not ConstraintType.ALAP])
    rows = [Activity(100 + each, TaskType.SUMMARY, parent=100 if each else None) for each in range(summaries)]
    homes = st.sampled_from([None, *(row.id for row in rows)])
    for each in range(size):
        kind = draw_(st.sampled_from([TaskType.TASK, TaskType.TASK, TaskType.TASK, TaskType.MILESTONE]))
        begun = draw_(st.sampled_from([None, None, None, START + timedelta(days=draw_(st.integers(0, 6)), hours=3)]))
        rows.append(
            Activity(
                each,
                kind,
                0 if kind is TaskType.MILESTONE else 60 * draw_(st.integers(1, 40)),
                parent=draw_(homes),
                constraint=draw_(kinds) if draw_(st.integers(0, 3)) == 0 else ConstraintType.ASAP,
                constraint_date=START + timedelta(days=draw_(st.integers(0, 15)), hours=2),
                percent_complete=draw_(st.sampled_from([0, 0, 0, 0, 35, 100])),
                actual_start=begun,
                calendar=draw_(st.sampled_from([None, None, *NAMED])),
                active=draw_(st.integers(0, 9)) > 0,
                delay_minutes=draw_(st.sampled_from([0, 0, 0, 700])),
                **draw_(oddities(kind)),
            )
        )
    rows = [
        row if row.type is not TaskType.SUMMARY or _has_children(row, rows) else replace(row, type=TaskType.TASK)
        for row in rows
    ]
    ids = [row.id for row in rows]
    pairs = draw_(st.sets(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=12))
    lags, elapsed = st.sampled_from([0, 0, 480, 90, -240]), st.booleans()
    percents = st.sampled_from([None, None, None, 50.0, -25.0])
    links = tuple(
        Link(min(pair), max(pair), draw_(st.sampled_from(LinkType)), draw_(lags), draw_(elapsed), draw_(percents))
        for pair in sorted(pairs)
        if pair[0] != pair[1] and not _related(pair, rows)
    )
    status = draw_(st.sampled_from([None, START + timedelta(days=4), START + timedelta(days=7, hours=2)]))
    plan = Plan(START, standard([START.date() + timedelta(days=1)]), tuple(rows), links, status, NAMED)
    guesses = {
        row.id: Estimate(row.duration_minutes // 2, row.duration_minutes, row.duration_minutes * 3)
        for row in rows
        if row.type is TaskType.TASK and row.duration_minutes and not row.started and draw_(st.booleans())
    }
    return Model(plan, guesses)


def _has_children(row: Activity, rows: list[Activity]) -> bool:
    return any(each.parent == row.id for each in rows)


def _related(pair: tuple[int, int], rows: list[Activity]) -> bool:
    parents = {row.id: row.parent for row in rows}
    return any(each >= 100 for each in pair) and (parents[pair[0]] is not None or parents[pair[1]] is not None)


def _runnable(model: Model) -> bool:
    try:
        schedule(model.plan)
    except RuleBroken:
        return False
    return True


@settings(deadline=None, max_examples=40, phases=[Phase.explicit, Phase.generate])
@given(models().filter(_runnable))
def test_every_run_has_the_dates_of_the_scheduler_to_the_minute(model: Model) -> None:
    runs = 4
    draws = draw(model, runs, 1)
    passes = Passes(model, draws)
    assert passes.vectorised
    ids = [row.id for row in model.plan.activities]
    found = passes.run(draws, ids)
    for number in range(runs):
        one = plain_run(model.plan, draws.minutes, {}, number, None)
        assert [instant_of(int(found.finish[each][number])) for each in ids] == [one.dates[each].finish for each in ids]
        assert minute_of(one.finish) == found.finish[None][number]


@settings(deadline=None, max_examples=30, phases=[Phase.explicit, Phase.generate])
@given(models(), st.data())
def test_a_task_is_critical_in_the_runs_in_which_the_scheduler_says_so(model: Model, data: st.DataObject) -> None:
    rows = tuple(
        Activity(row.id, row.type, row.duration_minutes, row.parent, calendar=row.calendar)
        for row in model.plan.activities
    )
    model = replace(model, plan=replace(model.plan, activities=rows))
    assume(_runnable(model))
    goals = [row.id for row in rows if not row.finished and row.type is not TaskType.SUMMARY]
    assume(goals)
    goal = data.draw(st.sampled_from(goals))
    draws = draw(model, 3, 1)
    found = Passes(replace(model, goal=goal), draws).run(draws, [], drivers=True)
    runs = [plain_run(model.plan, draws.minutes, {}, number, goal) for number in range(3)]
    for row in model.plan.activities:
        share = sum(one.dates[row.id].critical for one in runs) / 3
        assert found.critical[row.id] == pytest.approx(share), (row.id, goal)


def test_what_a_run_costs_follows_what_its_tasks_take_and_which_risks_strike() -> None:
    plan = a_plan(Activity(1, duration_minutes=10 * DAY), Activity(2, duration_minutes=DAY))
    guess = Estimate(10 * DAY, 10 * DAY, 20 * DAY, Shape.UNIFORM)
    model = Model(plan, {1: guess}, (Threat(7, 0.5, 0, 0, (1,), 100, 100),))
    found = forecast(model, {}, runs=1_000, purse=Purse("EUR", 2, 100_000, {1: 50_000, 2: 9}))
    draws = draw(model, 1_000, 1)
    line = costs_of(model, draws, Purse("EUR", 2, 100_000, {1: 50_000}))
    assert [line.min(), line.max()] == pytest.approx([100_000, 160_000], abs=300)
    assert line.mean() == pytest.approx(100_000 + 25_000 + 5_000, rel=0.001)
    assert found.cost_p80 == quantile_of(line, 0.8)
    assert forecast(model, {}, runs=100).cost_p80 is None


def test_one_more_person_shares_what_only_that_role_does() -> None:
    """One takes ten days and two take five; where two do it, three take two thirds."""
    rows = (Activity(1, duration_minutes=10 * DAY), Activity(2, duration_minutes=6 * DAY))
    plan = a_plan(*rows, links=(Link(1, 2),))
    crews = (Crew(7, {1: 1.0}), Crew(8, {2: 2.0}), Crew(9, {}))
    found = forecast(Model(plan, crews=crews), {}, runs=100)
    assert {each.id: each.days for each in found.helps if each.kind == "person"} == {7: 5, 8: 2}


def test_a_task_of_a_branch_takes_in_each_run_what_it_takes_in_its_trunk() -> None:
    guess = Estimate(DAY, 2 * DAY, 5 * DAY)
    trunk, branch = (
        draw(Model(a_plan(Activity(each, duration_minutes=DAY)), {each: guess}, twins=twins), 50, 3)
        for each, twins in ((1, {}), (40, {40: 1}))
    )
    assert (trunk.minutes[1] == branch.minutes[40]).all()
