"""Durations and WBS numbers as people read and write them."""

import pytest

from kernel.errors import RuleBroken
from roadmap.schedule.rules import outline, parse_duration


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("5d", 2400),
        ("4h", 240),
        ("1w", 2400),
        ("3d 4h", 1680),
        ("3d4h", 1680),
        ("30m", 30),
        ("1.5d", 720),
        ("1,5 days", 720),
        ("2", 960),
        (" 0d ", 0),
        ("1 week 1 hour", 2460),
    ],
)
def test_durations_are_read(text: str, minutes: int) -> None:
    assert parse_duration(text) == minutes


@pytest.mark.parametrize("text", ["", "five", "5x", "-2d", "d", "3d foo", "99999999w", "1..5d"])
def test_what_is_no_duration_says_what_would_be_right(text: str) -> None:
    with pytest.raises(RuleBroken, match="such as 5d, 3d 4h or 1w"):
        parse_duration(text)


def test_the_length_of_a_day_and_a_week_can_differ() -> None:
    assert parse_duration("1w 1d", day_minutes=450, week_days=4) == 5 * 450


def test_numbers_follow_order_and_nesting() -> None:
    rows = outline([(7, None), (3, 7), (5, None), (4, 7), (9, 4)])
    assert [(row.id, row.wbs, row.depth) for row in rows] == [
        (7, "1", 0), (3, "1.1", 1), (4, "1.2", 1), (9, "1.2.1", 2), (5, "2", 0),
    ]  # fmt: skip
