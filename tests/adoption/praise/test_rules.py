"""Points, caps, boards and badges, whatever was done."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adoption.praise.rules import (
    BADGES,
    RULES,
    SMALLEST_GROUP,
    Deed,
    Done,
    badges,
    board,
    check_reward,
    scores,
    team_board,
)
from kernel.errors import RuleBroken

MONDAY = date(2026, 2, 9)
days = st.integers(0, 20).map(lambda number: MONDAY + timedelta(days=number))
deeds = st.lists(st.builds(Done, st.sampled_from(Deed), st.integers(1, 4), days, st.integers(1, 60)), max_size=40)


@given(deeds)
def test_no_day_gives_more_than_its_cap_however_it_is_told(done):
    found = scores(done, MONDAY, MONDAY + timedelta(days=30))
    most = sum(rule.points * rule.cap for rule in RULES.values())
    for person in {each.person_id for each in done}:
        whole = {each.day for each in done if each.person_id == person}
        assert found[person].points == sum(points for _count, points in found[person].by_deed.values())
        assert 0 < found[person].points <= most * len(whole)
    assert scores([*reversed(done)], MONDAY, MONDAY + timedelta(days=30)) == found


@given(deeds)
def test_days_outside_give_nothing_and_days_add_up(done):
    last = MONDAY + timedelta(days=30)
    whole = scores(done, MONDAY, last)
    parts = [scores(done, MONDAY, MONDAY + timedelta(days=6)), scores(done, MONDAY + timedelta(days=7), last)]
    for person, score in whole.items():
        assert score.points == sum(part[person].points for part in parts if person in part)
    assert scores(done, last + timedelta(days=1), last + timedelta(days=9)) == {}


@given(st.dictionaries(st.integers(1, 50), st.integers(0, 9), max_size=20))
def test_a_board_ranks_the_most_first_and_leaves_out_who_has_none(points):
    found = board(points)
    assert {each.id for each in found} == {key for key, value in points.items() if value}
    assert [each.points for each in found] == sorted((value for value in points.values() if value), reverse=True)
    assert all(each.rank == 1 + sum(value > each.points for value in points.values()) for each in found)


def test_a_team_is_measured_a_head_and_small_ones_are_left_out():
    teams = {1: list(range(SMALLEST_GROUP)), 2: list(range(10, 10 + SMALLEST_GROUP - 1))}
    assert [(each.id, each.points) for each in team_board(teams, {0: 25, 10: 500})] == [(1, 5.0)]


@pytest.mark.parametrize(
    ("done", "key"),
    [
        ([Done(Deed.LOGGED, 1, MONDAY, 6, 6), Done(Deed.LOGGED, 1, MONDAY + timedelta(days=1), 4, 4)], "all-in-time"),
        ([Done(Deed.MOVED, 1, MONDAY + timedelta(days=number), 1) for number in range(5)], "every-day"),
        ([Done(Deed.CONVERTED, 1, MONDAY + timedelta(days=number), 3) for number in (0, 1)], "door-opener"),
        ([Done(Deed.MERGED, 1, MONDAY, 5)], "tidy-hand"),
        ([Done(Deed.COMPLETED, 1, MONDAY + timedelta(days=number), 10) for number in range(3)], "whole-picture"),
        ([Done(Deed.HELPED, 1, MONDAY + timedelta(days=number), 2) for number in (0, 7)], "helping-hand"),
    ],
)
def test_each_badge_can_be_earned_and_a_little_less_does_not(done, key):
    assert key in {each.key for each in badges(done)}
    assert key not in {each.key for each in badges(done[:-1])}
    assert key in {each.key for each in BADGES}


def test_one_that_was_late_spoils_the_week():
    assert badges([Done(Deed.LOGGED, 1, MONDAY, 10, 11)]) == []


@pytest.mark.parametrize(("what", "why"), [("", "x"), (" ", "x"), ("x", ""), ("x" * 201, "x"), ("x", "y" * 2001)])
def test_a_reward_says_what_and_why(what, why):
    with pytest.raises(RuleBroken):
        check_reward(what, why)
    assert check_reward("  A   cake ", " For it ") == ("A cake", "For it")
