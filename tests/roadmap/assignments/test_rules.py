"""Which of duration, units and work gives way: MS Project's table of task types, and what always holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import RuleBroken
from roadmap.assignments.rules import (
    FULL,
    Booking,
    Effort,
    Fixed,
    joined,
    left,
    resized,
    with_total,
    with_units,
    with_work,
)

WEEK = 2400


def alone(fixed: Fixed, units: float = 100.0, *, driven: bool = False) -> Effort:
    """One person for a week."""
    return Effort(WEEK, (Booking(1, units, round(WEEK * units / FULL)),), fixed, driven)


def told(effort: Effort) -> tuple[int, list[tuple[float, int]]]:
    """Duration, and units with work of each."""
    return effort.minutes, [(each.units, each.work) for each in effort.bookings]


@pytest.mark.parametrize(
    ("fixed", "changed"),
    [
        (Fixed.UNITS, (4800, [(100, 4800)])),
        (Fixed.DURATION, (4800, [(100, 4800)])),
        (Fixed.WORK, (4800, [(50, 2400)])),
    ],
)
def test_a_longer_duration_brings_more_work_unless_the_work_is_fixed(fixed: Fixed, changed: object) -> None:
    assert told(resized(alone(fixed), 4800)) == changed


@pytest.mark.parametrize(
    ("fixed", "changed"),
    [
        (Fixed.UNITS, (4800, [(50, 2400)])),
        (Fixed.DURATION, (2400, [(50, 1200)])),
        (Fixed.WORK, (4800, [(50, 2400)])),
    ],
)
def test_half_the_day_takes_twice_as_long_unless_the_duration_is_fixed(fixed: Fixed, changed: object) -> None:
    assert told(with_units(alone(fixed), 1, 50)) == changed


@pytest.mark.parametrize(
    ("fixed", "changed"),
    [
        (Fixed.UNITS, (4800, [(100, 4800)])),
        (Fixed.DURATION, (2400, [(200, 4800)])),
        (Fixed.WORK, (4800, [(100, 4800)])),
    ],
)
def test_more_work_takes_longer_unless_the_duration_is_fixed(fixed: Fixed, changed: object) -> None:
    assert told(with_work(alone(fixed), 1, 4800)) == changed


@pytest.mark.parametrize(
    ("fixed", "changed"),
    [
        (Fixed.UNITS, (1200, [(100, 1200), (100, 1200)])),
        (Fixed.DURATION, (2400, [(50, 1200), (50, 1200)])),
        (Fixed.WORK, (1200, [(100, 1200), (100, 1200)])),
    ],
)
def test_on_an_effort_driven_task_who_joins_takes_a_part(fixed: Fixed, changed: object) -> None:
    assert told(joined(alone(fixed, driven=True), 2, 100)) == changed


@pytest.mark.parametrize("fixed", [Fixed.UNITS, Fixed.DURATION])
def test_else_who_joins_brings_work_along(fixed: Fixed) -> None:
    assert told(joined(alone(fixed), 2, 100)) == (2400, [(100, 2400), (100, 2400)])


def test_work_without_anybody_waits_for_the_first() -> None:
    waiting = Effort(WEEK, (), Fixed.UNITS, unbooked=1200)
    assert told(joined(waiting, 1, 50)) == (2400, [(50, 1200)])
    assert told(joined(waiting, 1, 100)) == (1200, [(100, 1200)])


def test_who_leaves_last_leaves_the_work_behind() -> None:
    empty = left(alone(Fixed.UNITS), 1)
    assert (empty.bookings, empty.work, empty.minutes) == ((), WEEK, WEEK)


def test_without_effort_somebody_leaves_with_their_work() -> None:
    two = joined(alone(Fixed.UNITS), 2, 50)
    assert told(left(two, 1)) == (2400, [(50, 1200)])


@pytest.mark.parametrize("units", [0, -1, 100_001, float("nan"), float("inf")])
def test_a_share_that_nobody_has_is_refused(units: float) -> None:
    with pytest.raises(RuleBroken, match="not possible"):
        joined(alone(Fixed.UNITS), 2, units)


def test_less_than_no_work_is_refused() -> None:
    with pytest.raises(RuleBroken, match="less than nothing"):
        with_work(alone(Fixed.UNITS), 1, -1)


CREWS = st.lists(
    st.tuples(st.sampled_from([25.0, 50.0, 100.0, 150.0]), st.integers(30, 20_000)), min_size=1, max_size=4
)
efforts = st.builds(
    Effort,
    minutes=st.integers(60, 50_000),
    bookings=CREWS.map(lambda rows: tuple(Booking(number, *row) for number, row in enumerate(rows, 1))),
    fixed=st.sampled_from(Fixed),
    driven=st.booleans(),
)


@given(efforts, st.integers(0, 100_000))
def test_the_parts_of_a_new_total_add_up_to_it(effort: Effort, total: int) -> None:
    assert with_total(effort, total).work == total


@given(efforts, st.sampled_from([50.0, 100.0]))
def test_effort_driven_work_stays_whoever_comes_and_goes(effort: Effort, units: float) -> None:
    if effort.keeps_work:
        grown = joined(effort, 99, units)
        assert grown.work == effort.work
        assert left(grown, 99).work == effort.work


@given(efforts, st.sampled_from([50.0, 100.0]))
def test_a_fixed_duration_stays_whoever_comes_and_goes(effort: Effort, units: float) -> None:
    if effort.fixed is Fixed.DURATION:
        assert joined(effort, 99, units).minutes == effort.minutes
        assert left(effort, 1).minutes == effort.minutes
