"""The portfolio for those who decide, as they open it."""

import re
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from phases.foreseen.models import Foreseen
from readiness.benefits.models import ObjectiveDay, ObjectiveOutcome
from readiness.health import service as health
from readiness.verdict.models import ReadinessDay
from readiness.waivers import service as waivers
from roadmap.audience import service as audience
from roadmap.projects import service as projects
from tests import factories
from tests.fixtures.app import NOW
from tests.reports.executive.conftest import TODAY, ask, keep, plan

MOST_STATEMENTS = 46
"""However many roll-outs there are: the ordinary portfolio takes 32 of them (value against the baselines 8), gates 5,
the audience 3, the use of the CRM and its target 4 where one is live, reports, answers, decisions, sign-offs, forecasts
and objectives one each."""
HOSTILE = "=cmd|' /C calc'!A0 <img src=x onerror=alert(1)>"


def page(browse, *ours, role="executive", query=""):
    who = factories.person(projects=dict.fromkeys(ours, role))
    return browse(who).get(f"/portfolio/executive{query}").text


def words(html):
    found = re.search(r'<p class="answer">(.*?)</p>', html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", "", found[1]).split())


def test_the_page_opens_with_what_can_go_and_why_not(browse):
    stopped, free = plan("Nordic"), plan("Spain")
    ask(stopped, "Data agree", 0.0)
    ask(free, "Data agree", 1.0)
    keep(stopped)
    keep(free)
    html = page(browse, stopped, free)
    assert words(html) == (
        "One of two roll-outs near their go-live can go; Nordic is a no-go because “Data agree” fails. "
        "No decision is needed this week."
    )
    assert f'href="/projects/{stopped}/readiness"' in html
    assert "score 0, 100 % known" in html


def test_unknown_is_said_and_never_a_go(browse):
    html = page(browse, plan("Nordic"))
    assert words(html).startswith("Nordic is not judged yet.")
    assert "no day is kept yet" in html
    assert "hm--green" not in re.sub(r'hm--green[^>]+data-label="Forecast"', "", html)


def test_a_go_live_far_away_is_open_not_red(browse):
    far = plan("Nordic", datetime(2026, 6, 1, 17))
    ask(far, "Data agree", 0.0)
    keep(far)
    html = page(browse, far)
    assert words(html).startswith("No roll-out is near its go-live.")
    assert "Not due yet" in html


def test_what_needs_a_decision_is_a_link_to_where_it_is_made(browse):
    ours = plan("Nordic", datetime(2026, 2, 20, 17))
    number = ask(ours, "Data agree")
    health.claim(ours, "green", "All well", TODAY + timedelta(2), actor=SYSTEM, now=NOW, today=TODAY)
    waivers.ask(ours, number, "Later", TODAY + timedelta(9), actor=SYSTEM, now=NOW, today=TODAY)
    html = page(browse, ours)
    for said in (
        "Decide at the gate “Go-live gate”",
        "Answer the waiver",
        "contradictions to what",
        "Claim health",
    ):
        assert said in html
    for href in ("readiness/decision?gate=go-live", f"readiness/criteria/{number}", "health"):
        assert f'href="/projects/{ours}/{href}"' in html
    assert "Four decisions" in words(html)


def test_only_the_roll_outs_that_one_may_see(browse):
    ours, theirs = plan("Ours"), plan("Theirs")
    ask(theirs, "Data agree", 0.0)
    keep(theirs)
    browser = browse(factories.person(projects={ours: "executive"}))
    assert "Theirs" not in browser.get("/portfolio/executive").text
    assert b"Theirs" not in browser.get("/portfolio/executive?format=csv").data


def test_nobody_has_a_roll_out_yet(browse):
    html = browse(factories.person()).get("/portfolio/executive").text
    assert "No roll-out yet." in html
    assert "Your roll-outs will stand here" in html


def test_archived_roll_outs_are_counted_only(browse):
    kept, away = plan("Kept"), plan("Put away")
    projects.archive(away, actor=SYSTEM, now=NOW)
    html = page(browse, kept, away)
    assert "Put away" not in html
    assert "1 archived roll-out" in html


@pytest.mark.parametrize(("people", "said"), [(5, "nobody was enabled all week"), (4, "too few people to tell of")])
def test_a_live_roll_out_shows_its_use_unless_that_tells_of_single_people(browse, people, said):
    ours = plan("Nordic")
    for number in range(people):
        factories.crm_role(factories.person(f"Rolf {number}"), "sales-representative")
    audience.launch(ours, date(2026, 2, 2), actor=SYSTEM)
    html = page(browse, ours)
    assert words(html).startswith("Nordic is live.")
    assert said in html


def test_filters_sorts_and_files(browse):
    stopped, free = plan(HOSTILE), plan("Spain")
    ask(free, "Data agree", 1.0)
    keep(free)
    browser = browse(factories.person(projects={stopped: "manager", free: "manager"}))
    only = browser.get("/portfolio/executive?readiness=go").text
    assert "Spain" in only
    assert "<img src=x" not in browser.get("/portfolio/executive").text
    assert "Nothing fits these filters" in browser.get("/portfolio/executive?adoption=red").text
    book = load_workbook(BytesIO(browser.get("/portfolio/executive?format=xlsx&sort=-name").data))
    rows = list(book.active.values)
    assert rows[0] == ("Roll-out", "Health", "Readiness", "Forecast", "Adoption", "Benefits", "Trend")
    assert [row[0] for row in rows[1:]] == ["Spain", f"'{HOSTILE}"]
    assert rows[1][2] == "Go"


def test_the_trend_has_the_last_score_of_each_week(browse):
    ours = plan("Nordic")
    ask(ours, "Data agree", 0.0)
    keep(ours)
    with transaction(SYSTEM, "readiness.kept") as work:
        day = work.session.query(ReadinessDay).one()
        for back, score in ((7, 40.0), (8, 10.0), (14, None)):
            at = day.at - timedelta(days=back)
            values = {"decision": "no-go", "score": score, "confidence": 0.5, "lines": []}
            work.session.add(
                ReadinessDay(project_id=ours, gate_id=day.gate_id, day=TODAY - timedelta(back), at=at, **values)
            )
    html = page(browse, ours)
    table = re.search(r"Show as a table.*?</tbody>", html, re.DOTALL)[0]
    assert re.findall(r'<td class="n">([^<]*)</td>', table)[-4:] == ["–", "–", "40", "0"]
    assert "Readiness from 40 to 0" in html
    assert db.session.scalar(db.select(db.func.count()).select_from(ReadinessDay)) == 4


@pytest.mark.parametrize("query", ["?readiness=nowhere", "?sort=-nothing", "?forecast_from=x", "?use_min=NaN"])
def test_bad_wishes_are_told_or_left_out(browse, query):
    who = factories.person(projects={plan("Nordic"): "executive"})
    assert browse(who).get(f"/portfolio/executive{query}").status_code == 200


def test_many_roll_outs_take_no_more_statements_than_one(browse, asked):
    ours = [plan(f"Roll-out {number}") for number in range(8)]
    for each in ours:
        ask(each, "Data agree", 0.0)
        keep(each)
        audience.launch(each, date(2026, 2, 2), actor=SYSTEM)
    one = browse(factories.person(projects={ours[0]: "executive"}))
    all_of_them = browse(factories.person(projects=dict.fromkeys(ours, "executive")))
    for each in (one, all_of_them):
        each.get("/notices")  # the first request after half an hour is kept as a sign-in
    with asked() as few:
        assert one.get("/portfolio/executive").status_code == 200
    with asked() as many:
        assert all_of_them.get("/portfolio/executive").text.count('class="hm__n" scope="row"') == 8
    assert len(few) == len(many) <= MOST_STATEMENTS, "\n".join(many)


def test_what_is_realised_is_the_day_kept_last(browse):
    nordic = plan("Nordic")
    with transaction(SYSTEM, "foreseen.planted") as work:
        aims = [
            Foreseen(project_id=nordic, position=number, kind="objective", key=key, name=f"Aim {key} <b>", details={})
            for number, key in enumerate("abcd")
        ]
        work.session.add_all(aims)
        work.session.flush()
        known = {"project_id": nordic, "at": NOW, "kpi": "win-rate", "baseline": 0.2, "target": 0.5, "n": 40}
        old, day = TODAY - timedelta(days=3), TODAY - timedelta(days=1)
        work.session.add_all(
            [
                ObjectiveDay(objective_id=aims[0].id, day=old, value=0.1, reach="missed", **known),
                ObjectiveDay(objective_id=aims[0].id, day=day, value=0.6, low=0.51, high=0.7, reach="reached", **known),
                ObjectiveDay(objective_id=aims[1].id, day=day, value=0.4, reach="unlikely", **known),
                ObjectiveDay(objective_id=aims[2].id, day=day, value=None, reach="unknown", **known),
                ObjectiveOutcome(
                    project_id=nordic, objective_id=aims[3].id, outcome="missed", words="No.", by_id=None, at=NOW
                ),
            ]
        )
    html = page(browse, nordic)
    assert "1 of 4 reached" in html
    assert "1 in doubt, 1 missed, 1 unknown, kept 17 Feb" in html
    assert "hm--red" in html
    listed = html[html.index("What they bring") :]
    assert listed.index("Aim b &lt;b&gt;") < listed.index("Aim a &lt;b&gt;")
    assert "95 %: 51 % to 70 %" in listed
    assert "Aim c" not in listed
