"""The page of health: what it says, the claim, the tolerances, and who may do what."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from infra.database import db
from infra.transaction import transaction
from infra.undo.service import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from readiness.health import jobs, queries, service
from readiness.health.models import HealthClaim, HealthDay, HealthTolerance
from readiness.health.rules.claims import Stands
from readiness.health.rules.tolerances import FIELDS, USUAL
from roadmap.costs import service as costs
from roadmap.costs.models import Expense
from roadmap.projects import service as projects
from roadmap.risks.models import Risk, RiskAppetite, RiskScore
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
LIMITS = {name: str(getattr(USUAL, name)) for name in FIELDS}
HOSTILE = "<script>alert(1)</script> اختبار {{ 7 * 7 }}"


@pytest.fixture
def project(app):
    """Go-live is four days after its target: amber."""
    made = factories.project("Europe launch", target_go_live=date(2026, 3, 2))
    factories.task(made, "Audit every source", duration_minutes=4800)
    factories.task(
        made,
        "Go-live",
        type="milestone",
        is_go_live=True,
        constraint_type="SNET",
        constraint_date=datetime(2026, 3, 6, 17),
    )
    return made


@pytest.fixture
def manager(project):
    return factories.person("Maren", projects={project: "manager"})


@pytest.fixture
def browser(app, manager):
    return factories.sign_in(app.test_client(), manager)


def health(project):
    db.session.rollback()
    return queries.one(project, TODAY, SYSTEM)


def claim(project, actor, state="green", reason="One week is absorbed", until=None):
    return service.claim(project, state, reason, until, actor=actor, now=NOW, today=TODAY)


def test_the_page_says_what_is_computed_and_why(browser, project):
    page = browser.get(f"/projects/{project}/health").text
    for words in ("At risk", "because of schedule", "Go-live is planned", "No budget is set", "No claim stands"):
        assert words in page
    assert "or else the plan as it stands" in page


def test_claimed_and_computed_stand_side_by_side_with_what_contradicts(browser, project):
    answer = browser.post(
        f"/projects/{project}/health/claim", data={"state": "green", "reason": HOSTILE}, follow_redirects=True
    )
    page = answer.text
    assert "It is claimed to be “on track”." in page
    assert "things contradict that" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "{{ 7 * 7 }}" in page
    for words in (
        "By the plan as it stands it goes live",
        "Scope is unknown",
        "that are open are answered in words",
    ):
        assert words in page
    stored = health(project)
    assert (stored.claimed, stored.worst) == ("green", "amber")
    assert stored.claim.until == TODAY + timedelta(days=14)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"state": "blue", "reason": "It is fine"}, "Claim green, amber or red."),
        ({"reason": "It is fine"}, "Claim green, amber or red."),
        ({"state": "green", "reason": " "}, "Say why"),
        ({"state": "green", "reason": "It is fine", "until": "2026-02-01"}, "A claim stands from today on"),
        ({"state": "green", "reason": "It is fine", "until": "tomorrow"}, "Not a valid date"),
        ({"state": "green", "reason": "It is fine" + "e" * 1000}, "1000 characters"),
    ],
)
def test_a_claim_that_makes_no_sense_keeps_what_was_typed(browser, project, sent, said):
    answer = browser.post(f"/projects/{project}/health/claim", data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    if sent["reason"].strip():
        assert "It is fine" in answer.text
    assert health(project).claim is None


def test_a_claim_can_be_withdrawn_and_that_undone(project, manager):
    claim(project, manager)
    work = service.withdraw(project, actor=manager, today=TODAY)
    assert health(project).stands is Stands.WITHDRAWN
    undo(work.transaction_id, actor=manager)
    assert health(project).stands is Stands.STANDS


def test_there_is_nothing_to_withdraw_where_nothing_stands(browser, project, manager):
    with pytest.raises(NotFound):
        service.withdraw(project, actor=manager, today=TODAY)
    assert browser.post(f"/projects/{project}/health/claim/withdraw").status_code == 404


def test_a_new_claim_replaces_the_old_one_and_history_keeps_both(browser, project, manager):
    claim(project, manager)
    claim(project, manager, "amber", "It slipped again")
    found = queries.past_claims(health(project), TODAY)
    assert [(each.claim.state.value, each.stands) for each in found] == [
        ("amber", Stands.STANDS),
        ("green", Stands.REPLACED),
    ]
    assert "replaced by the next" in browser.get(f"/projects/{project}/health").text


def test_a_claim_lapses_for_good_when_the_figures_become_worse(browser, project, manager):
    claim(project, manager)
    projects.edit(project, {"target_go_live": date(2026, 2, 20)}, actor=SYSTEM)
    assert health(project).stands is Stands.LAPSED
    assert "lapsed" in browser.get(f"/projects/{project}/health").text
    service.keep_day(project, TODAY, actor=SYSTEM)
    projects.edit(project, {"target_go_live": date(2026, 3, 2)}, actor=SYSTEM)
    assert health(project).stands is Stands.LAPSED


def test_nothing_is_claimed_of_what_has_ended(project, manager):
    projects.finish(project, actor=SYSTEM)
    with pytest.raises(RuleBroken, match="has ended"):
        claim(project, manager)


def test_tolerances_hold_from_now_on_and_can_be_undone(browser, project, manager):
    answer = browser.post(f"/projects/{project}/health/tolerances", data=_form(browser, project) | {"slip_amber": "4"})
    assert answer.status_code == 303
    assert health(project).worst == "green"
    work = service.set_tolerances(project, {**_numbers(), "slip_amber": 2}, actor=manager)
    assert health(project).worst == "amber"
    undo(work.transaction_id, actor=manager)
    assert health(project).tolerances.slip_amber == 4
    assert db.session.scalars(select(HealthTolerance)).one().slip_amber == 4


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"slip_red": "2", "slip_amber": "3"}, "Red begins above amber"),
        ({"load_red": "9999"}, "between 0 and 500"),
        ({"cost_amber": "-1"}, "between 0 and 500"),
        ({"critical_red": "many"}, "Not a valid integer value"),
        ({"exposure_red": ""}, "Give a whole number."),
    ],
)
def test_tolerances_that_make_no_sense_keep_what_was_typed(browser, project, change, said):
    answer = browser.post(f"/projects/{project}/health/tolerances", data=_form(browser, project) | change)
    assert answer.status_code == 422
    assert said in answer.text
    typed = next(iter(change.values()))
    assert not typed or f'value="{typed}"' in answer.text
    assert health(project).tolerances == USUAL


def test_two_who_change_different_limits_both_win_and_the_same_one_is_asked_about(browser, project, manager):
    form = _form(browser, project)
    service.set_tolerances(project, {**_numbers(), "slip_red": 9}, actor=manager)
    assert browser.post(f"/projects/{project}/health/tolerances", data=form | {"load_red": "140"}).status_code == 303
    assert (health(project).tolerances.slip_red, health(project).tolerances.load_red) == (9, 140)
    answer = browser.post(f"/projects/{project}/health/tolerances", data=form | {"slip_red": "7"})
    assert answer.status_code == 422
    assert "Someone else changed this meanwhile" in answer.text


def test_the_usual_limits_come_back_with_one_press(browser, project, manager):
    service.set_tolerances(project, {**_numbers(), "slip_red": 9}, actor=manager)
    assert "Back to the usual ones" in browser.get(f"/projects/{project}/health").text
    browser.post(f"/projects/{project}/health/tolerances", data={"usual": "1"})
    assert health(project).tolerances == USUAL


@pytest.mark.parametrize("role", ["member", "stakeholder", "executive"])
def test_those_who_only_read_are_offered_nothing(app, project, role):
    reader = factories.sign_in(app.test_client(), factories.person(projects={project: role}))
    page = reader.get(f"/projects/{project}/health").text
    assert "amber above 0, red above 5" in page
    assert "<form" not in page.partition("<main")[2].partition("</main")[0]
    assert reader.post(f"/projects/{project}/health/claim", data={"state": "green"}).status_code == 403


def test_every_night_the_day_is_kept_once(app, project, browser):
    finished = factories.project("Pilot")
    projects.finish(finished, actor=SYSTEM)
    for _time in range(2):
        assert jobs.keep_days(SYSTEM, NOW) == "1 roll-outs"
    row = db.session.scalars(select(HealthDay)).one()
    assert (row.project_id, row.day, row.computed, row.claimed) == (project, TODAY, "amber", None)
    assert row.states["schedule"] == "amber"
    page = browser.get(f"/projects/{project}/health").text
    assert "W7" in page
    assert "The days on which a colour changed" in page


def test_another_roll_out_is_not_there(browser):
    theirs = factories.project("Theirs")
    assert browser.get(f"/projects/{theirs}/health").status_code == 404
    with pytest.raises(NotFound):
        queries.one(999, TODAY, SYSTEM)


def test_many_roll_outs_are_judged_from_a_few_statements(app, project, asked, manager):
    ids = [project, *(factories.project(f"Roll-out {number}") for number in range(6))]
    claim(project, manager)
    with asked() as statements:
        found = queries.health_of(ids, TODAY, manager)
    assert set(found) == set(ids)
    assert len(statements) <= 36, "\n".join(statements)  # value takes ten, branches two, whatever there is


def test_a_claim_outlives_whoever_made_it(project):
    claim(project, SYSTEM)
    assert db.session.scalars(select(HealthClaim)).one().by_id is None
    assert queries.past_claims(health(project), TODAY)[0].claim.by == ""


def _numbers():
    return {name: getattr(USUAL, name) for name in FIELDS}


def _form(browser, project):
    page = browser.get(f"/projects/{project}/health").text
    base = page.partition('name="base" value="')[2].partition('"')[0]
    assert base
    return LIMITS | {"base": base}


def test_money_and_load_have_one_colour_for_everybody_and_figures_for_some(app, project, browser):
    busy = factories.person("Tobias", projects={project: "member"})
    day = datetime(2026, 2, 19, 8)
    for name in ("Clean the data", "Train the champions"):
        made = factories.task(
            project, name, duration_minutes=480, owner_id=busy.id, constraint_type="SNET", constraint_date=day
        )
    costs.set_budgets(project, {None: 100_000}, actor=SYSTEM)
    with transaction(SYSTEM, "cost.added") as work:
        work.session.add(
            Expense(project_id=project, name="Licences", day=TODAY, cents=120_000, entered_by_id=None, entered_at=NOW)
        )
    assert made
    found = health(project)
    assert (found.of("cost").state, found.of("resources").state) == ("red", "red")
    assert found.of("cost").figures["used"] == 120
    assert "120 % of the budget" in browser.get(f"/projects/{project}/health").text
    assert "Tobias has 200 % of a full load on 19 Feb" in browser.get(f"/projects/{project}/health").text
    overview = browser.get(f"/projects/{project}").text
    assert "Clean the data 100 %" in overview

    stranger = factories.sign_in(app.test_client(), factories.person(projects={project: "stakeholder"}))
    for address in (f"/projects/{project}/health", f"/projects/{project}"):
        page = stranger.get(address).text
        assert "Your role sees the colour, not the figures." in page
        assert "Tobias has" not in page
        assert "120 % of" not in page
    assert "not shown" in stranger.get("/?columns=name&columns=health&columns=budget").text
    assert "Off track" in stranger.get("/").text


def test_open_risks_above_the_appetite_turn_the_colour(project):
    with transaction(SYSTEM, "risk.added") as work:
        work.session.add(RiskAppetite(project_id=project, points=10))
        risk = Risk(
            project_id=project, number=1, title="Addresses", state="assessed", state_since=TODAY, created_at=NOW
        )
        risk.probability, risk.impact = 4, 4
        work.session.add(risk)
        work.session.flush()
        scored = RiskScore(project_id=project, risk_id=risk.id, day=TODAY, at=NOW, probability=4, impact=4)
        work.session.add(scored)
    found = health(project).of("risk")
    assert (found.state, found.figures["total"], found.figures["critical"]) == ("red", 16, 1)
