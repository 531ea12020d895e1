"""Indicators, earned schedule, claims and contradictions, by the examples of the domain and by properties."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import RuleBroken
from kernel.worktime import Calendar, Period
from phases.kickoff.changes.rules import Drift
from readiness.health.rules import claims, indicators, tolerances, whole
from readiness.health.rules.claims import Against, Claim, Stands
from readiness.health.rules.indicators import Kind, Reason
from readiness.health.rules.tolerances import USUAL
from readiness.health.rules.whole import Frame, Known
from roadmap.standing.rules.health import Health as Colour

TODAY = date(2026, 2, 18)
START = date(2026, 1, 5)
GREEN, AMBER, RED, UNKNOWN = Colour.ON_TRACK, Colour.AT_RISK, Colour.OFF_TRACK, Colour.UNKNOWN
OFFICE = Calendar(((Period(480, 720), Period(780, 1020)),) * 5 + ((), ()))


@dataclass
class Row:
    id: int = 1
    name: str = "Task"
    type: str = "task"
    start: datetime = datetime(2026, 1, 5, 8)
    finish: datetime = datetime(2026, 3, 6, 17)
    percent: float = 50
    duration_minutes: int = 480
    work_minutes: int | None = None
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    deadline: date | None = None
    critical: bool = False
    is_go_live: bool = False
    owner_id: int | None = 4


@dataclass
class Money:
    budget: float | None = 1000
    actual: float | None = 400
    earned: float | None = None


@dataclass
class Exposure:
    total: float = 40
    appetite: float | None = 100
    critical: int = 0
    open: int = 5


@dataclass
class Overload:
    person: str = "Tobias"
    percent: float = 137
    first: date = date(2026, 2, 18)
    last: date = date(2026, 2, 20)
    causes: tuple[str, ...] = ()


def judged(*rows, known=None, claim=None, limits=USUAL, target=date(2026, 3, 6), state="active"):
    plan = rows or (Row(), Row(2, "Go-live", "milestone", is_go_live=True, percent=0))
    return whole.health_of(Frame(7, START, target, state, OFFICE), plan, known or Known(), limits, claim, TODAY)


def claimed(state=GREEN, *, computed=GREEN, **more):
    made = Claim(1, 7, state, "One week is absorbed", 3, "Maren", TODAY, TODAY + timedelta(days=14), computed)
    return replace(made, **more)


def test_the_index_is_the_one_that_value_tells():
    assert judged(known=Known(spi=0.8)).of(Kind.SCHEDULE).figures["spi"] == 0.8
    assert judged().spi is None


def test_the_whole_is_the_worst_of_what_is_known():
    known = Known(Money(actual=700), Exposure(), [])
    health = judged(known=known)
    assert {each.kind.value: each.state.value for each in health.indicators} == {
        "schedule": "green",
        "cost": "red",
        "scope": "unknown",
        "risk": "green",
        "resources": "green",
        "quality": "unknown",
    }
    assert health.worst is RED
    assert health.unknown == (Kind.SCOPE, Kind.QUALITY)


@given(st.lists(st.sampled_from([GREEN, AMBER, RED, UNKNOWN]), min_size=5, max_size=5), st.sampled_from(list(Colour)))
def test_unknown_is_never_counted_as_green(states, dates):
    found = [indicators.Indicator(Kind.SCHEDULE, dates, Reason.IN_TIME)]
    kinds = list(Kind)[1:]
    found += [indicators.Indicator(kind, state, Reason.NO_COST) for kind, state in zip(kinds, states, strict=True)]
    answer = indicators.overall(found)
    if dates is Colour.CLOSED:
        assert answer is Colour.CLOSED
    elif RED in (*states, dates):
        assert answer is RED
    elif answer is GREEN:
        assert dates is GREEN
        assert AMBER not in states


@pytest.mark.parametrize(
    ("money", "done", "state", "reason"),
    [
        (None, 50, UNKNOWN, Reason.NO_BUDGET),
        (Money(budget=None), 50, UNKNOWN, Reason.NO_BUDGET),
        (Money(actual=0), 50, UNKNOWN, Reason.NO_COST),
        (Money(actual=None), 50, UNKNOWN, Reason.NO_COST),
        (Money(actual=10), 0, UNKNOWN, Reason.NOTHING_EARNED),
        (Money(actual=10), None, UNKNOWN, Reason.NOTHING_EARNED),
        (Money(actual=400), 50, GREEN, Reason.COST_WITHIN),
        (Money(actual=525), 50, GREEN, Reason.COST_WITHIN),
        (Money(actual=540), 50, AMBER, Reason.COST_OVER),
        (Money(actual=580), 50, RED, Reason.COST_OVER),
        (Money(actual=1001), 100, RED, Reason.OVER_BUDGET),
    ],
)
def test_cost_against_what_is_earned(money, done, state, reason):
    found = indicators.cost(money, done, USUAL)
    assert (found.state, found.reason) == (state, reason)


def test_the_cost_index_is_earned_by_actual():
    assert indicators.cost(Money(100_000, 48_000), 40, USUAL).figures["cpi"] == pytest.approx(0.8333, abs=1e-4)


@pytest.mark.parametrize(
    ("exposure", "state", "reason"),
    [
        (None, UNKNOWN, Reason.NO_RISKS),
        (Exposure(total=0), UNKNOWN, Reason.NO_RISKS),
        (Exposure(), GREEN, Reason.RISK_WITHIN),
        (Exposure(total=101), AMBER, Reason.EXPOSURE_OVER),
        (Exposure(total=151), RED, Reason.EXPOSURE_OVER),
        (Exposure(critical=1), AMBER, Reason.CRITICAL_RISKS),
        (Exposure(critical=3), RED, Reason.CRITICAL_RISKS),
        (Exposure(total=151, critical=1), RED, Reason.EXPOSURE_OVER),
        (Exposure(total=900, appetite=None), GREEN, Reason.RISK_WITHIN),
    ],
)
def test_risk_by_exposure_and_by_critical_risks(exposure, state, reason):
    found = indicators.risk(exposure, USUAL)
    assert (found.state, found.reason) == (state, reason)


@pytest.mark.parametrize(
    ("percents", "state"), [((), GREEN), ((100,), GREEN), ((101,), AMBER), ((120,), AMBER), ((137, 105), RED)]
)
def test_resources_by_the_heaviest_load(percents, state):
    found = indicators.resources([Overload(percent=each) for each in percents], USUAL, assigned=True)
    assert found.state is state
    if state is RED:
        assert (found.figures["person"], found.figures["percent"], found.figures["people"]) == ("Tobias", 137, 1)


@pytest.mark.parametrize(
    ("drift", "state", "reason"),
    [
        (None, UNKNOWN, Reason.NO_SCOPE),
        (Drift(agreed=0, changed=3), UNKNOWN, Reason.NO_SCOPE),
        (Drift(agreed=20), GREEN, Reason.SCOPE_WITHIN),
        (Drift(agreed=20, changed=2), GREEN, Reason.SCOPE_WITHIN),
        (Drift(agreed=20, changed=3), AMBER, Reason.SCOPE_MOVED),
        (Drift(agreed=20, changed=6), RED, Reason.SCOPE_MOVED),
        (Drift(agreed=20, waiting=1), GREEN, Reason.SCOPE_WITHIN),
        (Drift(agreed=20, waiting=1, late=1), AMBER, Reason.DECISIONS_LATE),
    ],
)
def test_scope_by_what_approved_requests_moved_and_by_decisions_overdue(drift, state, reason):
    found = indicators.scope(drift, USUAL)
    assert (found.state, found.reason) == (state, reason)


def test_resources_are_unknown_where_nobody_owns_anything():
    assert indicators.resources([], USUAL, assigned=False).state is UNKNOWN
    assert judged(Row(owner_id=None)).of("resources").reason is Reason.NOBODY_ASSIGNED


@pytest.mark.parametrize(
    ("target", "state", "reason"),
    [
        (date(2026, 3, 6), GREEN, Reason.IN_TIME),
        (date(2026, 3, 2), AMBER, Reason.GO_LIVE_LATE),
        (date(2026, 2, 20), RED, Reason.GO_LIVE_LATE),
        (None, UNKNOWN, Reason.NO_TARGET),
    ],
)
def test_schedule_has_the_colour_of_its_standing(target, state, reason):
    found = judged(target=target).of("schedule")
    assert (found.state, found.reason) == (state, reason)


def test_tolerances_move_the_colours():
    patient = replace(USUAL, slip_amber=4, slip_red=20)
    assert judged(target=date(2026, 3, 2), limits=patient).of("schedule").state is GREEN
    assert judged(target=date(2026, 2, 20), limits=patient).of("schedule").state is AMBER


def test_without_a_known_schedule_nothing_is_green():
    health = judged(target=None, known=Known(exposure=Exposure()))
    assert health.of("risk").state is GREEN
    assert health.worst is UNKNOWN


def test_what_has_ended_is_closed_and_claims_nothing():
    health = judged(state="finished", claim=claimed())
    assert health.worst is Colour.CLOSED
    assert health.contradictions == ()


@pytest.mark.parametrize(
    ("claim", "computed", "stands"),
    [
        (claimed(), GREEN, Stands.STANDS),
        (claimed(AMBER, computed=RED), RED, Stands.STANDS),
        (claimed(AMBER, computed=AMBER), RED, Stands.LAPSED),
        (claimed(GREEN, computed=UNKNOWN), AMBER, Stands.LAPSED),
        (claimed(RED, computed=GREEN), AMBER, Stands.STANDS),
        (claimed(until=TODAY - timedelta(days=1)), GREEN, Stands.EXPIRED),
        (claimed(until=TODAY), GREEN, Stands.STANDS),
        (claimed(ended=TODAY), GREEN, Stands.WITHDRAWN),
        (claimed(ended=TODAY, lapsed=True), GREEN, Stands.LAPSED),
    ],
)
def test_what_becomes_of_a_claim(claim, computed, stands):
    assert claims.standing_of(claim, computed, TODAY) is stands


def test_a_lapsed_claim_claims_nothing():
    health = judged(target=date(2026, 2, 20), claim=claimed(GREEN, computed=GREEN))
    assert health.stands is Stands.LAPSED
    assert health.claimed is None
    assert health.contradictions == ()


def test_an_older_claim_was_replaced_unless_it_had_ended():
    assert whole.became(claimed(), GREEN, TODAY, newest=False) is Stands.REPLACED
    assert whole.became(claimed(ended=TODAY), GREEN, TODAY, newest=False) is Stands.WITHDRAWN


def test_everything_that_speaks_against_green_is_listed():
    late = Row(critical=True, finish=datetime(2026, 2, 16, 17), percent=10)
    health = judged(late, known=Known(Money(), Exposure(), [Overload()], spi=0.8), claim=claimed(GREEN, computed=RED))
    assert [(each.against, each.kind.value) for each in health.contradictions] == [
        (Against.INDICATOR, "cost"),
        (Against.SPI, "schedule"),
        (Against.CRITICAL, "schedule"),
        (Against.OVERLOAD, "resources"),
        (Against.NO_DATA, "scope"),
        (Against.NO_DATA, "quality"),
    ]


def test_an_overload_of_120_percent_does_not_contradict_yet():
    health = judged(known=Known(overloads=[Overload(percent=120)]), claim=claimed(GREEN, computed=AMBER))
    assert Against.OVERLOAD not in {each.against for each in health.contradictions}
    assert "indicator:resources" in {each.key for each in health.contradictions}


def test_whoever_claims_amber_is_told_of_red_only():
    health = judged(target=date(2026, 2, 20), claim=claimed(AMBER, computed=RED))
    assert [(each.against, each.kind.value) for each in health.contradictions] == [(Against.INDICATOR, "schedule")]


@pytest.mark.parametrize(
    ("state", "reason", "until", "field"),
    [
        ("blue", "x", None, "state"),
        ("", "x", None, "state"),
        ("unknown", "x", None, "state"),
        ("green", " \n ", None, "reason"),
        ("green", "x" * 1001, None, "reason"),
        ("green", "x", date(2026, 2, 17), "until"),
        ("green", "x", date(2026, 4, 20), "until"),
        ("green", "x", date(9999, 12, 31), "until"),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused_where_it_is_wrong(state, reason, until, field):
    with pytest.raises(RuleBroken) as refused:
        claims.check_claim(state, reason, until, TODAY)
    assert refused.value.field == field


def test_a_claim_stands_for_two_weeks_unless_it_says_otherwise():
    assert claims.check_claim("amber", " One  week ", None, TODAY) == (AMBER, "One week", date(2026, 3, 4))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slip_amber": -1}, "slip_amber"),
        ({"slip_red": 91}, "slip_red"),
        ({"load_amber": 130}, "load_red"),
        ({"cost_red": None}, "cost_red"),
        ({"critical_red": "two"}, "critical_red"),
    ],
)
def test_tolerances_that_make_no_sense_are_refused_where_they_are_wrong(change, field):
    values = {name: getattr(USUAL, name) for name in tolerances.FIELDS} | change
    with pytest.raises(RuleBroken) as refused:
        tolerances.check(values)
    assert refused.value.field == field


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_a_colour_gets_worse_as_the_value_grows(value, amber, more):
    order = [GREEN, AMBER, RED]
    here, there = (tolerances.colour(each, amber, amber + more) for each in (value, value + 1))
    assert order.index(here) <= order.index(there)
