"""The page of adoption, its file and the command: what they say, to whom, and that no name leaks."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import event

from adoption.page.cli import adoption
from adoption.page.rules import Trend, features, trend, wish
from adoption.policy import service as policy
from crm.counts.rules.windows import Window
from crm.kpis.rules.control import Point
from infra.database import db
from kernel.actor import SYSTEM
from roadmap.audience import service as audience
from tests import factories
from tests.adoption.conftest import LIVE, NOW, TODAY

MOST_STATEMENTS = 42
"""Eight for the frame of every page, eight for the people, ten for the figures, one each for what the page adds."""


@pytest.fixture
def browser(app, team_of_six):
    return factories.sign_in(app.test_client(), team_of_six.manager)


def address(rollout, rest: str = "") -> str:
    return f"/projects/{rollout.project}/adoption{rest}"


def test_the_page_says_how_many_targets_are_met_and_what_is_short(browser, team_of_six, used, worked):
    used(3, 3, 3, 3, 1, 0)
    worked(in_time=12, late=4)
    page = browser.get(address(team_of_six)).text
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "live since Tue 30 Dec 2025, 6 users in one team" in text
    assert "None of three targets is met." in text
    assert "logging in time is 15 points short" in text
    assert "n = 4 active users of 6 enabled users" in text
    assert "n = 12 logged in time of 16 happened" in text
    assert "trainings are not kept here yet" in text


@pytest.mark.parametrize(
    "rest", ["?since=7", "?since=90", "?since=soon", "?by=role", "?by=person", "?by=x", "?since=%00"]
)
def test_every_choice_answers(browser, team_of_six, used, rest):
    used(3, 3, 3, 3, 1, 0)
    assert browser.get(address(team_of_six, rest)).status_code == 200


def test_before_go_live_it_says_what_will_be_here_with_one_button(app, team_of_six, browser):
    audience.launch(team_of_six.project, None, actor=SYSTEM)
    page = browser.get(address(team_of_six)).text
    assert "What will be here" in page
    assert page.count("btn--primary") == 1
    assert "There is no baseline for contact creation yet" in page
    assert browser.get(address(team_of_six, "/export?as=csv")).status_code == 404


def test_fewer_than_five_people_are_no_figure(app, browser, team_of_six, used):
    used(3, 3, 3, 3, 1, 0)
    small = factories.team("Small")
    factories.crm_role(factories.person("Solo S"), "sales-representative", small)
    audience.choose(team_of_six.project, [small], actor=SYSTEM)
    page = browser.get(address(team_of_six)).text
    assert "Fewer than five people" in page
    assert "Solo S" not in page
    assert list(csv.reader(io.StringIO(browser.get(address(team_of_six, "/export?as=csv")).text)))[1:] == []


@pytest.mark.parametrize("visible", ["groups", "leads", "persons"])
def test_no_name_leaks_where_the_policy_forbids_it(app, team_of_six, used, worked, visible):
    used(3, 3, 3, 3, 1, 0)
    worked(in_time=12, late=4)
    policy.decide(visible, actor=SYSTEM)
    lead, member = team_of_six.actors[0], team_of_six.actors[3]
    for each in (lead, member):
        factories.access.grant_role(each.id, "member", f"project:{team_of_six.project}", actor=SYSTEM)
    allowed = {
        team_of_six.manager.id: team_of_six.people if visible == "persons" else [],
        lead.id: team_of_six.people if visible != "groups" else [lead.id],
        member.id: [member.id],
    }
    names = {each.id: each.name for each in team_of_six.actors}
    for reader in (team_of_six.manager, lead, member):
        browser = factories.sign_in(app.test_client(), reader)
        for rest in ("?by=team", "?by=role", "?by=person", "/export?as=csv", "/export?as=xlsx"):
            answer = browser.get(address(team_of_six, rest))
            assert answer.status_code == 200, rest
            said = words_of(answer.data, rest)
            seen = {person_id for person_id, name in names.items() if name in said}
            assert seen <= {*allowed[reader.id], reader.id}, rest
            if rest not in {"?by=team", "?by=role"}:
                assert set(allowed[reader.id]) <= seen, rest


def words_of(body: bytes, rest: str) -> str:
    if not rest.endswith("xlsx"):
        return body.decode("utf-8-sig")
    book = load_workbook(io.BytesIO(body))
    return "\n".join(str(cell) for row in book.active.iter_rows(values_only=True) for cell in row)


def test_the_file_holds_what_the_page_shows(browser, team_of_six, used, worked):
    used(3, 3, 3, 3, 1, 0)
    worked(in_time=12, late=4)
    rows = list(
        csv.DictReader(io.StringIO(browser.get(address(team_of_six, "/export?as=csv")).data.decode("utf-8-sig")))
    )
    whole = {row["Figure"]: row for row in rows if row["Kind"] == "all"}
    assert (whole["weekly-active"]["Numerator"], whole["weekly-active"]["n"]) == ("4.0", "6")
    assert whole["activity-timeliness"]["Value"] == "0.75"
    assert {row["Kind"] for row in rows} >= {"all", "team", "role", "step", "feature"}
    trained = next(row for row in rows if row["Name"] == "trained")
    assert (trained["Value"], trained["State"]) == ("", "unknown")
    assert browser.get(address(team_of_six, "/export?as=pdf")).status_code == 404


def test_a_page_asks_few_statements_however_many_people(browser, team_of_six, used):
    used(3, 3, 3, 3, 1, 0)
    browser.get(address(team_of_six))
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    browser.get(address(team_of_six))
    assert len(asked) <= MOST_STATEMENTS, "\n\n".join(asked)


def run(app, *arguments: str):
    return CliRunner().invoke(adoption, list(arguments), obj=lambda: app)


def test_the_command_prints_what_is_promised(app, team_of_six, used, worked):
    used(3, 3, 3, 3, 1, 0)
    worked(in_time=12, late=4)
    days = ("--from", "2026-02-09", "--to", "2026-02-15")
    data = json.loads(run(app, str(team_of_six.project), *days, "--format", "json").output)
    assert (data["from"], data["to"], len(data["kpis"])) == ("2026-02-09", "2026-02-15", 21)
    found = {each["key"]: each for each in data["kpis"]}
    active = found["weekly-active"]
    assert (active["value"], active["numerator"], active["denominator"], active["n"]) == (0.666667, 4, 6, 6)
    assert (active["target"], active["state"]) == (0.8, "red")
    assert (found["sla-met"]["value"], found["sla-met"]["state"]) == (None, "unknown")
    assert "6 users, live since 2025-12-30" in run(app, str(team_of_six.project)).output


def test_before_go_live_every_figure_is_unknown(app, team_of_six):
    audience.launch(team_of_six.project, None, actor=SYSTEM)
    data = json.loads(run(app, str(team_of_six.project), "--format", "json").output)
    assert {each["value"] for each in data["kpis"]} == {None}
    assert {each["why"] for each in data["kpis"]} == {"the roll-out is not live yet"}


@pytest.mark.parametrize("arguments", [["999"], ["1", "--from", "2026-02-09", "--to", "2026-02-01"]])
def test_the_command_says_what_is_wrong(app, team_of_six, arguments):
    answer = run(app, *arguments)
    assert answer.exit_code == 1
    assert answer.output


def test_a_choice_never_reaches_before_go_live():
    today = Window(TODAY, TODAY, NOW)
    assert wish("7", today, LIVE).window.since == date(2026, 2, 12)
    assert wish("90", today, LIVE).window.since == LIVE
    assert wish("go-live", today, LIVE).live


def test_a_trend_needs_two_weeks_and_five_points():
    points = [Point(date(2026, 1, 5), 0.7), Point(date(2026, 1, 12), None), Point(date(2026, 1, 19), 0.64)]
    assert trend(points) is Trend.FALLING
    assert trend(points[:2]) is Trend.UNKNOWN


def test_a_feature_that_hardly_anybody_opens_is_neglected():
    used, neglected = features({"leads": (9, 90), "calendar": (1, 1), "setup": (9, 9)}, 20)
    assert [each.key for each in used] == ["leads"]
    assert neglected[0].key == "calendar"
    assert "setup" not in {each.key for each in neglected}
    assert features({}, 0) == ([], [])
