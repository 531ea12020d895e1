"""The drawings of the overview stay inside their frames."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from desk.overview import charts
from kernel.worktime import Calendar, Period
from roadmap.standing.rules.curve import Work, begin, days_between, scope, series

START, TODAY = date(2026, 1, 5), date(2026, 2, 18)
FIRST = begin(START)
OFFICE = Calendar(((Period(480, 720), Period(780, 1020)),) * 5 + ((), ()))


@given(st.floats(0.01, 1_000_000))
def test_a_scale_starts_at_zero_has_four_steps_and_holds_the_value(highest):
    found = charts.axis(highest)
    assert found.lines[0] == 0
    assert len(found.lines) == 5
    assert found.lines[-1] == found.top >= highest


def test_the_burn_up_is_drawn_twice_inside_its_frame():
    end = begin(date(2026, 3, 27))
    work = [Work(4800, 50, FIRST, end, OFFICE, FIRST), Work(960, 100, FIRST, FIRST, OFFICE, FIRST, FIRST)]
    points = series(work, days_between(START, date(2026, 4, 5), TODAY), TODAY)
    drawn = charts.burn_up(points, scope(work), TODAY, lambda kind, minutes: f"{kind} {minutes:g}")
    assert [chart["cls"] for chart in drawn] == ["only-wide", "only-narrow"]
    for chart in drawn:
        places = [place for _kind, line in chart["lines"] for place in line]
        assert all(charts.LEFT <= x <= chart["right"] and 0 <= y <= chart["height"] for x, y in places)
        assert chart["lines"][2][1][-1][0] == chart["now"]


def test_before_the_start_there_is_no_today_and_nothing_done():
    work = [Work(480, 0, FIRST, FIRST, OFFICE)]
    early = date(2025, 12, 1)
    points = series(work, days_between(START, date(2026, 4, 5), early), early)
    chart = charts.burn_up(points, 480, early, lambda kind, _minutes: kind)[0]
    assert (chart["now"], chart["lines"][2][1], chart["marks"]) == (None, [], [])
