"""The page of the forecast, estimates by a rule, and how kept forecasts are scored."""

from datetime import date, datetime, timedelta

import pytest

from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.worktime import standard
from roadmap.forecast import charts, queries, service
from roadmap.forecast.rules.scoring import Score, Settled, pinball, score
from roadmap.tasks import service as tasks
from roadmap.tasks.models import Task
from tests import factories
from tests.roadmap.forecast.conftest import DAY, NOW

TODAY = NOW.date()


@pytest.fixture
def manager(plan, client):
    who = factories.person("Maren Solberg", projects={plan[0]: "manager"})
    return factories.sign_in(client, who)


def base(plan) -> str:
    return f"/projects/{plan[0]}/forecast"


def test_before_the_first_forecast_the_page_says_that_it_is_unknown_and_offers_one(plan, manager):
    html = manager.get(base(plan)).text
    assert "How sure that is, is unknown" in html
    assert "Forecast now" in html


def test_the_overview_draws_the_newest_forecast_and_names_what_would_help_most(plan, manager, strike):
    strike(plan[0], plan[2], 90, 20, 30)
    overview = f"/projects/{plan[0]}"
    assert "No forecast is kept yet" in manager.get(overview).text
    service.publish(plan[0], TODAY, actor=SYSTEM, now=NOW)
    row = queries.latest([plan[0]])[plan[0]]
    html = manager.get(overview).text
    assert f"P80 {charts.formats.day(row.p80)}" in html
    assert f"{charts.chance_words(row.chance)} chance of " in html
    assert "Close the risk “It breaks”: P80" in html
    assert "runs end on which day" in html


def test_what_the_reader_may_not_see_is_not_named_as_a_help(plan, client, strike, monkeypatch):
    strike(plan[0], plan[2], 90, 20, 30)
    service.publish(plan[0], TODAY, actor=SYSTEM, now=NOW)
    monkeypatch.setattr("desk.overview.routes.may", lambda action, project=None: action != "risk.see")
    who = factories.person("Maren Solberg", projects={plan[0]: "manager"})
    html = factories.sign_in(client, who).get(f"/projects/{plan[0]}").text
    assert "When will it go live?" in html
    assert "It breaks" not in html


def test_a_forecast_is_made_and_answers_with_its_sentence_pictures_and_tables(plan, manager, strike, asked):
    risk = strike(plan[0], plan[2], 40, 2, 4)
    strike(plan[0], plan[1], None, 2, 4)
    assert manager.post(base(plan)).status_code == 303
    row = queries.latest([plan[0]])[plan[0]]
    with asked() as seen:
        html = manager.get(base(plan)).text
    assert "chance of the target" in html
    for words in (
        "driven by “Migrate”",
        "Close the risk “It breaks”",
        "has no chance in percent",
        "1 risk may strike",
        "Show as a table",
    ):
        assert words in html
    assert html.count("<svg") > 4
    assert len(seen) <= 17
    assert f"/risks/{risk}" in html
    old = manager.get(f"{base(plan)}?kept={row.id}")
    assert old.status_code == 200
    service.publish(plan[0], TODAY, actor=SYSTEM, now=NOW)
    assert "This is an earlier forecast" in manager.get(f"{base(plan)}?kept={row.id}").text


@pytest.mark.parametrize("kept", ["999", "x", "9" * 40, "-1", "1;drop"])
def test_a_forecast_that_there_is_not_is_not_found(plan, manager, kept):
    assert manager.get(f"{base(plan)}?kept={kept}").status_code == 404


def test_a_plan_that_cannot_be_forecast_says_why(plan, manager):
    with transaction(SYSTEM, "task.changed") as work:
        work.session.get(Task, plan[1]).estimate_high = 30_000 * DAY
    page = manager.post(base(plan), follow_redirects=True)
    assert page.status_code == 200
    assert "Look for a slip in a duration" in page.text


def test_a_large_plan_is_left_to_the_timetable(plan, manager, monkeypatch):
    monkeypatch.setattr(service, "AT_ONCE", 1)
    html = manager.post(base(plan), follow_redirects=True).text
    assert "Under way" in html
    assert "Forecast now" not in html


def test_a_plan_whose_runs_are_scheduled_one_by_one_is_left_to_the_timetable_too(plan, manager, monkeypatch):
    monkeypatch.setattr(service, "AT_ONCE_SINGLY", 1)
    assert not service.takes_long(queries.ground(plan[0], TODAY))
    factories.task(plan[0], "As late as can be", duration_minutes=DAY, constraint_type="ALAP")
    assert service.takes_long(queries.ground(plan[0], TODAY))
    assert "Under way" in manager.post(base(plan), follow_redirects=True).text


def test_a_rule_gives_estimates_shown_before_they_are_kept_and_taken_back(plan, manager):
    html = manager.get(f"{base(plan)}/estimates?below=20&above=50").text
    assert "1 task gets an estimate" in html
    assert "4.0" in html or "4 d" in html or ">4<" in html
    html = manager.post(f"{base(plan)}/estimates", data={"below": "20", "above": "50"}, follow_redirects=True).text
    assert "1 task has a new estimate" in html
    row = db.session.get(Task, plan[2])
    assert (row.estimate_low, row.estimate_likely, row.estimate_high) == (4 * DAY, 5 * DAY, 7.5 * DAY)
    assert db.session.get(Task, plan[1]).estimate_low == 8 * DAY
    assert "Undo" in html
    again = manager.post(f"{base(plan)}/estimates", data={"below": "20", "above": "50"})
    assert (again.status_code, "No task would change" in again.text) == (422, True)
    assert manager.post(f"{base(plan)}/estimates", data={"below": "5", "above": "5", "every": "y"}).status_code == 303
    assert db.session.get(Task, plan[1], populate_existing=True).estimate_low == 9.5 * DAY


@pytest.mark.parametrize(
    ("below", "above", "words"),
    [
        ("96", "10", "between 0 and 95"),
        ("10", "501", "between 0 and 500"),
        ("-1", "10", "between 0 and 95"),
        ("", "10", "Write a number"),
        ("x", "10", "integer"),
        ("10", "=1+1", "integer"),
    ],
)
@pytest.mark.parametrize("how", ["get", "post"])
def test_a_rule_that_is_none_is_refused_with_what_would_be_right(plan, manager, below, above, words, how):
    address = f"{base(plan)}/estimates"
    sent = {"below": below, "above": above}
    page = manager.get(address, query_string=sent) if how == "get" else manager.post(address, data=sent)
    assert page.status_code == 422
    assert words in page.text


MONDAY = datetime(2026, 1, 12, 17)


def a_forecast(p50=MONDAY, p80=MONDAY, target=date(2026, 1, 12), chance=0.6, reached=MONDAY):
    return Settled(1, "Go-live", date(2026, 1, 5), p50, p80, target, chance, reached)


def test_forecasts_are_scored_by_what_happened():
    found = score(
        [
            a_forecast(),
            a_forecast(reached=MONDAY + timedelta(days=1), p80=MONDAY + timedelta(days=2), chance=0.5),
            a_forecast(reached=MONDAY + timedelta(days=3), target=None, chance=None),
        ],
        standard(),
    )
    assert (found.n, found.hits_p50, found.hits_p80, found.brier_n) == (3, 1, 2, 2)
    assert found.brier == pytest.approx((0.4**2 + 0.5**2) / 2)
    assert found.pinball_p50 == pytest.approx((0 + 0.5 + 1.5) / 3)
    assert score([], standard()) is None


@pytest.mark.parametrize(("share", "days", "loss"), [(0.8, 2, 1.6), (0.8, -1, 0.2), (0.5, -2, 1), (0.5, 0, 0)])
def test_the_pinball_loss_weighs_late_and_early_by_its_quantile(share, days, loss):
    assert pinball(
        MONDAY, MONDAY + timedelta(days=days if days >= 0 else days - 2), share, standard()
    ) == pytest.approx(loss)


def test_a_milestone_that_was_reached_scores_the_forecasts_before_it(plan, manager):
    service.publish(plan[0], TODAY, actor=SYSTEM, now=NOW)
    assert "Then each is scored here" in manager.get(base(plan)).text
    later = NOW + timedelta(days=14)
    tasks.set_progress(plan[0], plan[3], 100, actor=SYSTEM, now=later)
    found = queries.settled(plan[0])
    assert [(each.task, each.reached.date()) for each in found] == [(plan[3], later.date())]
    html = manager.get(base(plan)).text
    assert "Reached by P80" in html
    assert "1 forecast can be scored: too few to judge by, 10 are needed." in html


@pytest.mark.parametrize(
    ("hits", "n", "words"),
    [(9, 9, "too few"), (5, 10, "too hopeful"), (8, 10, "say how sure they are"), (20, 20, "more careful")],
)
def test_scores_are_told_in_words_once_there_are_enough(app, hits, n, words):
    found = Score(n, n // 2, hits, 0.2, 3, 1.0, 1.0)
    with app.test_request_context():
        assert words in charts.judged(found)
        told = {name: value for name, value, _good in charts.score_words(found)}
    assert (told["Reached by P80"] == "too few") is (n < 10)
    assert told["Brier score of the chance, n 3"] == "too few"


def test_a_roll_out_that_is_live_is_told_as_such_and_a_single_day_is_a_bar_and_no_slab(plan, manager):
    for number in (1, 2, 3):
        tasks.set_progress(plan[0], plan[number], 100, actor=SYSTEM, now=NOW)
    service.publish(plan[0], TODAY + timedelta(days=40), actor=SYSTEM, now=NOW)
    html = manager.get(base(plan)).text
    assert "that is no forecast any more" in html
    row = queries.kept(plan[0])[0]
    (bar,) = charts.histogram(row, queries.content(row.id), None)["bars"]
    assert bar["width"] < 64
    assert charts.WIDE / 3 < bar["x"] < charts.WIDE / 2
