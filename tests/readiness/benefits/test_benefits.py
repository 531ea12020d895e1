"""Objectives of a roll-out: figure, frozen baseline, what has come of them, and the question before closing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from infra.database import db
from infra.transaction import transaction
from infra.undo.service import undo
from infra.wires import ask
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from phases.foreseen.models import Foreseen
from readiness.benefits import jobs, queries, service
from readiness.benefits.models import ObjectiveBaseline, ObjectiveDay
from readiness.benefits.rules.reach import Reach
from readiness.benefits.service import Wanted
from readiness.gates.rules.sources import Look
from roadmap.audience.models import ProjectLaunch
from roadmap.projects import service as projects
from roadmap.projects.events import MayClose
from roadmap.projects.models import Project
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
HOSTILE = "<script>alert(1)</script> اختبار"
BEFORE = (date(2025, 11, 1), date(2025, 11, 30))


@pytest.fixture
def project(app):
    made = factories.project("Europe launch", target_go_live=date(2026, 3, 6))
    aims = {"measure": "win-rate", "change_percent": 10, "due_months": 12, "baseline": "Lists of the last quarters"}
    with transaction(SYSTEM, "foreseen.planted") as work:
        rows = [
            Foreseen(
                project_id=made, position=0, kind="objective", key="win", name=f"Win more {HOSTILE}", details=aims
            ),
            Foreseen(
                project_id=made, position=1, kind="objective", key="csat", name="Happier customers",
                details={**aims, "measure": "website-visits"},
            ),
        ]  # fmt: skip
        work.session.add_all(rows)
        work.session.flush()
        aims = {**aims, "change_percent": 25}
        work.session.add(
            Foreseen(
                project_id=made, position=2, kind="objective", key="bold", name="Win much more", details=aims,
                parent_id=rows[0].id,
            )
        )  # fmt: skip
    return made


@pytest.fixture
def manager(project):
    return factories.person("Maren", projects={project: "manager"})


@pytest.fixture
def browser(app, manager):
    return factories.sign_in(app.test_client(), manager)


def look(project, now=NOW):
    return Look(project, now, now.date())


def deals(won, lost, day):
    at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=9)
    for outcome, count in (("won", won), ("lost", lost)):
        for _number in range(count):
            made = factories.record("opportunity", amount=Decimal(100), currency="EUR")
            with transaction(SYSTEM, "crm.opportunity_changed") as work:
                row = work.session.get_one(queries.cohorts.Opportunity, made)
                row.outcome, row.closed_at = outcome, at


def go_live(project, day):
    with transaction(SYSTEM, "audience.launched") as work:
        work.session.add(ProjectLaunch(project_id=project, day=day))


def by_key(project, now=NOW):
    db.session.rollback()
    return {each.element.key: each for each in queries.objectives(look(project, now))}


def test_a_variant_stands_in_only_for_what_was_dropped(project):
    assert set(by_key(project)) == {"win", "csat"}
    with transaction(SYSTEM, "foreseen.marked") as work:
        work.session.scalars(select(Foreseen).where(Foreseen.key == "win")).one().state = "dropped"
    assert set(by_key(project)) == {"csat", "bold"}


def test_a_baseline_is_measured_frozen_replaced_with_a_reason_and_never_changed(project, manager):
    deals(10, 30, date(2025, 11, 10))
    win = by_key(project)["win"]
    assert win.verdict.reach is Reach.NO_BASELINE
    with pytest.raises(RuleBroken, match="Nothing is known for these days"):
        service.freeze(look(project), win.id, Wanted(date(2025, 1, 1), date(2025, 1, 31)), actor=manager)
    service.freeze(look(project), win.id, Wanted(*BEFORE), actor=manager)
    found = by_key(project)["win"]
    assert (found.baseline.value, found.baseline.n, found.baseline.stated) == (0.25, 40, False)
    assert found.target == pytest.approx(0.275)
    assert found.verdict.reach is Reach.NOT_LIVE
    with pytest.raises(RuleBroken, match="no longer holds"):
        service.freeze(look(project), win.id, Wanted(*BEFORE), actor=manager)
    service.freeze(
        look(project), win.id, Wanted(*BEFORE, value=30, n=20, note="Lists", reason="Two teams only"), actor=manager
    )
    found = by_key(project)["win"]
    assert [(each.value, each.reason) for each in found.baselines] == [(0.3, "Two teams only"), (0.25, "")]
    for act in (lambda row: setattr(row, "value", 0.9), db.session.delete):
        act(db.session.scalars(select(ObjectiveBaseline)).first())
        with pytest.raises(RuntimeError, match="never changed"):
            db.session.flush()
        db.session.rollback()


def test_what_has_come_of_it_is_counted_from_go_live_with_how_sure_that_is(project, manager):
    deals(10, 30, date(2025, 11, 10))
    service.freeze(look(project), by_key(project)["win"].id, Wanted(*BEFORE), actor=manager)
    go_live(project, date(2026, 1, 20))
    assert by_key(project)["win"].verdict.reach is Reach.UNKNOWN
    deals(3, 17, date(2026, 2, 2))
    few = by_key(project)["win"]
    assert (few.value, few.interval) == (0.15, None)
    deals(13, 7, date(2026, 2, 10))
    found = by_key(project)["win"]
    assert (found.value, found.measure.n) == (0.4, 40)
    assert found.interval.low < 0.4 < found.interval.high
    assert found.verdict.reach is Reach.REACHED
    assert found.aim.due == date(2027, 1, 20)
    late = by_key(project, NOW + timedelta(days=400))["win"]
    assert late.verdict.reach is Reach.REACHED


def test_sums_are_compared_by_thirty_days(project, manager):
    win = by_key(project)["win"]
    service.aim(look(project), win.id, "revenue", 10, date(2026, 12, 31), actor=manager)
    deals(10, 0, date(2025, 11, 10))
    service.freeze(look(project), win.id, Wanted(date(2025, 10, 2), date(2025, 11, 30)), actor=manager)
    assert by_key(project)["win"].baseline.value == pytest.approx(500)
    go_live(project, date(2026, 1, 15))
    deals(30, 0, date(2026, 2, 2))
    found = by_key(project)["win"]
    assert found.value == pytest.approx(3000 * 30 / 35)
    assert found.interval.low <= found.value <= found.interval.high


def test_after_go_live_a_baseline_needs_a_reason_and_days_from_before(project, manager):
    deals(10, 30, date(2025, 11, 10))
    go_live(project, date(2026, 1, 20))
    win = by_key(project)["win"].id
    with pytest.raises(RuleBroken, match="after go-live"):
        service.freeze(look(project), win, Wanted(*BEFORE), actor=manager)
    with pytest.raises(RuleBroken, match="end before go-live"):
        service.freeze(look(project), win, Wanted(date(2026, 1, 1), date(2026, 1, 20), reason="x"), actor=manager)
    service.freeze(look(project), win, Wanted(*BEFORE, reason="The CRM was filled late"), actor=manager)


def test_what_is_not_measured_here_is_stated_with_a_note(project, manager):
    csat = by_key(project)["csat"]
    assert csat.verdict.reach is Reach.NOT_KEPT
    for wanted in (Wanted(*BEFORE), Wanted(*BEFORE, value=71), Wanted(*BEFORE, value=71, note="x", n=-1)):
        with pytest.raises(RuleBroken):
            service.freeze(look(project), csat.id, wanted, actor=manager)
    service.freeze(look(project), csat.id, Wanted(*BEFORE, value=71, n=140, note="Survey of autumn"), actor=manager)
    assert by_key(project)["csat"].baseline.note == "Survey of autumn"


def test_what_is_chosen_is_told_on_the_day_itself_and_days_that_are_over_stay(project, manager):
    deals(10, 30, date(2025, 11, 10))
    before = look(project, NOW - timedelta(days=1))
    service.keep_day(before, actor=SYSTEM)
    win = by_key(project)["win"].id

    def told():
        rows = db.session.scalars(select(ObjectiveDay).order_by(ObjectiveDay.day, ObjectiveDay.objective_id))
        return [(row.day, row.objective_id == win, row.kpi, row.target) for row in rows]

    old = told()
    service.freeze(look(project), win, Wanted(*BEFORE), actor=manager)
    frozen = [(TODAY, True, "win-rate", pytest.approx(0.275)), (TODAY, False, "website-visits", None)]
    assert told() == [*old, *frozen]
    work = service.aim(look(project), win, "revenue", 10, date(2026, 12, 31), actor=manager)
    assert told() == [*old, (TODAY, True, "revenue", None), frozen[1]]
    assert service.keep_day(look(project), actor=SYSTEM) == 0
    undo(work.transaction_id, actor=manager)
    assert told() == [*old, *frozen]


def test_closing_asks_for_each_objective(browser, project, manager):
    assert "among them" in ask(MayClose(project))[0].sentence
    with pytest.raises(RuleBroken, match="objectives"):
        projects.finish(project, actor=manager)
    assert f"/projects/{project}/benefits" in browser.get(f"/projects/{project}/settings").text
    win, csat = (by_key(project)[key].id for key in ("win", "csat"))
    work = service.answer(look(project), win, "partly", "More won, fewer asked.", actor=manager)
    service.answer(look(project), csat, "open", "The survey comes in May.", actor=manager)
    assert ask(MayClose(project)) == []
    undo(work.transaction_id, actor=manager)
    assert "Win more" in ask(MayClose(project))[0].sentence
    service.answer(look(project), win, "reached", "More won.", actor=manager)
    projects.finish(project, actor=manager)
    service.answer(look(project), csat, "missed", "It fell.", actor=manager)
    projects.archive(project, actor=manager, now=NOW)
    with pytest.raises(RuleBroken):
        service.answer(look(project), win, "missed", "Too late", actor=manager)


def test_the_page_says_it_and_bad_input_keeps_what_was_typed(browser, project, asked):
    deals(10, 30, date(2025, 11, 10))
    win, base = by_key(project)["win"].id, f"/projects/{project}/benefits"
    days = {"since": BEFORE[0].isoformat(), "until": BEFORE[1].isoformat()}
    assert "1 objective lacks a baseline" in browser.get(base).text
    assert browser.post(f"{base}/{win}/baseline", data=days).status_code == 303
    with asked() as statements:
        page = browser.get(base).text
    assert len(statements) <= 25, "\n".join(statements)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "25 %" in page
    assert "27.5 %" in page
    cases = (
        ("baseline", {**days, "note": "kept"}, "no longer holds"),
        ("baseline", {"since": "soon", "note": "kept"}, "Not a valid date"),
        ("aim", {"kpi": "nonsense", "change": "1"}, "Choose a figure"),
        ("aim", {"kpi": "revenue", "change": "kept"}, "Not a valid float"),
        ("outcome", {"outcome": "won", "words": "kept"}, "Choose what has come of it"),
        ("outcome", {"outcome": "reached", "words": " "}, "Write a sentence"),
    )
    for place, sent, said in cases:
        answer = browser.post(f"{base}/{win}/{place}", data=sent)
        assert answer.status_code == 422, place
        assert said in answer.text
        assert "kept" not in sent.values() or "kept" in answer.text
    assert browser.post(f"{base}/999/outcome", data={"outcome": "reached", "words": "x"}).status_code == 404


def test_readers_are_offered_nothing_and_strangers_see_nothing(app, project):
    reader = factories.sign_in(app.test_client(), factories.person(projects={project: "member"}))
    page = reader.get(f"/projects/{project}/benefits").text
    assert "<form" not in page.partition("<main")[2].partition("</main")[0]
    assert reader.post(f"/projects/{project}/benefits/1/aim", data={}).status_code == 403
    stranger = factories.sign_in(app.test_client(), factories.person())
    assert stranger.get(f"/projects/{project}/benefits").status_code == 404
    with pytest.raises(NotFound):
        queries.one(look(project), 999)


def test_each_night_every_objective_is_kept_as_it_stands(project, manager):
    deals(20, 20, date(2025, 11, 12))
    number = by_key(project)["win"].id
    service.freeze(look(project, NOW - timedelta(days=1)), number, Wanted(*BEFORE), actor=manager)
    go_live(project, date(2026, 1, 12))
    deals(30, 10, date(2026, 1, 20))
    assert jobs.keep_benefits(SYSTEM, NOW) == "2 objectives of 1 roll-outs"
    assert jobs.keep_benefits(SYSTEM, NOW) == "0 objectives of 1 roll-outs"
    found, row = (
        by_key(project)["win"],
        db.session.scalars(select(ObjectiveDay).filter_by(objective_id=number, day=TODAY)).one(),
    )
    assert (row.day, row.value, row.target, row.baseline) == (TODAY, found.value, found.target, found.baseline.value)
    assert (row.low, row.high, Reach(row.reach)) == (found.interval.low, found.interval.high, Reach.REACHED)


def test_a_finished_roll_out_is_followed_until_it_is_archived(project):
    for state, kept in (("finished", "2 objectives of 1 roll-outs"), ("archived", "0 objectives of 0 roll-outs")):
        with transaction(SYSTEM, "project.changed") as work:
            work.session.get_one(Project, project).state = state
        assert jobs.keep_benefits(SYSTEM, NOW) == kept
