"""The pages of surveys through a browser: writing, asking, answering by link and here, and what may go wrong."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.answering import service
from crm.surveys import queries
from crm.surveys import service as writing
from crm.surveys.models import Survey, SurveyResponse
from infra import sheets
from infra.database import db
from infra.mail.models import Mail
from tests import factories
from tests.fixtures.app import NOW

TODAY = NOW.date()
WEEK = (TODAY + timedelta(days=7)).isoformat()
HOSTILE = '<script>alert(1)</script> =1+1 \u202e "x"'


@pytest.fixture
def nadia(app):
    return factories.crm_role(factories.person("Nadia"), "marketing-specialist")


@pytest.fixture
def browser(client, nadia):
    return factories.sign_in(client, nadia)


@pytest.fixture
def survey(nadia):
    return writing.begin("users", actor=nadia, now=NOW)[0]


def settings(**changed):
    usual = {
        "name": "Users",
        "audience": "people",
        "minimum": "1",
        "by_mail": "y",
        "closes_on": WEEK,
        "topic": "satisfaction",
    }
    return usual | changed


def begun(browser, survey, **changed):
    assert browser.post(f"/crm/surveys/{survey}", data=settings(**changed)).status_code == 303
    assert browser.post(f"/crm/surveys/{survey}/open").status_code == 303


def values(survey, value="5"):
    first, second, *_rest = (each.id for each in queries.questions(survey))
    return {f"q{first}": value, f"q{second}": "3"}


def test_a_survey_is_begun_from_a_proved_set_and_written(browser):
    page = browser.get("/crm/surveys").text
    assert "No survey yet" in page
    answer = browser.post("/crm/surveys", data={"preset": "recommend"})
    page = browser.get(answer.location).text
    assert "How likely are you to recommend us" in page
    assert "Choose the last day" in page
    assert browser.post("/crm/surveys", data={"preset": "none"}).status_code == 404


def test_a_question_that_is_wrong_is_told_and_kept(browser, survey):
    sent = {"kind": "choice", "text": HOSTILE, "choices": "Only one", "points": "5", "needed": "y"}
    answer = browser.post(f"/crm/surveys/{survey}/questions", data=sent)
    assert answer.status_code == 422
    assert "Write 2 to 20 different answers" in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "<script>alert" not in answer.text
    number = queries.questions(survey)[0].id
    answer = browser.post(f"/crm/surveys/{survey}/questions/{number}", data={**sent, "text": ""})
    assert answer.status_code == 422
    assert f"q{number}-text" in answer.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Give the survey a name."),
        ({"closes_on": "soon"}, "Write the day as 2026-03-03."),
        ({"closes_on": "2026-02-17"}, "Choose a last day from today"),
        ({"minimum": "many"}, "Write a whole number."),
        ({"anonymous": "y", "minimum": "2"}, "Results need at least 5"),
        ({"topic": "Ünser Thema"}, "small letters"),
        ({"audience": "everybody"}, "Not a valid choice"),
        ({"teams": "99"}, "Not saved: one thing to mend"),
    ],
)
def test_settings_that_are_wrong_are_told(browser, survey, changed, said):
    answer = browser.post(f"/crm/surveys/{survey}", data=settings(**changed))
    assert answer.status_code == 422
    assert said in answer.text


def test_a_link_works_once_and_then_says_so_kindly(app, browser, survey, nadia):
    begun(browser, survey)
    (mail,) = db.session.scalars(select(Mail)).all()
    door = re.search(r"/answer/[\w-]+", mail.text)[0]
    stranger = app.test_client()
    answer = stranger.get(f"{door}?a=4")
    assert answer.status_code == 200
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert re.search(r'value="4" checked', answer.text)
    assert db.session.scalar(select(SurveyResponse.id)) is None
    answer = stranger.post(door, data={})
    assert answer.status_code == 422
    assert answer.text.count("This question needs an answer.") == 2
    answer = stranger.post(door, data=values(survey))
    assert answer.status_code == 200
    assert "Thank you" in answer.text
    assert "You have answered already" in stranger.get(door).text
    answer = stranger.post(door, data=values(survey, "1"))
    assert answer.status_code == 409
    assert "Your first answer counts" in answer.text
    assert len(db.session.scalars(select(SurveyResponse.id)).all()) == 1
    assert "You have answered already" in browser.get(f"/surveys/{survey}").text


@pytest.mark.parametrize("token", ["x", "a" * 5000, "%00", "../../etc", "' or 1=1"])
def test_a_link_that_is_none_leads_nowhere(app, token):
    assert app.test_client().get(f"/answer/{token}").status_code == 404


def test_one_answers_here_what_waits_for_oneself(app, browser, survey):
    begun(browser, survey)
    assert "One survey waits for your answer." in browser.get("/surveys").text
    assert browser.post(f"/surveys/{survey}", data=values(survey)).status_code == 200
    assert "Nothing waits for your answer." in browser.get("/surveys").text
    later = factories.sign_in(app.test_client(), factories.person())
    assert later.get(f"/surveys/{survey}").status_code == 404
    assert later.post(f"/surveys/{survey}", data=values(survey)).status_code == 404


def test_results_open_the_number_of_answers_and_are_taken_out(browser, survey, nadia):
    begun(browser, survey)
    assert "Nobody has answered yet." in browser.get(f"/crm/surveys/{survey}").text
    sent = {key: [value] for key, value in values(survey).items()}
    service.answer(service.queries.of_person(survey, nadia.id)[0].id, sent, now=NOW, today=TODAY)
    page = browser.get(f"/crm/surveys/{survey}").text
    assert "satisfied (4 or 5): 1 of 1 answered" in page
    answer = browser.get(f"/crm/surveys/{survey}/export")
    sheet = sheets.read(answer.data)
    assert sheet.heads[:2] == ("Day", "Who")
    assert sheet.rows[1].cells[1] == "Nadia"


def test_an_anonymous_survey_gives_nothing_out_before_it_is_closed(browser, survey):
    begun(browser, survey, anonymous="y", minimum="5")
    assert browser.get(f"/crm/surveys/{survey}/export").status_code == 303
    assert browser.post(f"/crm/surveys/{survey}/close").status_code == 303
    assert db.session.get(Survey, survey).state == "closed"
    assert "It can&#39;t" not in browser.get(f"/crm/surveys/{survey}").text
    assert browser.post(f"/crm/surveys/{survey}/close").status_code == 409
    assert browser.post(f"/crm/surveys/{survey}/again").status_code == 303


def test_questions_are_moved_and_removed_and_the_preview_shows_them(browser, survey):
    first, second, *_rest = (each.id for each in queries.questions(survey))
    browser.post(f"/crm/surveys/{survey}/questions/{second}/act", data={"act": "up"})
    assert [each.id for each in queries.questions(survey)][:2] == [second, first]
    browser.post(f"/crm/surveys/{survey}/questions/{second}/act", data={"act": "remove"})
    assert queries.questions(survey)[0].id == first
    assert "Nothing can be sent from here." in browser.get(f"/crm/surveys/{survey}/preview").text
    assert browser.post(f"/crm/surveys/{survey}/questions/{second}/act", data={"act": "up"}).status_code == 404
    assert browser.post(f"/crm/surveys/{survey}/remove").status_code == 303
    assert browser.get(f"/crm/surveys/{survey}").status_code == 404


def test_pages_ask_a_handful_of_statements(browser, survey, asked):
    browser.get("/crm/surveys")
    for address, most in ((f"/crm/surveys/{survey}", 20), ("/crm/surveys", 12), ("/surveys", 12)):
        with asked() as statements:
            assert browser.get(address).status_code == 200
        assert len(statements) <= most, statements
