"""Results, score, decision and the cheapest path: the vectors of the field, and properties."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.gates.rules.decision import Decision, Standing, in_tenths, stand
from readiness.gates.rules.definitions import Category, Comparator, Criterion, Gate
from readiness.gates.rules.path import cheapest_path, effort_of
from readiness.gates.rules.results import Evidence, Line, Result, Unknown, Waiver, attainment, judge
from readiness.gates.rules.waterfall import steps

NOW = datetime(2026, 2, 18, 9, tzinfo=UTC)
GATE = Gate(1, 1, "go-live", "Go-live gate")


def criterion(number: int = 1, **values: object) -> Criterion:
    usual = {"threshold": 100.0, "unit": "%"}
    return Criterion(number, 1, f"c{number}", f"Criterion {number}", Category.DATA, "kpi", **{**usual, **values})  # type: ignore[arg-type]


def line(number: int = 1, value: float | None = 100.0, waiver: Waiver | None = None, **values: object) -> Line:
    return judge(criterion(number, **values), Evidence(value, n=1, at=NOW), NOW, waiver)


def waiver(number: int = 1) -> Waiver:
    return Waiver(1, number, "Known", date(2026, 3, 1))


@pytest.mark.parametrize(
    ("value", "values", "result"),
    [
        (94.0, {"threshold": 95.0}, Result.FAIL),
        (95.0, {"threshold": 95.0}, Result.PASS),
        (95.0, {"threshold": 95.0, "margin": 2.0}, Result.WARN),
        (97.0, {"threshold": 95.0, "margin": 2.0}, Result.PASS),
        (2.0, {"threshold": 3.0, "comparator": Comparator.AT_MOST, "unit": "seconds"}, Result.PASS),
        (2.9, {"threshold": 3.0, "comparator": Comparator.AT_MOST, "unit": "seconds", "margin": 0.5}, Result.WARN),
        (3.1, {"threshold": 3.0, "comparator": Comparator.AT_MOST, "unit": "seconds"}, Result.FAIL),
        (1.0, {"threshold": 1.0, "comparator": Comparator.EQUAL, "unit": "yes/no"}, Result.PASS),
        (0.0, {"threshold": 1.0, "comparator": Comparator.EQUAL, "unit": "yes/no"}, Result.FAIL),
        (None, {}, Result.UNKNOWN),
    ],
)
def test_a_value_is_held_against_its_threshold(value, values, result):
    assert line(1, value, **values).result is result


@pytest.mark.parametrize(
    ("value", "values", "attained"),
    [
        (94.0, {"threshold": 95.0}, 94 / 95),
        (120.0, {"threshold": 95.0}, 1.0),
        (-5.0, {"threshold": 95.0}, 0.0),
        (8.0, {"threshold": 2.0, "comparator": Comparator.AT_MOST, "unit": "defects"}, 0.25),
        (3.0, {"threshold": 0.0, "comparator": Comparator.AT_MOST, "unit": "defects"}, 0.0),
        (0.0, {"threshold": 1.0, "unit": "yes/no"}, 0.0),
    ],
)
def test_attainment_is_the_share_reached(value, values, attained):
    assert attainment(criterion(**values), value) == pytest.approx(attained)


@pytest.mark.parametrize(
    ("evidence", "values", "why"),
    [
        (Evidence(None, n=100, at=NOW), {}, Unknown.NO_VALUE),
        (Evidence(100.0, n=19, at=NOW), {"minimum_sample": 20}, Unknown.FEW),
        (Evidence(100.0, n=None, at=NOW), {"minimum_sample": 1}, Unknown.FEW),
        (Evidence(100.0, n=1, at=NOW - timedelta(days=7, seconds=1)), {"freshness_days": 7}, Unknown.STALE),
        (Evidence(100.0, n=1, at=None), {"freshness_days": 7}, Unknown.STALE),
    ],
)
def test_what_is_too_little_or_too_old_says_nothing(evidence, values, why):
    found = judge(criterion(**values), evidence, NOW)
    assert (found.result, found.unknown, found.attained) == (Result.UNKNOWN, why, None)


def test_evidence_of_the_last_moment_counts():
    found = judge(criterion(freshness_days=7), Evidence(100.0, n=1, at=NOW - timedelta(days=7)), NOW)
    assert found.result is Result.PASS


def test_a_waiver_lets_pass_what_fails_and_counts_as_measured():
    assert (line(1, 50.0, waiver()).result, line(1, 50.0, waiver()).attained) == (Result.WAIVED, 0.5)
    assert (line(1, None, waiver()).result, line(1, None, waiver()).attained) == (Result.WAIVED, 0.0)
    assert line(1, 100.0, waiver()).result is Result.PASS


def test_score_and_confidence_leave_out_what_is_unknown():
    found = stand(GATE, [line(1, 50.0, weight=3.0), line(2, 100.0, weight=1.0), line(3, None, weight=4.0)])
    assert found.score == pytest.approx(62.5)
    assert found.confidence == pytest.approx(0.5)
    assert found.contributions == pytest.approx((37.5, 25.0, 0.0))


def test_where_nothing_is_known_there_is_no_score_and_no_go():
    for lines in ([], [line(1, None)]):
        found = stand(GATE, lines)
        assert (found.score, found.confidence, found.decision) == (None, 0.0, Decision.NO_GO)


@pytest.mark.parametrize(
    ("lines", "decision"),
    [
        ([line(1), line(2)], Decision.GO),
        ([line(1, weight=9.0), line(2, 90.0)], Decision.CONDITIONS),
        ([line(1, weight=9.0), line(2, 100.0, threshold=99.0, margin=5.0)], Decision.CONDITIONS),
        ([line(1, weight=9.0), line(2, 0.0, waiver(2), must_have=True)], Decision.CONDITIONS),
        ([line(1, weight=9.0), line(2, 99.0, must_have=True)], Decision.NO_GO),
        ([line(1, weight=9.0), line(2, None, must_have=True)], Decision.NO_GO),
        ([line(1, weight=85.0), line(2, 0.0, weight=15.0)], Decision.CONDITIONS),
        ([line(1, weight=84.9), line(2, 0.0, weight=15.1)], Decision.NO_GO),
        ([line(1, weight=80.0), line(2, None, weight=20.0)], Decision.CONDITIONS),
        ([line(1, weight=79.9), line(2, None, weight=20.1)], Decision.NO_GO),
    ],
)
def test_the_decision(lines, decision):
    assert stand(GATE, lines).decision is decision


LINES = st.lists(
    st.tuples(
        st.one_of(st.none(), st.floats(0, 100), st.just(100.0)),
        st.sampled_from([0.5, 1.0, 2.0, 3.0, 5.0]),
        st.booleans(),
        st.booleans(),
        st.sampled_from([0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 7.0]),
    ),
    max_size=60,
)


def built(rows, score: float = 85.0, confidence: float = 80.0) -> Standing:
    lines = [
        line(place, value, waiver(place) if waived else None, weight=weight, must_have=must, effort_days=effort)
        for place, (value, weight, must, waived, effort) in enumerate(rows, 1)
    ]
    return stand(replace(GATE, minimum_score=score, minimum_confidence=confidence), lines)


@settings(max_examples=1000, deadline=None)
@given(LINES)
def test_the_lines_add_up_to_the_score(rows):
    found = built(rows)
    assert sum(found.contributions) == pytest.approx(found.score or 0.0)
    assert sum(in_tenths(found.contributions)) == pytest.approx(found.score or 0.0, abs=0.051)


@settings(max_examples=300, deadline=None)
@given(LINES)
def test_unknown_never_passes(rows):
    found = built(rows)
    assert all(each.result is not Result.PASS for each in found.lines if each.evidence.value is None)
    if any(each.criterion.must_have and each.result is Result.UNKNOWN for each in found.lines):
        assert found.decision is Decision.NO_GO


def passed(found: Standing, chosen: set[int]) -> Decision:
    lines = [
        line(each.criterion.id, weight=each.criterion.weight) if each.criterion.id in chosen else each
        for each in found.lines
    ]
    return stand(found.gate, lines).decision


def by_brute_force(found: Standing) -> tuple[int, ...] | None:
    opened = [each for each in found.lines if each.open]
    helping = [
        (effort_of(chosen), count, tuple(each.criterion.id for each in chosen))
        for count in range(len(opened) + 1)
        for chosen in itertools.combinations(opened, count)
        if passed(found, {each.criterion.id for each in chosen}) is not Decision.NO_GO
    ]
    return min(helping)[2] if helping else None


@settings(max_examples=60, deadline=None)
@given(LINES.map(lambda rows: rows[:9]), st.sampled_from([60.0, 85.0, 97.5]), st.sampled_from([50.0, 80.0, 100.0]))
def test_the_cheapest_path_is_that_of_brute_force(rows, score, confidence):
    found = built(rows, score, confidence)
    path = cheapest_path(found)
    assert (None if path is None else tuple(each.criterion.id for each in path)) == by_brute_force(found)


def test_steps_add_up_to_the_difference():
    before, after = {"a": 10.0, "b": 5.0, "c": 0.02}, {"a": 12.0, "b": 1.0, "d": 3.0}
    found = steps(before, after)
    assert sum(each.points for each in found) == pytest.approx(sum(after.values()) - sum(before.values()), abs=0.05)
    assert [each.key for each in found] == ["d", "a", "b"]


def test_small_steps_are_one():
    before = {f"k{number}": 0.0 for number in range(20)}
    found = steps(before, dict.fromkeys(before, 0.3), most=3)
    assert [each.key for each in found][-1] == ""
    assert found[-1].points == pytest.approx(17 * 0.3)
