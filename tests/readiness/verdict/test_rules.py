"""The sentence, the way to a go, sums that add up and drawings: examples at the edges, and properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.gates.rules.decision import Decision, stand
from readiness.gates.rules.definitions import Category
from readiness.gates.rules.results import Result
from readiness.gates.rules.waterfall import steps
from readiness.verdict import charts
from readiness.verdict.queries import Stop
from readiness.verdict.rules import drawings, telling
from tests.readiness.gates.test_rules import GATE, LINES, built, line, waiver

TARGET = date(2026, 3, 3)
NO_GO = (
    "No-go today. Two must-haves fail and one is unknown. 9.5 person-days of work turn it into a go with conditions."
)
TOO_LITTLE = (
    "No-go today. The score is below 85, and less than 80 % of the weight is known. "
    "3 person-days of work turn it into a full go."
)


SHARES = st.dictionaries(st.sampled_from("abcdefghijklm"), st.floats(0, 7))
"""Contributions by criterion: together at most 91."""


def said(lines, **gate):
    return charts.sentence(telling.told(stand(replace(GATE, **gate), lines)))


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "No-go today. Nothing is asked at this gate yet."),
        ([line(1)], "Go today. Everything that is asked passes."),
        (
            [line(1, 0.0, must_have=True), line(2, weight=9.0, must_have=True)],
            "No-go today. One must-have fails. 1 person-day of work turns it into a full go.",
        ),
        (
            [line(1, None, must_have=True), line(2, weight=9.0)],
            "No-go today. One must-have is unknown. 1 person-day of work turns it into a full go.",
        ),
        (
            [
                line(1, 0.0, must_have=True, effort_days=3.0),
                line(2, 0.0, must_have=True, effort_days=0.5),
                line(3, None, must_have=True, effort_days=6.0),
                line(4, 99.0, weight=50.0),
            ],
            NO_GO,
        ),
        (
            [line(1, None, must_have=True), line(2, None, must_have=True)],
            "No-go today. Two must-haves are unknown. 2 person-days of work turn it into a full go.",
        ),
        ([line(1, None)], "No-go today. Nothing is known yet. 1 person-day of work turns it into a full go."),
        ([line(1, 50.0)], "No-go today. The score is below 85. 1 person-day of work turns it into a full go."),
        (
            [line(1), line(2, None)],
            "No-go today. Less than 80 % of the weight is known. 1 person-day of work turns it into a full go.",
        ),
        (
            [line(1, 50.0), line(2, None, effort_days=2.0)],
            TOO_LITTLE,
        ),
        (
            [line(1, weight=9.0), line(2, 90.0, effort_days=14.0)],
            "Go with conditions today. One thing becomes a condition. 14 person-days more make it a full go.",
        ),
        (
            [line(1, weight=9.0), line(2, 0.0, waiver(2), must_have=True, effort_days=1.0)],
            "Go with conditions today. One thing becomes a condition. 1 person-day more makes it a full go.",
        ),
        (
            [line(1, 50.0, effort_days=0.0)],
            "No-go today. The score is below 85. By the efforts that were named no work is left to a full go.",
        ),
    ],
)
def test_the_sentence(app, lines, sentence):
    with app.test_request_context():
        assert said(lines) == sentence


@settings(max_examples=300, deadline=None)
@given(LINES)
def test_the_way_leads_to_what_is_told(rows):
    found = built(rows)
    told, way = telling.told(found), telling.way_of(found)
    assert telling.passed(found, [*way.first, *way.rest]).decision is (Decision.GO if rows else Decision.NO_GO)
    if found.decision is Decision.NO_GO and way.reached is not None:
        assert telling.passed(found, way.first).decision is told.leads_to is not Decision.NO_GO
    assert {each.criterion.id for each in (*way.first, *way.rest)} == {each.criterion.id for each in found.conditions}
    assert told.fails + told.unknowns == len(found.blocking)
    if found.decision is Decision.NO_GO:
        reasons = (told.fails, told.unknowns, told.short is not None, told.unsure is not None, not told.known)
        assert any(reasons)


@settings(max_examples=1000, deadline=None)
@given(LINES)
def test_what_is_shown_adds_up(rows):
    found = built(rows)
    lines = [
        replace(each, criterion=replace(each.criterion, category=list(Category)[place % 7]))
        for place, each in enumerate(found.lines)
    ]
    found = stand(found.gate, lines)
    sections = telling.sections(found)
    assert sum(len(section.rows) for section in sections) == len(rows)
    for section in sections:
        assert section.points == pytest.approx(sum(row.points for row in section.rows))
        assert section.whole == pytest.approx(sum(row.whole or 0 for row in section.rows))
    shown = telling.shown_score(found.contributions)
    assert sum(section.points for section in sections) == pytest.approx(shown)
    assert shown == pytest.approx(found.score or 0.0, abs=0.0501)
    if found.score is not None:
        assert sum(section.whole for section in sections) == pytest.approx(100)


@settings(max_examples=300, deadline=None)
@given(SHARES, SHARES)
def test_the_steps_shown_lead_from_one_score_to_the_other(then, now):
    before, after = telling.shown_score(list(then.values())), telling.shown_score(list(now.values()))
    shown = telling.shown_steps(steps(then, now), before, after)
    if shown:
        assert before + sum(step.points for step in shown) == pytest.approx(after)
    else:
        assert after == pytest.approx(before, abs=0.11)


def test_must_haves_begin_with_what_stands_in_the_way():
    lines = [line(1, must_have=True), line(2), line(3, None, must_have=True), line(4, 1.0, must_have=True)]
    found = stand(GATE, lines)
    assert [each.criterion.id for each in telling.must_haves(found)] == [4, 3, 1]
    assert telling.counted(found.lines) == {
        Result.PASS: 2,
        Result.WARN: 0,
        Result.FAIL: 1,
        Result.UNKNOWN: 1,
        Result.WAIVED: 0,
    }


@pytest.mark.parametrize(("score", "confidence"), [(None, 0.0), (0.0, 1.0), (100.0, 1.0), (87.2, 0.86), (3.0, 0.995)])
def test_the_dial_shows_no_more_than_is_known(score, confidence):
    found = drawings.dial(score, confidence, 85)
    assert bool(found.score) == bool(score)
    assert bool(found.known) == (confidence > 0)
    assert bool(found.unknown) == (confidence < 0.988)
    assert sum(each[-1] for each in found.ticks) == (0 if not score else int(score // 5) + 1)


@settings(max_examples=200, deadline=None)
@given(SHARES, SHARES)
def test_every_bar_lies_inside_the_drawing(then, now):
    before, after = telling.shown_score(list(then.values())), telling.shown_score(list(now.values()))
    moves = telling.shown_steps(steps(then, now), before, after)
    found = drawings.waterfall(before, after, moves)
    assert len(found.bars) == len(moves) + 2
    assert all(bar.x >= 0 and bar.width >= 1.5 and bar.x + bar.width <= 302 for bar in found.bars)
    assert 2 <= len(found.grid) <= 6


def test_the_way_of_the_score_is_broken_where_nothing_was_known():
    days = [date(2026, 1, 5) + timedelta(days=each) for each in range(4)]
    lines = drawings.stretches(list(zip(days, (10.0, None, 20.0, 30.0), strict=True)))
    assert [len(each) for each in lines] == [1, 2]
    assert lines[-1][-1] == (drawings.RIGHT, drawings.height_of(30.0))


@pytest.mark.parametrize(
    ("target", "found", "words"),
    [
        (TARGET, [], "The plan has no go-live, so that nothing can be said of when."),
        (TARGET, [Stop(1, "Go-live", True, TARGET, False)], "Tue 3 Mar, on its target."),
        (TARGET, [Stop(1, "Go-live", True, date(2026, 3, 11), False)], "eight days late"),
        (None, [Stop(1, "Go-live", True, TARGET, False)], "No target is set."),
        (TARGET, [Stop(1, "Go-live", True, TARGET, True)], "It went live on"),
        (TARGET, [Stop(1, "Gate", False, TARGET, False)], "The plan has no go-live"),
    ],
)
def test_the_forecast_is_the_finish_of_the_plan_beside_its_target(app, target, found, words):
    with app.test_request_context():
        assert words in charts.forecast(target, found)
