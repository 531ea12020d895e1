"""The figures of a roll-out: which days they cover, the path to a target, verdicts, groups that add up, the command."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adoption.measures import queries
from adoption.measures.rules import (
    ACTIVE,
    COMPLETE,
    CREATED,
    KEYS,
    PROMISED,
    TIMELY,
    Verdict,
    Wish,
    path,
    stretch,
    verdict,
    weeks_since,
)
from crm.counts.rules.windows import Window
from crm.kpis.rules.control import Point
from crm.kpis.rules.definitions import KPIS, State
from crm.kpis.rules.measures import Measure, state_of
from tests.adoption.conftest import LIVE, TODAY, look_at

NOW = datetime(2026, 2, 18, 9, 10, tzinfo=UTC)
SINCE_LIVE = Wish(Window(LIVE, TODAY, NOW), LIVE)


@pytest.mark.parametrize(
    ("key", "wish", "first", "last"),
    [
        (TIMELY, SINCE_LIVE, LIVE, TODAY),
        (ACTIVE, SINCE_LIVE, date(2026, 2, 9), date(2026, 2, 15)),
        (CREATED, SINCE_LIVE, LIVE, date(2026, 1, 28)),
        (CREATED, Wish(Window(date(2026, 2, 12), TODAY, NOW), LIVE, live=False), date(2026, 2, 12), TODAY),
        (ACTIVE, Wish(Window(TODAY, TODAY, NOW), TODAY), date(2026, 2, 16), date(2026, 2, 22)),
    ],
)
def test_each_figure_covers_its_days(key, wish, first, last):
    found = stretch(KPIS[key], wish)
    assert (found.since, found.until) == (first, last)


def test_weeks_are_whole_and_over():
    assert weeks_since(LIVE, date(2026, 1, 11)) == ()
    assert weeks_since(LIVE, date(2026, 1, 12)) == (date(2026, 1, 5),)
    assert len(weeks_since(date(2020, 1, 6), TODAY)) == 52


END = date(2026, 3, 24)


@given(st.floats(0, 1), st.decimals("0.1", 1, places=2), st.integers(0, 200))
def test_the_path_never_leaves_the_way_from_where_it_began_to_the_target(start, target, days):
    day = date.fromordinal(LIVE.toordinal() + days)
    found = path([Point(date(2026, 1, 5), start)], target, END, day)
    assert found is not None
    assert min(Decimal(str(start)), target) - Decimal("0.0001") <= found <= target


@pytest.mark.parametrize(
    ("points", "target", "day", "wanted"),
    [
        ([], Decimal("0.8"), TODAY, None),
        ([Point(date(2026, 1, 5), None)], Decimal("0.8"), TODAY, None),
        ([Point(date(2026, 1, 5), 0.5)], None, TODAY, None),
        ([Point(date(2026, 1, 5), 0.9)], Decimal("0.8"), TODAY, Decimal("0.8")),
        ([Point(date(2026, 1, 5), 0.5)], Decimal("0.8"), END, Decimal("0.8")),
        ([Point(date(2026, 1, 5), 0.5)], Decimal("0.8"), date(2026, 1, 12), Decimal("0.5000")),
    ],
)
def test_a_path_is_known_from_the_first_week_on(points, target, day, wanted):
    assert path(points, target, END, day) == wanted


def measured(key: str, value: str | None) -> Measure:
    amount, target = None if value is None else Decimal(value), KPIS[key].target
    state = State.UNKNOWN if amount is None else state_of(KPIS[key], amount, target)
    return Measure(key, amount, None, None, 20, target, state, "", LIVE, TODAY, KPIS[key].unit)


@pytest.mark.parametrize(
    ("values", "by_now", "wanted"),
    [
        (("0.8", "0.95", "0.1", "0.9"), {}, Verdict.MET),
        (("0.8", None, None, None), {}, Verdict.MET),
        ((None, None, None, None), {}, Verdict.UNKNOWN),
        (("0.7", "0.95", "0.1", "0.9"), {ACTIVE: Decimal("0.7")}, Verdict.ON_PATH),
        (("0.7", "0.95", "0.1", "0.9"), {ACTIVE: Decimal("0.71")}, Verdict.BEHIND),
        (("0.7", "0.95", "0.03", "0.9"), {}, Verdict.FAR_BEHIND),
        (("0.7", "0.95", "0.03", "0.9"), {ACTIVE: Decimal("0.6")}, Verdict.BEHIND),
        (("0.78", "0.95", "0.1", "0.88"), {}, Verdict.BEHIND),
    ],
)
def test_a_verdict_follows_from_the_figures(values, by_now, wanted):
    assert verdict([measured(key, value) for key, value in zip(KEYS, values, strict=True)], by_now) is wanted


def test_weekly_use_is_that_of_the_last_week_by_team_and_person(team_of_six, used):
    used(3, 9, 9, 9, 9, 9, 2)  # sign-ins of each in the last week
    reading = queries.read(*look_at(team_of_six))
    assert (reading.whole[ACTIVE].value, reading.whole[ACTIVE].n) == (Decimal("0.833333"), 6)
    assert reading.of_teams([team_of_six.north])[ACTIVE].value == reading.whole[ACTIVE].value
    last = reading.of_people([team_of_six.people[-1]])[ACTIVE]
    assert (last.numerator, last.denominator) == (0, 1)


def test_groups_add_up_to_the_whole(team_of_six, worked):
    worked(in_time=12, late=4)
    reading = queries.read(*look_at(team_of_six))
    whole, by_people = reading.whole[TIMELY], reading.of_people(team_of_six.people)[TIMELY]
    assert (whole.numerator, whole.denominator) == (12, 16)
    assert (by_people.numerator, by_people.denominator) == (12, 16)
    assert reading.of_teams([team_of_six.north])[COMPLETE].denominator == reading.whole[COMPLETE].denominator


def test_every_promised_figure_is_there_and_the_others_are_unknown(team_of_six, worked):
    worked(in_time=12, late=4)
    crew, wish = look_at(team_of_six)
    found = {each.key: each for each in queries.figures(crew, wish)}
    assert tuple(found) == PROMISED
    assert found[TIMELY].value == Decimal("0.75")
    assert found["csat"].value is None
    assert found["csat"].why
    exact = {each.key: each for each in queries.exactly(crew, wish.window)}
    assert (exact[CREATED].since, exact[CREATED].until) == (LIVE, TODAY)
