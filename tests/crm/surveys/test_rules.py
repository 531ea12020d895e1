"""What may be asked and answered, and what answers add up to, by examples and by chance."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.respondents.rules import Audience
from crm.surveys.rules import questions, results, surveys
from crm.surveys.rules.questions import Given, Kind, Question, QuestionData
from crm.surveys.rules.surveys import State, SurveyData
from kernel.errors import RuleBroken

TODAY = date(2026, 2, 18)


def ask(kind, *, number=1, needed=True, choices=("Red", "Green", "Blue"), points=7):
    return Question(number, kind, "How was it?", needed, choices, points, "", "")


@pytest.mark.parametrize(
    ("values", "csat"), [((5, 5, 4, 4, 3, 2, 5, 1, 4, 4), 70.0), ((4,), 100.0), ((3,), 0.0), ((), None)]
)
def test_satisfaction_is_the_share_of_four_and_five(values, csat):
    assert results.scores(values).csat == csat


@pytest.mark.parametrize(
    ("values", "nps"),
    [((10, 10, 9, 9, 8, 7, 7, 6, 3, 0), 10.0), ((9,), 100.0), ((6,), -100.0), ((7, 8), 0.0), ((), None)],
)
def test_nps_is_promoters_less_detractors(values, nps):
    assert results.scores(values).nps == nps


@given(st.lists(st.integers(0, 10)))
def test_every_answer_is_counted_once(values):
    found = results.scores(values)
    passives = sum(value in (7, 8) for value in values)
    assert found.n == len(values) == found.promoters + found.detractors + passives


@given(st.sampled_from([Kind.CSAT, Kind.NPS, Kind.SCALE]), st.lists(st.integers(1, 5), min_size=1))
def test_shares_of_a_question_add_up(kind, values):
    told = results.summary(ask(kind), len(values), results.scores(values).counts)
    assert sum(bar.share for bar in told.bars) == pytest.approx(100)
    assert sum(bar.count for bar in told.bars) == told.n == len(values)


def test_of_several_choices_each_share_is_of_those_who_answered():
    told = results.summary(ask(Kind.MULTI), 2, {0: 2, 2: 1})
    assert [(bar.label, bar.count, bar.share) for bar in told.bars] == [
        ("Red", 2, 100.0), ("Green", 0, 0.0), ("Blue", 1, 50.0)
    ]  # fmt: skip
    assert told.value is None


@pytest.mark.parametrize(
    ("kind", "sent", "found"),
    [
        (Kind.CSAT, ["5"], Given((5,))),
        (Kind.NPS, ["0"], Given((0,))),
        (Kind.SCALE, ["7"], Given((7,))),
        (Kind.CHOICE, ["2"], Given((2,))),
        (Kind.MULTI, ["2", "0", "2"], Given((0, 2))),
        (Kind.OPEN, ["  It works.\r\nMostly. "], Given(text="It works.\nMostly.")),
    ],
)
def test_an_answer_is_read(kind, sent, found):
    assert questions.read_answer(ask(kind), sent) == found


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        (Kind.CSAT, ["0"]), (Kind.CSAT, ["6"]), (Kind.NPS, ["11"]), (Kind.NPS, ["-1"]), (Kind.SCALE, ["8"]),
        (Kind.CHOICE, ["3"]), (Kind.CHOICE, ["0", "1"]), (Kind.MULTI, ["0", "3"]), (Kind.CSAT, ["five"]),
        (Kind.CSAT, ["٣"]), (Kind.CSAT, ["9" * 10_000]), (Kind.OPEN, ["x" * 5001]), (Kind.CSAT, []), (Kind.OPEN, [" "]),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused_beside_its_question(kind, sent):
    with pytest.raises(RuleBroken) as caught:
        questions.read_answer(ask(kind, number=4), sent)
    assert caught.value.field == "q4"


def test_every_question_that_lacks_an_answer_is_told_at_once():
    asked = [ask(Kind.CSAT, number=1), ask(Kind.OPEN, number=2, needed=False), ask(Kind.NPS, number=3)]
    with pytest.raises(questions.Incomplete) as caught:
        questions.read_answers(asked, {"q1": ["7"]})
    assert set(caught.value.problems) == {1, 3}


def test_a_form_with_no_answer_at_all_is_refused():
    with pytest.raises(RuleBroken):
        questions.read_answers([ask(Kind.OPEN, needed=False)], {})


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (QuestionData(Kind.CSAT, " "), "text"),
        (QuestionData(Kind.OPEN, "x" * 301), "text"),
        (QuestionData(Kind.CHOICE, "Which?", choices=("One", "One", " ")), "choices"),
        (QuestionData(Kind.MULTI, "Which?", choices=tuple(f"Choice {each}" for each in range(21))), "choices"),
        (QuestionData(Kind.MULTI, "Which?", choices=("x" * 121, "y")), "choices"),
        (QuestionData(Kind.SCALE, "How?", points=8), "points"),
        (QuestionData(Kind.SCALE, "How?", low="x" * 61), "low"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(data, field):
    with pytest.raises(RuleBroken) as caught:
        questions.check_question(data)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"topic": "Not a topic!"}, "topic"),
        ({"intro": "x" * 2001}, "intro"),
        ({"anonymous": True, "minimum": 4}, "minimum"),
        ({"minimum": 0}, "minimum"),
        ({"anonymous": True, "minimum": 5, "audience": Audience.TICKETS}, "anonymous"),
        ({"remind_after": 31}, "remind_after"),
        ({"closes_on": date(2026, 2, 17)}, "closes_on"),
        ({"closes_on": date(2027, 3, 1)}, "closes_on"),
    ],
)
def test_a_survey_that_cannot_be_kept_is_refused(changed, field):
    with pytest.raises(RuleBroken) as caught:
        surveys.check_survey(SurveyData(**{"name": "Users", **changed}), TODAY)
    assert caught.value.field == field


def test_what_follows_tickets_asks_for_satisfaction_once():
    surveys.check_opening(Audience.TICKETS, [ask(Kind.CSAT), ask(Kind.OPEN)], None, TODAY)
    for asked in ([ask(Kind.OPEN)], [ask(Kind.CSAT), ask(Kind.CSAT)]):
        with pytest.raises(RuleBroken):
            surveys.check_opening(Audience.TICKETS, asked, None, TODAY)


def test_a_survey_without_questions_or_without_an_end_is_not_opened():
    for asked, closes_on in (([], TODAY), ([ask(Kind.CSAT)], None)):
        with pytest.raises(RuleBroken):
            surveys.check_opening(Audience.PEOPLE, asked, closes_on, TODAY)


@pytest.mark.parametrize(
    ("anonymous", "state", "n", "hidden"),
    [
        (False, State.OPEN, 1, False),
        (False, State.OPEN, 0, True),
        (True, State.OPEN, 50, True),
        (True, State.CLOSED, 4, True),
        (True, State.CLOSED, 5, False),
    ],
)
def test_when_results_are_shown(anonymous, state, n, hidden):
    minimum = 5 if anonymous else 1
    assert bool(surveys.why_hidden(anonymous=anonymous, state=state, minimum=minimum, n=n)) is hidden
