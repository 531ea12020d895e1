"""Buckets by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.my_work import rules
from desk.my_work.rules import Bucket, Duty

TODAY = date(2026, 2, 18)


def duty(due, id=1):
    return Duty("task", id, "Task", due, 1, "Ours", "", None, True)


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (date(2026, 2, 17), Bucket.OVERDUE),
        (TODAY, Bucket.TODAY),
        (date(2026, 2, 22), Bucket.WEEK),
        (date(2026, 2, 23), Bucket.LATER),
        (None, Bucket.LATER),
    ],
)
def test_the_day_decides(due, expected):
    assert rules.bucket(due, TODAY) is expected


def test_on_a_sunday_the_week_is_over():
    sunday = date(2026, 2, 22)
    assert rules.bucket(sunday, sunday) is Bucket.TODAY
    assert rules.bucket(sunday + timedelta(days=1), sunday) is Bucket.LATER


@given(st.lists(st.none() | st.dates(date(2026, 1, 1), date(2026, 6, 1)), max_size=20))
def test_everything_is_in_one_bucket_and_the_soonest_is_first(days):
    found = rules.in_buckets([duty(day, number) for number, day in enumerate(days)], TODAY)
    assert sorted(each.id for duties in found.values() for each in duties) == list(range(len(days)))
    assert rules.tally(found).total == len(days)
    for duties in found.values():
        dues = [each.due or date.max for each in duties]
        assert dues == sorted(dues)
