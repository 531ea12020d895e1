"""The satisfaction of customers as figures read it: only customers, only what may be seen, told apart."""

from datetime import date, timedelta

import pytest

from crm.access.queries import access_of
from crm.counts.queries import Scope
from crm.counts.rules.windows import Window
from crm.surveys import queries
from crm.surveys.models import Survey, SurveyAnswer, SurveyQuestion, SurveyResponse
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import NotFound
from tests import factories
from tests.fixtures.app import NOW

TODAY = NOW.date()
WINDOW = Window(TODAY - timedelta(days=29), TODAY, NOW)


def contact():
    return factories.record("contact")


def asked(values, *, kind="csat", audience="contacts", day=TODAY, **more):
    """A survey with one question and these answers; ``more``: columns of the survey and of the responses."""
    of_survey = {key: more.pop(key) for key in ("anonymous", "state", "minimum") if key in more}
    with transaction(SYSTEM, "survey.made") as work:
        survey = Survey(name="Customers", audience=audience, created_at=NOW, opened_at=NOW, **of_survey)
        work.session.add(survey)
        work.session.flush()
        question = SurveyQuestion(survey_id=survey.id, position=1, kind=kind, text="How satisfied are you?")
        work.session.add(question)
        work.session.flush()
        for value in values:
            response = SurveyResponse(survey_id=survey.id, day=day, **more)
            work.session.add(response)
            work.session.flush()
            work.session.add(SurveyAnswer(response_id=response.id, question_id=question.id, value=value))
    return survey.id


def found(kind="csat", by="", who=SYSTEM, **chosen):
    return queries.answers(kind, WINDOW, Scope(access_of(who), **chosen), by)


def test_answers_of_customers_count_and_those_of_colleagues_do_not(app):
    asked([5, 5, 4, 1])
    asked([1, 1, 1], audience="people")
    asked([10, 0], kind="nps")
    assert found()[None].csat == 75.0
    assert found("nps")[None].nps == 0.0
    assert found("nps")[None].n == 2


def test_only_the_days_asked_for_count(app):
    asked([5], day=TODAY - timedelta(days=30))
    asked([1], day=TODAY + timedelta(days=1))
    assert found()[None].n == 0
    assert found()[None].csat is None


def test_they_are_told_apart_by_agent_team_and_week(app):
    asked([5, 4], owner_id=1, team_id=7, contact_id=contact())
    asked([1], owner_id=2, team_id=8, contact_id=contact(), day=date(2026, 2, 10))
    assert {key: scores.n for key, scores in found(by="owner_id").items()} == {1: 2, 2: 1}
    assert {key: scores.csat for key, scores in found(by="team_id").items()} == {7: 100.0, 8: 0.0}
    assert set(found(by="week")) == {date(2026, 2, 16), date(2026, 2, 9)}
    assert found(teams=frozenset({7}))[None].n == 2
    assert found(person_id=2)[None].n == 1
    with pytest.raises(NotFound):
        found(by="person_id")


def test_a_reader_counts_only_what_they_may_see(app):
    team = factories.team("North")
    seller = factories.crm_role(factories.person(), "sales-representative", team)
    asked([5], owner_id=seller.id, team_id=team, contact_id=contact())
    asked([1], owner_id=999, team_id=998, contact_id=contact())
    asked([2, 2], contact_id=None)
    assert found(who=seller)[None].counts == {5: 1}
    assert found(who=factories.person())[None].n == 0
    assert found()[None].n == 4


def test_of_an_anonymous_survey_nothing_counts_before_its_own_results_are_shown(app):
    for state, values in (("open", [5] * 9), ("closed", [4] * 4)):
        asked(values, anonymous=True, minimum=5, state=state)
    assert found()[None].n == 0
    asked([4] * 5, anonymous=True, minimum=5, state="closed")
    assert found()[None].n == 5


def test_of_a_named_survey_too_nothing_counts_below_the_answers_that_it_wants(app):
    asked([1, 1], minimum=3, contact_id=contact())
    assert found()[None].n == 0
    assert db.session.execute(queries.behind("csat", WINDOW, Scope(access_of(SYSTEM)))).all() == []
    asked([5, 5, 5], minimum=3, contact_id=contact())
    assert found()[None].n == 3


def test_the_answers_behind_a_figure_are_as_many_as_it_counts(app):
    made = asked([5, 2, 3], contact_id=contact())
    rows = db.session.execute(queries.behind("csat", WINDOW, Scope(access_of(SYSTEM)))).all()
    assert [(response.survey_id, value) for response, value, *_words in rows] == [(made, 5), (made, 2), (made, 3)]
