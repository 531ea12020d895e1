"""Scores, bands, states, exposure: by example and for any values."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import RuleBroken
from roadmap.risks import rules
from roadmap.risks.rules import Band, History, Rating, State

ONE_TO_FIVE = st.integers(1, 5)
START = date(2026, 1, 5)
CRITICAL, LOW = Rating(4, 5), Rating(1, 2)


@given(ONE_TO_FIVE, ONE_TO_FIVE)
def test_every_rating_has_one_band(probability, impact):
    rated = rules.rating(probability, impact)
    first, last = rules.BANDS[rated.band]
    assert first <= rated.score <= last


def test_bands_leave_no_gap():
    assert [band.value for band in rules.BANDS] == ["low", "medium", "high", "critical"]
    edges = list(rules.BANDS.values())
    assert edges[0][0] == 1
    assert edges[-1][1] == 25
    assert all(later[0] == earlier[1] + 1 for earlier, later in pairwise(edges))


@pytest.mark.parametrize(
    ("probability", "impact", "sentence"),
    [(0, 3, "from 1 to 5; 0"), (3, 6, "from 1 to 5; 6"), (-1, 1, "; -1"), (3, None, "both"), (None, 2, "both")],
)
def test_a_score_is_whole_and_from_one_to_five(probability, impact, sentence):
    with pytest.raises(RuleBroken, match=sentence) as broken:
        rules.rating(probability, impact, "target_probability")
    assert broken.value.field == "target_probability"


def move(now, wanted, *, score=LOW, reason="Because.", responses=1):
    rules.check_move(now.value, wanted, score=score, reason=reason, responses=responses)


@given(st.sampled_from(list(State)), st.sampled_from(list(State)))
def test_a_risk_goes_only_where_the_table_says(now, wanted):
    if wanted in rules.moves_from(now):
        move(now, wanted)
    else:
        with pytest.raises(RuleBroken, match="It can become"):
            move(now, wanted)


def test_every_state_can_be_left_and_reached():
    assert all(rules.moves_from(state) for state in State)
    assert {each for state in State for each in rules.moves_from(state)} == set(State)


@pytest.mark.parametrize(
    ("now", "wanted", "missing", "sentence"),
    [
        (State.ASSESSED, State.REJECTED, {"reason": " "}, "why it is no risk"),
        (State.PLANNED, State.OCCURRED, {"reason": ""}, "what happened"),
        (State.IN_PROGRESS, State.CLOSED, {"score": CRITICAL, "reason": ""}, "before closing a critical risk"),
        (State.IDENTIFIED, State.ASSESSED, {"score": None}, "probability and an impact first"),
        (State.ASSESSED, State.PLANNED, {"responses": 0}, "response first"),
    ],
)
def test_some_moves_need_words_or_deeds(now, wanted, missing, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        move(now, wanted, **missing)


def test_a_light_risk_is_closed_without_words():
    move(State.IN_PROGRESS, State.CLOSED, reason="")
    move(State.IN_PROGRESS, State.CLOSED, score=CRITICAL, reason="Moved to a rehearsal.")


FALLING = History(1, "R-01", ((START, 20), (date(2026, 1, 20), 12), (date(2026, 2, 4), 0)))
RISING = History(2, "R-02", ((date(2026, 1, 14), 6), (date(2026, 1, 28), 15)))


def test_exposure_is_the_sum_of_the_scores_that_held():
    assert rules.exposure([FALLING, RISING], START, 100) == rules.Exposure(20, 100, 1, 1)
    assert rules.exposure([FALLING, RISING], date(2026, 1, 21), 15, 2) == rules.Exposure(18, 15, 0, 4)
    assert rules.exposure([FALLING, RISING], date(2026, 2, 10), 15).above is False
    assert rules.exposure([], START, 100) == rules.Exposure(0, 100, 0, 0)


def test_exposure_over_the_weeks_ends_today():
    points = rules.trend([FALLING, RISING], START, date(2026, 2, 4))
    assert [(each.week, each.total) for each in points] == [(1, 20), (2, 26), (3, 18), (4, 27), (5, 15)]
    assert points[0].day == date(2026, 1, 11)
    assert points[-1].day == date(2026, 2, 4)
    assert [(each.week, each.by, each.code) for each in rules.shifts([FALLING, RISING], points)] == [
        (4, 9, "R-02"),
        (5, -12, "R-01"),
    ]


def test_before_the_start_there_is_only_today():
    assert len(rules.trend([FALLING], START, date(2026, 1, 2))) == 1


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 25)), max_size=12),
    st.integers(0, 70),
)
def test_exposure_is_never_less_than_nothing_and_the_last_point_is_today(scores, after):
    history = History(1, "R-01", tuple(sorted((START + timedelta(days=day), score) for day, score in scores)))
    today = START + timedelta(days=after)
    points = rules.trend([history], START, today)
    assert all(point.total >= 0 for point in points)
    assert points[-1].total == rules.exposure([history], today, 100).total
    assert [point.week for point in points] == list(range(1, len(points) + 1))


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        (lambda: rules.check_title(" \n "), "what may happen"),
        (lambda: rules.check_title("x" * 301), "at most 300"),
        (lambda: rules.check_text("x" * 20_001, "cause"), "20001 characters; at most 20000"),
        (lambda: rules.check_chance(101), "from 0 to 100 %"),
        (lambda: rules.check_chance(-1), "from 0 to 100 %"),
        (lambda: rules.check_range(1, None, 100, "days_high"), "both ends"),
        (lambda: rules.check_range(9, 5, 100, "days_high"), "smaller value to the larger"),
        (lambda: rules.check_range(0, 2_000, 1_000, "days_high"), "at most 1,000"),
        (lambda: rules.check_due(date(2026, 1, 4), START), "2026-01-05"),
        (lambda: rules.check_due(date(2200, 1, 1), START), "year 2200"),
        (lambda: rules.check_appetite(None), "0 to 10000"),
        (lambda: rules.check_appetite(-5), "0 to 10000"),
        (lambda: rules.state_named("asleep"), "“asleep” is no state"),
        (lambda: rules.check_response("pray"), "“pray” is no response"),
        (lambda: rules.check_owner(7, [1, 2]), "this project's team"),
    ],
)
def test_what_makes_no_sense_is_said_with_what_would_be_right(check, sentence):
    with pytest.raises(RuleBroken) as broken:
        check()
    assert sentence in str(broken.value)
    assert broken.value.field


def test_bands_have_words():
    assert rules.band_of(25) is Band.CRITICAL
