"""A survey as evidence: the newest on its topic, of the roll-out's teams, and unknown as long as it shows nothing."""

from datetime import timedelta

import pytest

from crm.surveys.models import Survey, SurveyAnswer, SurveyQuestion, SurveyResponse
from infra.transaction import transaction
from kernel.actor import SYSTEM
from readiness.evidence.queries import SOURCES, may_state
from readiness.gates.rules.definitions import Comparator
from readiness.gates.rules.results import Result
from readiness.gates.rules.sources import Look
from roadmap.audience import service as audience
from tests import factories
from tests.fixtures.app import NOW
from tests.readiness.measured.test_measured import TODAY, asked, line


@pytest.fixture
def project(app):
    return factories.project()


def held(values, *, kind="csat", topic="satisfaction", team_id=None, person_id=1, opened=NOW, **more):
    """A survey with one question and these answers; its number."""
    usual = {"name": "Users", "audience": "people", "state": "open", "created_at": opened, "opened_at": opened}
    with transaction(SYSTEM, "survey.made") as work:
        survey = Survey(topic=topic, **usual | more)
        work.session.add(survey)
        work.session.flush()
        question = SurveyQuestion(survey_id=survey.id, position=1, kind=kind, text="How is it?")
        work.session.add(question)
        work.session.flush()
        for value in values:
            response = SurveyResponse(survey_id=survey.id, day=TODAY, person_id=person_id, team_id=team_id)
            work.session.add(response)
            work.session.flush()
            work.session.add(SurveyAnswer(response_id=response.id, question_id=question.id, value=value))
    return survey.id


def users(threshold=70.0, **more):
    return asked("survey", "satisfaction", threshold, **more)


def test_the_share_of_satisfied_users_is_measured_with_how_many_said_so(project):
    assert may_state(users())
    number = held([5, 4, 4, 2])
    found = line(project, users(minimum_sample=4))
    assert (found.result, found.evidence.value, found.evidence.n) == (Result.PASS, 75.0, 4)
    assert found.evidence.href == f"/crm/surveys/{number}"
    assert not may_state(users())
    assert line(project, users(minimum_sample=20)).result is Result.UNKNOWN


def test_the_newest_survey_on_the_topic_counts(project):
    held([5, 5], opened=NOW - timedelta(days=9))
    held([1, 1])
    held([5], topic="ready")
    assert line(project, users()).evidence.value == 0.0


def test_nothing_is_known_of_a_survey_that_shows_nothing(project):
    held([5] * 9, anonymous=True, minimum=5)
    found = line(project, users())
    assert found.result is Result.UNKNOWN
    assert "once it is closed" in found.evidence.why
    held([], name="Empty")
    assert line(project, users()).result is Result.UNKNOWN


def test_a_closed_one_grows_old(project):
    held([5] * 9, state="closed", closed_at=NOW - timedelta(days=40))
    assert line(project, users(freshness_days=30)).result is Result.UNKNOWN
    assert line(project, users(freshness_days=60)).result is Result.PASS


def test_of_a_roll_out_its_teams_answer(project):
    north, south = factories.team("North"), factories.team("South")
    audience.choose(project, [north], actor=SYSTEM)
    held([5, 1], team_id=south)
    held([4, 4, 1], team_id=north, opened=NOW + timedelta(minutes=1), teams=[north])
    held([1], team_id=south, opened=NOW + timedelta(minutes=2), teams=[south])
    found = line(project, users())
    assert (found.evidence.n, round(found.evidence.value)) == (3, 67)


def test_of_a_roll_out_nothing_is_known_below_the_answers_that_the_survey_wants(project):
    north, south = factories.team("North"), factories.team("South")
    audience.choose(project, [north], actor=SYSTEM)
    number = held([5, 5, 5], team_id=south, minimum=3)
    with transaction(SYSTEM, "survey.made") as work:
        question = work.session.query(SurveyQuestion).filter_by(survey_id=number).one()
        response = SurveyResponse(survey_id=number, day=TODAY, person_id=2, team_id=north)
        work.session.add(response)
        work.session.flush()
        work.session.add(SurveyAnswer(response_id=response.id, question_id=question.id, value=1))
    found = line(project, users())
    assert (found.result, found.evidence.value) == (Result.UNKNOWN, None)
    assert "from 3 answers on" in found.evidence.why


def test_without_such_a_question_it_is_known_by_another(project):
    held([10, 9, 0], kind="nps")
    found = line(project, users(unit="", comparator=Comparator.AT_LEAST, threshold=30.0))
    assert round(found.evidence.value) == 33
    source = SOURCES["survey"]
    assert source.subjects(Look(project, NOW, TODAY)) == [("satisfaction", "satisfaction")]


def test_of_a_roll_out_the_people_who_are_named_answer_too(project):
    north, south = factories.team("North"), factories.team("South")
    ruth = factories.crm_role(factories.person("Ruth"), "sales-representative", south)
    audience.choose(project, [north], actor=SYSTEM)
    held([5], team_id=north, teams=[])
    audience.name(project, ruth.id, actor=SYSTEM)
    held([4, 4], team_id=south, person_id=ruth.id, teams=[south], opened=NOW + timedelta(minutes=1))
    found = line(project, users())
    assert (found.evidence.n, found.evidence.value) == (2, 100.0)
    audience.unname(project, ruth.id, actor=SYSTEM)
    assert line(project, users()).evidence.n == 1


def test_teams_below_those_that_were_asked_answered_as_well(project):
    north = factories.team("North")
    far_north = factories.team("Far North", north)
    audience.choose(project, [far_north], actor=SYSTEM)
    held([5], team_id=far_north, teams=[north])
    assert line(project, users()).evidence.n == 1


def test_customers_count_whose_they_are_and_who_names_nobody_counts(project):
    north, south = factories.team("North"), factories.team("South")
    audience.choose(project, [north], actor=SYSTEM)
    number = held([5, 5], person_id=None, team_id=north)
    with transaction(SYSTEM, "survey.made") as work:
        question = work.session.query(SurveyQuestion).filter_by(survey_id=number).one()
        for team_id in (south, None):
            response = SurveyResponse(survey_id=number, day=TODAY, team_id=team_id)
            work.session.add(response)
            work.session.flush()
            work.session.add(SurveyAnswer(response_id=response.id, question_id=question.id, value=5))
    assert line(project, users()).evidence.n == 3
