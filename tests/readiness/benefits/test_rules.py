"""Aims, intervals and what can still be reached: by examples and by properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.kpis.rules.definitions import KPIS
from kernel.errors import RuleBroken
from readiness.benefits.rules import aims, intervals, reach
from readiness.benefits.rules.intervals import Interval
from readiness.benefits.rules.reach import Course, Reach

LIVE = date(2026, 1, 1)
TODAY, DUE = date(2026, 1, 10), date(2026, 1, 20)
MET = Course(0.5, 0.5, LIVE, TODAY, DUE, rising=True, share=True)
VALUES = st.lists(st.floats(-1e6, 1e6), min_size=30, max_size=60)


def test_below_thirty_there_is_no_interval():
    assert intervals.of_share(10, 29) is None
    assert intervals.of_mean([1.0] * 29) is None
    assert intervals.of_share(10, 30) is not None
    assert intervals.of_mean([1.0] * 30) == Interval(1.0, 1.0)


@settings(max_examples=40, deadline=None)
@given(VALUES, st.randoms())
def test_an_interval_is_the_same_for_the_same_records_in_any_order_and_within_them(values, random):
    found = intervals.of_mean(values)
    shuffled = list(values)
    random.shuffle(shuffled)
    assert found == intervals.of_mean(shuffled)
    assert min(values) - 1e-6 <= found.low <= found.high <= max(values) + 1e-6


@settings(max_examples=60, deadline=None)
@given(st.integers(30, 5000), st.data())
def test_the_interval_of_a_share_holds_it_and_lies_between_none_and_all(n, data):
    hits = data.draw(st.integers(0, n))
    found = intervals.of_share(hits, n)
    assert 0 <= found.low <= hits / n <= found.high <= 1


def test_more_records_make_it_surer():
    narrow, wide = intervals.of_share(750, 1000), intervals.of_share(75, 100)
    assert narrow.high - narrow.low < wide.high - wide.low
    assert (wide.low, wide.high) == pytest.approx((0.665, 0.835), abs=0.01)


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        (MET, Reach.REACHED),
        (replace(MET, value=0.4999), Reach.REACHABLE),
        (replace(MET, value=0.4, interval=Interval(0.3, 0.6)), Reach.REACHABLE),
        (replace(MET, value=0.4, interval=Interval(0.3, 0.5999)), Reach.UNLIKELY),
        (replace(MET, value=0.0, target=0.6), Reach.IMPOSSIBLE),
        (replace(MET, value=0.4, today=DUE), Reach.MISSED),
        (replace(MET, value=0.5, today=DUE + timedelta(days=9)), Reach.REACHED),
        (replace(MET, value=0.4, due=None), Reach.REACHABLE),
        (replace(MET, value=0.4, stands=True, interval=Interval(0.3, 0.42)), Reach.REACHABLE),
        (Course(20, 15, LIVE, TODAY, DUE, rising=False), Reach.REACHABLE),
        (Course(20, 15, LIVE, TODAY, DUE, Interval(12, 25), rising=False), Reach.UNLIKELY),
        (Course(90, 15, LIVE, TODAY, DUE, rising=False), Reach.IMPOSSIBLE),
        (Course(15, 15, LIVE, TODAY, DUE, rising=False), Reach.REACHED),
    ],
)
def test_what_can_still_be_reached(course, expected):
    assert reach.judge(course).reach is expected


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.integers(1, 300), st.integers(1, 300))
def test_what_is_needed_makes_the_mean_of_all_days_the_target(value, target, gone, left):
    live, today = LIVE, LIVE + timedelta(days=gone - 1)
    found = reach.judge(Course(value, target, live, today, today + timedelta(days=left)))
    if found.needed is not None:
        assert (value * gone + found.needed * left) / (gone + left) == pytest.approx(target)
    else:
        assert value >= target


def test_what_is_aimed_at_follows_from_the_baseline():
    assert aims.target_of(KPIS["revenue"], 1000, 15) == pytest.approx(1150)
    assert aims.target_of(KPIS["revenue"], None, 15) is None
    assert aims.target_of(KPIS["revenue"], 0, 15) is None
    assert aims.target_of(KPIS["sales-cycle"], 50, -20) == pytest.approx(40)
    assert aims.target_of(KPIS["win-rate"], 0.95, 15) == 1.0
    assert aims.target_of(KPIS["contact-creation"], None, 10) == pytest.approx(0.1)
    assert aims.target_of(KPIS["revenue"], 1000, None) is None


def test_the_months_of_the_charter_count_from_go_live():
    found = aims.aim_of({"measure": "revenue", "change_percent": 15, "due_months": 12}, date(2025, 12, 31))
    assert found == aims.Aim("revenue", 15.0, date(2026, 12, 31))
    assert aims.aim_of({}, None) == aims.Aim("", None, None)


@pytest.mark.parametrize(
    ("kpi", "change"), [("nonsense", 5), ("revenue", None), ("revenue", float("nan")), ("revenue", -101)]
)
def test_an_aim_that_makes_no_sense(kpi, change):
    with pytest.raises(RuleBroken):
        aims.check_aim(kpi, change, None, KPIS)


@pytest.mark.parametrize(
    ("since", "until", "live"),
    [
        (date(2026, 2, 2), date(2026, 2, 1), None),
        (date(2026, 2, 1), date(2026, 2, 18), None),
        (date(2026, 1, 1), date(2026, 2, 1), date(2026, 2, 1)),
    ],
    ids=["turned round", "not over", "not before go-live"],
)
def test_days_that_are_no_baseline(since, until, live):
    with pytest.raises(RuleBroken):
        aims.check_days(since, until, live, date(2026, 2, 18))
    aims.check_days(date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 18))


def test_whoever_replaces_or_is_late_says_why():
    assert aims.check_reason("", replaces=False, late=False) == ""
    for more in ({"replaces": True, "late": False}, {"replaces": False, "late": True}):
        with pytest.raises(RuleBroken):
            aims.check_reason(" ", **more)
        assert aims.check_reason(" The CRM was cleaned ", **more) == "The CRM was cleaned"
