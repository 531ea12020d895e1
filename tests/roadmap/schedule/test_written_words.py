"""Durations, dependencies, estimates, WBS numbers and progress as people read and write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import RuleBroken
from roadmap.schedule.rules import (
    Activity,
    Estimate,
    Link,
    LinkType,
    TaskType,
    WrittenLink,
    format_duration,
    format_links,
    outline,
    parse_duration,
    parse_links,
    resolve_links,
    rolled_up_percent,
    wbs_numbers,
)


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


def test_the_length_of_a_day_and_a_week_can_differ() -> None:
    assert parse_duration("1w 1d", day_minutes=450, week_days=4) == 5 * 450
    assert format_duration(450, day_minutes=450) == "1d"


@pytest.mark.parametrize("text", ["", "five", "5x", "-2d", "d", "3d foo", "99999999w", "1..5d"])
def test_what_is_no_duration_says_what_would_be_right(text: str) -> None:
    with pytest.raises(RuleBroken, match="such as 5d, 3d 4h or 1w"):
        parse_duration(text)


@given(st.integers(0, 10**6), st.integers(60, 1440))
def test_a_written_duration_reads_back(minutes: int, day_minutes: int) -> None:
    assert parse_duration(format_duration(minutes, day_minutes), day_minutes) == minutes


def test_a_negative_duration_shows_its_sign() -> None:
    assert (format_duration(-1680), format_duration(0)) == ("-3d 4h", "0d")


def test_dependencies_are_read() -> None:
    assert parse_links("3;5SS+2d; 7ff-1d;2.3FS+1ed;") == [
        WrittenLink("3"),
        WrittenLink("5", LinkType.SS, 960),
        WrittenLink("7", LinkType.FF, -480),
        WrittenLink("2.3", LinkType.FS, 1440, elapsed=True),
    ]
    assert parse_links(" ") == []


@pytest.mark.parametrize(("text", "part"), [("3;x", "x"), ("5SX", "5SX"), ("3SS+", "3SS+"), ("3;4FS+2q", "2q")])
def test_a_dependency_that_is_none_is_named(text: str, part: str) -> None:
    with pytest.raises(RuleBroken, match=f"“{part.replace('+', '[+]')}”"):
        parse_links(text)


def test_a_dependency_on_nothing_is_refused() -> None:
    with pytest.raises(RuleBroken, match="no task 9"):
        resolve_links(parse_links("9"), 1, {"3": 30})


links = st.builds(
    Link, st.integers(1, 9), st.just(10), st.sampled_from(LinkType), st.integers(-9000, 9000), elapsed=st.booleans()
).filter(lambda link: link.lag_minutes or not link.elapsed)


@given(st.lists(links, max_size=4))
def test_written_dependencies_read_back(given_links: list[Link]) -> None:
    labels = {each: f"2.{each}" for each in range(1, 10)}
    text = format_links(given_links, labels)
    assert resolve_links(parse_links(text), 10, {label: each for each, label in labels.items()}) == given_links


def test_three_points_give_mean_and_deviation() -> None:
    assert Estimate(4, 6, 14).mean == 7.0
    assert Estimate(4, 6, 14).deviation == pytest.approx(1.667, abs=0.001)


@pytest.mark.parametrize("points", [(6, 4, 14), (4, 15, 14), (-1, 2, 3)])
def test_three_points_out_of_order_are_refused(points: tuple[float, float, float]) -> None:
    with pytest.raises(RuleBroken, match="from optimistic over most likely"):
        Estimate(*points)


def test_wbs_numbers_follow_order_and_nesting() -> None:
    rows = [(10, None), (20, None), (22, 20), (21, 20), (11, 10), (211, 21), (30, 99)]
    assert wbs_numbers(rows) == {10: "1", 11: "1.1", 20: "2", 22: "2.1", 21: "2.2", 211: "2.2.1", 30: "3"}
    assert [row.id for row in outline(rows)] == [10, 11, 20, 22, 21, 211, 30]
    assert [row.depth for row in outline(rows)] == [0, 1, 0, 1, 1, 2, 0]


def test_progress_of_a_summary_is_weighted_by_duration() -> None:
    rows = [
        Activity(1, TaskType.SUMMARY),
        Activity(2, duration_minutes=300, parent=1, percent_complete=100),
        Activity(3, TaskType.SUMMARY, parent=1),
        Activity(4, duration_minutes=100, parent=3, percent_complete=50),
        Activity(5, TaskType.MILESTONE, parent=3),
    ]
    assert rolled_up_percent(rows) == {1: 87, 2: 100, 3: 50, 4: 50, 5: 0}


def test_progress_over_milestones_alone_counts_them() -> None:
    rows = [Activity(1), Activity(2, parent=1, percent_complete=100), Activity(3, parent=1), Activity(4, parent=1)]
    assert rolled_up_percent(rows)[1] == 33
