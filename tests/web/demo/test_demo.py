from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from accounts.people.models import Person
from accounts.reviews import queries as reviews
from desk.shelf.models import OwnTemplate
from infra.audit import queries as trail
from infra.audit.models import AuditEntry
from infra.database import db
from infra.mail.models import Mail
from kernel.actor import SYSTEM
from readiness.benefits import queries as benefits
from readiness.gates.rules.sources import Look
from readiness.health import queries as health
from readiness.verdict import queries as readiness
from reports.weekly.models import WeeklyWord
from roadmap.baselines import queries as baselines
from roadmap.baselines.rules.frozen import Proof
from roadmap.projects.rules import week_of
from roadmap.resources import queries as resources
from roadmap.risks import queries as risks
from roadmap.value import queries as value
from tests.web.demo.conftest import DAY, digest_of, make_demo
from tests.web.demo.facts import Facts
from web.demo.cast import PASSWORD, PLAYERS, ROLLOUTS, SIGN_INS
from web.demo.command import MARK
from web.demo.command import demo as demo_command
from web.demo.play import start_of

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[3] / "docs" / "demo.md"
TABLES = (
    "people",
    "roll-outs",
    "late tasks",
    "under way",
    "late items",
    "held",
    "owners",
    "overloads",
    "levelled",
    "days off",
    "evidence",
    "comments",
    "notices",
    "foreseen",
    "noted",
    "claims",
    "indicators",
    "colours",
    "phases",
    "sign-offs",
    "decisions",
    "branches",
    "changes",
    "reports",
    "risks",
    "helped",
    "recognised",
    "money",
    "blockers",
)


@pytest.mark.parametrize("name", TABLES)
def test_the_page_tells_what_is_so(told: dict[str, list[str]], name: str) -> None:
    written = set(PAGE.read_text(encoding="utf-8").splitlines())
    assert told[name]
    assert [line for line in told[name] if line not in written] == []


def test_every_table_is_asserted(told: dict[str, list[str]]) -> None:
    assert tuple(told) == TABLES


def test_one_roll_out_is_in_week_7_one_in_week_2_one_finished(demo: Flask) -> None:
    facts = Facts(DAY)
    first, second, third = facts.projects
    assert (first.week(DAY), second.week(DAY)) == (7, 2)
    assert [row.state for row in facts.projects] == ["active", "active", "finished"]
    assert facts.standing(first).slip == 4
    assert (facts.standing(second).slip or 0) <= 0
    assert facts.standing(third).live


def test_plans_were_frozen_and_each_week_was_kept(demo: Flask) -> None:
    nordic, benelux, pilot = (each.id for each in Facts(DAY).projects)
    taken = [(each.name, each.day) for each in reversed(baselines.of_project(nordic))]
    assert taken == [("Kick-off", date(2026, 1, 7)), ("After the re-plan", date(2026, 2, 13))]
    then, moved = (
        {row.name: row.frozen for row in baselines.named_of(each.id)} for each in reversed(baselines.of_project(nordic))
    )
    assert sum(moved[name].finish > then[name].finish for name in then) > 50
    assert (moved["CRM live"].finish.date() - then["CRM live"].finish.date()).days == 4
    assert [baselines.reference_of(each).name for each in (benelux, pilot)] == ["Kick-off", "Kick-off"]
    assert set(baselines.proofs_of([each.id for each in baselines.of_project(nordic)]).values()) == {Proof.VERIFIED}
    kept = value.kept_of(nordic)
    assert len(value.weekly(kept)) >= 6
    found = value.value_of(nordic, date(2026, 2, 16), DAY)
    assert 0.7 < found.total.time.spi < 1.1
    assert 0.8 < found.total.earned.cpi < 1.2


def test_overloads_are_few_and_have_two_causes_each(demo: Flask) -> None:
    found = list(Facts(DAY).overloads())
    assert 2 <= len(found) <= 3
    for told in found:
        *_names, percent, causes, _end = told.split("|")
        assert 105 <= int(percent.strip(" %")) <= 140
        assert len(re.findall(r" \d+(?=,| $)", causes)) == 2


def test_levelling_solves_one_overload_and_names_what_pins_another(demo: Flask) -> None:
    tobias, ingrid, leila, *_more = Facts(DAY).levelled()
    assert tobias.count("has priority 1000") == 2
    assert ingrid.count("allocated in") == 2
    assert "Set up help desk and issue tracking: 24 Feb 2026 → 25 Feb 2026" in leila


def test_the_pilot_asks_for_nothing_any_more(demo: Flask) -> None:
    pilot = Facts(DAY).projects[2].id
    assert not [row for row in risks.register(pilot) if row.open]
    assert all(row.outcome for row in risks.register(pilot))
    loaded = resources.loads([pilot], DAY, DAY + timedelta(days=27), SYSTEM)
    assert not [each for row in loaded for each in row.overloads if pilot in {c.cause.project_id for c in each.causes}]


def test_objectives_have_baselines_and_the_closed_pilot_has_answered_for_each(demo: Flask) -> None:
    now = datetime.combine(DAY, time(9), UTC)
    nordic, benelux, pilot = (benefits.objectives(Look(each.id, now, DAY)) for each in Facts(DAY).projects)
    assert [(each.aim.kpi, bool(each.baselines), bool(each.answer)) for each in nordic] == [
        ("revenue", True, False),
        ("csat", True, False),
        ("first-response", False, False),
    ]
    assert not any(each.baselines or each.answer for each in benelux)
    assert all(each.answer for each in pilot)
    revenue = pilot[0]
    assert revenue.baseline is not None
    assert revenue.baseline.stated
    assert revenue.value is not None
    assert revenue.interval is not None
    assert revenue.interval.low < revenue.value < revenue.interval.high


def test_what_contradicts_a_claim_is_answered_but_for_one_must_have(demo: Flask) -> None:
    judged = health.one(Facts(DAY).projects[1].id, DAY, SYSTEM, readiness.failing_lately)
    open_ones = health.unanswered(judged, health.answers_to(judged))
    assert [each.key for each in open_ones] == ["must_have"]


def test_access_was_reviewed_and_the_pilot_is_a_template(demo: Flask) -> None:
    held = reviews.reviews()
    assert [(each.counts.open, each.counts.withdrawn) for each in held] == [(0, 1)]
    closed = reviews.last_closed()
    assert closed is not None
    assert (closed.year, closed.month) == (2026, 1)
    own = db.session.scalars(select(OwnTemplate)).all()
    assert [(each.name, each.shared) for each in own] == [("Service desk roll-out", True)]


def test_the_pilot_was_finished_on_the_day_of_its_last_milestone(demo: Flask) -> None:
    finished = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "project.finished")).first()
    assert finished is not None
    last = max(row.finish for row in Facts(DAY).rows[3])
    assert finished.at.date() == last.date()


def test_the_word_of_the_week_went_out_on_monday_morning(demo: Flask) -> None:
    (word,) = db.session.scalars(select(WeeklyWord))
    monday = date(2026, 2, 16)
    assert (word.period, word.sent_at.date()) == (monday.isoformat(), monday)
    (mail,) = db.session.scalars(select(Mail).where(Mail.key.startswith("weekly:")))
    beatrix = next(player.email for player in PLAYERS if player.key == "beatrix")
    assert (mail.recipient, mail.state, mail.sent_at) == (beatrix, "sent", word.sent_at)
    assert mail.files[0]["digest"] == word.digest
    assert "Service desk pilot is live, used weekly by 82 % of its people." in word.sentence


def test_the_trail_is_whole_and_nobody_acted_after_today(demo: Flask) -> None:
    assert trail.verify().sound
    newest = db.session.scalars(select(AuditEntry.at).order_by(AuditEntry.at.desc())).first()
    assert newest is not None
    assert newest.date() < DAY


def test_a_person_without_an_address_does_nothing(demo: Flask) -> None:
    silent = [player.name for player in PLAYERS if not player.signs_in]
    assert silent
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.actor_name.in_(silent))).first() is None


def test_what_people_say_names_no_day_of_the_calendar() -> None:
    texts = [text for rollout in ROLLOUTS for text in (*rollout.dropped.values(), *rollout.unsettled.values())]
    months = ("January", "February", "March", "December", "2025", "2026")
    assert not [text for text in texts if any(month in text for month in months)]


@pytest.mark.parametrize("key", [player.key for player in PLAYERS if player.signs_in])
def test_everybody_with_an_address_signs_in(visited_demo: Flask, key: str) -> None:
    client = visited_demo.test_client()
    email = next(player.email for player in PLAYERS if player.key == key)
    answer = client.post("/sign-in", data={"email": email, "password": PASSWORD})
    assert answer.status_code in {302, 303}
    assert client.get("/").status_code == 200


def test_each_role_of_the_table_signs_in_as_somebody() -> None:
    keys = {player.key for player in PLAYERS if player.signs_in}
    assert [role for role, key in SIGN_INS if key in keys] == [
        "administrator",
        "manager",
        "member",
        "stakeholder",
        "executive",
        "representative",
        "sales manager",
    ]


def test_the_same_day_gives_the_same_digest(first_digest: str, tmp_path: Path) -> None:
    assert digest_of(make_demo(tmp_path / "again")) == first_digest


def test_another_day_shifts_all_dates(demo: Flask, tmp_path: Path, open_demo: Callable[..., Flask]) -> None:
    weeks = timedelta(weeks=4)
    before = Facts(DAY)
    starts = [row.start for row in before.projects]
    late = {row.key: row.finish for row in before.leaves(before.projects[0]) if row.late}
    other = open_demo(make_demo(tmp_path / "later", DAY + weeks), DAY + weeks)
    with other.app_context(), other.test_request_context():
        facts = Facts(DAY + weeks)
        assert [row.start for row in facts.projects] == [start + weeks for start in starts]
        assert [row.week(DAY + weeks) for row in facts.projects[:2]] == [7, 2]
        assert {row.key: row.finish - weeks for row in facts.leaves(facts.projects[0]) if row.late} == late
        assert list(facts.held())
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("days", range(14))
def test_the_story_is_in_week_7_on_every_weekday_and_from_wednesday_on_at_the_same_point(days: int) -> None:
    today = DAY + timedelta(days=days)
    start = start_of(today, 6)
    lived = [start + timedelta(days=each) for each in range((today - start).days)]
    assert sum(day.weekday() < 5 for day in lived) == 30 + min(today.weekday(), 2)
    assert start.weekday() < 5
    assert week_of(today, start) == 7


def run(folder: Path, *more: str, **environ: str) -> tuple[int, str]:
    """The command with its exit status and what it says."""
    clean = {"ROADMAP_DATA_DIR": str(folder), "ROADMAP_DATABASE_URL": "", "ROADMAP_ENV": ""}
    result = CliRunner().invoke(demo_command, ["--no-serve", *more], env=clean | environ)
    return result.exit_code, result.output


def test_it_refuses_a_database_that_is_no_demo(tmp_path: Path, empty_database: Path) -> None:
    kept = tmp_path / "launch90.db"
    kept.write_bytes(empty_database.read_bytes())
    status, said = run(tmp_path, "--fresh")
    assert status == 1
    assert "not a demo" in said
    assert kept.read_bytes() == empty_database.read_bytes()


def test_it_refuses_production(tmp_path: Path) -> None:
    keys = {"ROADMAP_SECRET_KEY": "x" * 40, "ROADMAP_ENCRYPTION_KEYS": "k" * 43 + "="}
    base = "https://roadmap.norvane.example"
    status, said = run(tmp_path, ROADMAP_ENV="production", ROADMAP_BASE_URL=base, **keys)
    assert status == 1
    assert "production" in said
    assert not (tmp_path / "launch90.db").exists()


def test_a_demo_that_is_there_is_taken_as_it_is(own_demo: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    person = db.session.scalars(select(Person).order_by(Person.id)).first()
    assert person is not None
    db.session.remove()
    status, said = run(folder, "--today", DAY.isoformat(), "--format", "json")
    assert status == 0
    data = json.loads(said)
    assert (data["today"], data["projects"]) == (DAY.isoformat(), [1, 2, 3])
    assert date.fromisoformat((folder / MARK).read_text()) == DAY
