"""Control charts: eight weeks before there are limits, then they stay; what stands out, and which segment moved."""

from datetime import date, timedelta

from crm.kpis.rules import control
from crm.kpis.rules.control import Anomaly, Part, Point, Sign

FIRST = date(2026, 1, 5)


def points(*values):
    return [Point(FIRST + timedelta(weeks=at), value, 20) for at, value in enumerate(values)]


STEADY = (22, 20, 22, 20, 22, 20, 22, 20)


def test_seven_weeks_give_no_limits_and_eight_do():
    assert control.limits_of(points(*STEADY[:7])) is None
    limits = control.limits_of(points(*STEADY))
    assert (limits.mean, limits.spread) == (21, 2)
    assert (round(limits.upper, 2), round(limits.lower, 2)) == (26.32, 15.68)


def test_a_week_below_the_least_n_is_none_of_the_eight():
    assert control.limits_of(points(*STEADY[:7], None)) is None
    assert control.limits_of(points(None, *STEADY)).first == FIRST + timedelta(weeks=1)


def test_limits_stay_those_of_the_first_weeks_until_they_are_set_anew():
    later = points(*STEADY, 90, 90, 90, 90, 90, 90, 90, 90)
    assert control.limits_of(later).mean == 21
    assert control.limits_of(later, "A new campaign").mean == 90


def test_a_point_outside_stands_out_with_the_week_before():
    made = points(*STEADY, 22, 13)
    limits = control.limits_of(made)
    assert control.anomalies(made, limits) == [Anomaly(FIRST + timedelta(weeks=9), Sign.OUTSIDE, 13, 22)]


def test_eight_in_a_row_on_one_side_stand_out_once():
    made = points(*STEADY, *([22] * 9))
    limits = control.limits_of(made)
    assert [(each.week, each.sign) for each in control.anomalies(made, limits)] == [
        (FIRST + timedelta(weeks=15), Sign.RUN)
    ]


def test_on_the_mean_is_on_neither_side():
    made = points(*STEADY, *([21] * 20))
    assert control.anomalies(made, control.limits_of(made)) == []


def test_the_segment_that_moved_most_is_the_one_that_explains_the_change():
    before = {"web": Part(18, 60), "event": Part(4, 40)}
    after = {"web": Part(8, 60), "event": Part(5, 40)}
    assert control.moved_most(before, after, share=True)[0] == "web"
    assert control.moved_most(before, before, share=True) is None
    assert control.moved_most({"a": Part(5, 0)}, {"b": Part(9, 0)}, share=False)[0] == "b"
