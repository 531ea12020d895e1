"""How people come on board: steps, habits, cohorts."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from adoption.measures import queries as measures
from adoption.onboarding import queries
from adoption.onboarding.rules import Active, Step, cohorts, habits
from tests import factories
from tests.adoption.conftest import LAST_WEEK, look_at

MONDAY = date(2026, 1, 5)


def weeks_of(person_id: int, *active: bool) -> list[Active]:
    return [Active(person_id, MONDAY + timedelta(weeks=place), True, each) for place, each in enumerate(active)]


def test_a_habit_is_three_of_the_last_four_weeks():
    weeks = [*weeks_of(1, True, True, True, False, True), *weeks_of(2, True, True, False, False, True)]
    assert habits(weeks) == {1}
    assert habits(weeks_of(1, True, True, True)) is None
    assert habits([]) is None


def test_a_cohort_is_followed_from_the_week_after_its_first():
    began = dict.fromkeys(range(5), MONDAY)
    weeks = [each for person in range(5) for each in weeks_of(person, True, person < 4, person < 2)]
    (found,) = cohorts(began, weeks)
    assert (found.people, [each.percent for each in found.weeks]) == (5, [80.0, 40.0])


def test_neighbours_stand_together_until_they_are_five_and_fewer_are_not_shown():
    began = {person: MONDAY + timedelta(weeks=person) for person in range(6)}
    assert [(each.first, each.people) for each in cohorts(began, [])] == [(MONDAY, 6)]
    assert cohorts({1: MONDAY}, []) == []


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 5), max_size=30), st.randoms())
def test_no_share_of_a_cohort_is_said_of_fewer_than_five(began, chance):
    start = {person: MONDAY + timedelta(weeks=week) for person, week in began.items()}
    weeks = [
        Active(person, MONDAY + timedelta(weeks=week), chance.random() < 0.8, chance.random() < 0.5)
        for person in began
        for week in range(8)
    ]
    for each in cohorts(start, weeks):
        assert each.people >= 5
        assert all(share.percent is None for share in each.weeks if share.n < 5)


def test_the_steps_count_who_got_there_and_training_is_unknown(team_of_six, used, worked):
    used(3, 3, 3, 3, 1, 0)
    worked(in_time=2, late=0)
    crew, wish = look_at(team_of_six)
    found = queries.read(crew, measures.read(crew, wish))
    assert {each.step: each.people for each in found.stairs} == {
        Step.INVITED: 6, Step.SIGNED_IN: 5, Step.TRAINED: None, Step.FIRST_RECORD: 2, Step.HABIT: 0,
    }  # fmt: skip
    assert found.never == 1
    assert all(each.why for each in found.stairs if each.people is None)


def test_a_migrated_record_is_no_first_record(team_of_six):
    factories.record("contact", at=LAST_WEEK, owner_id=team_of_six.people[1])
    crew, wish = look_at(team_of_six)
    found = queries.read(crew, measures.read(crew, wish))
    assert next(each.people for each in found.stairs if each.step is Step.FIRST_RECORD) == 0
