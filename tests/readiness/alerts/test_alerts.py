"""Alerts: told once, to the owner, when something begins, and again only after it was mended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from accounts.notices.models import Notice
from accounts.people.models import Person
from checklists.models import Checklist, Item
from crm.kpis.models import KpiAnomaly
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from readiness.alerts import jobs
from readiness.alerts.models import ReadinessAlert
from readiness.alerts.rules import Alarm, Found, turn
from readiness.evidence.models import CriterionStatement
from readiness.gates.models import ReadinessCriterion, ReadinessGate
from readiness.gates.rules.sources import Look
from readiness.verdict import service as verdicts
from readiness.waivers.models import CriterionWaiver
from roadmap.projects import service as projects
from roadmap.staffing.models import ProjectRole
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
DAY = timedelta(days=1)
PAIRS = st.sets(st.tuples(st.sampled_from([each.value for each in Alarm]), st.sampled_from("123")))


@given(PAIRS, PAIRS)
def test_a_turn_makes_what_is_remembered_what_is_found(known, now):
    step = turn(known, [Found(Alarm(alarm), key, "", "", None, True) for alarm, key in now])
    begins = {(each.alarm.value, each.key) for each in step.begins}
    assert (known - step.over) | begins == now
    assert begins.isdisjoint(known)


@pytest.fixture
def project(app):
    made = factories.project("Europe launch")
    listed, _items = factories.checklist(made, "Champions", "Trained")
    owner = factories.person("Owner", projects={made: "member"})
    factories.person("Maren", projects={made: "manager"})
    with transaction(SYSTEM, "readiness.criterion_added") as work:
        role = ProjectRole(project_id=made, key="trainer", name="Trainer", person_id=owner.id)
        gate = ReadinessGate(
            project_id=made, key="go-live", name="Go-live", minimum_score=85, minimum_confidence=80, position=0
        )
        work.session.add_all([role, gate])
        work.session.flush()
        work.session.get_one(Checklist, listed).key = "champions"
        shared = {"project_id": made, "gate_id": gate.id, "category": "people", "comparator": ">=", "weight": 1}
        rows = (
            {"key": "champions", "statement": "Champions are trained.", "source": "checklist", "subject": "champions",
             "threshold": 100, "unit": "%", "must_have": True, "role_id": role.id},
            {"key": "survey", "statement": "People feel ready.", "source": "survey", "threshold": 1,
             "unit": "yes/no", "role_id": role.id},
            {"key": "won", "statement": "Deals are won.", "source": "kpi", "subject": "win-rate", "threshold": 10,
             "unit": "%"},
        )  # fmt: skip
        work.session.add_all(ReadinessCriterion(**shared, **row) for row in rows)
    return made


def criterion(key):
    return db.session.scalars(select(ReadinessCriterion).where(ReadinessCriterion.key == key)).one()


def tick(done):
    with transaction(SYSTEM, "item.ticked") as work:
        work.session.scalars(select(Item)).one().ticked_at = NOW if done else None


def look_at(at=NOW):
    db.session.rollback()
    return jobs.watch_readiness(SYSTEM, at)


def told(name):
    query = select(Notice.kind).join(Person, Person.id == Notice.person_id).where(Person.name == name)
    alarms = [each.value for each in Alarm]
    return list(db.session.scalars(query.where(Notice.kind.in_(alarms)).order_by(Notice.id)))


def keep(project, at):
    verdicts.keep_day(Look(project, at, at.date()), actor=SYSTEM)


def test_a_must_have_that_turns_red_is_told_once_to_its_owner_and_again_after_it_was_mended(project):
    tick(done=True)
    keep(project, NOW - DAY)
    assert look_at() == ""
    tick(done=False)
    assert look_at() == "1 alerts"
    assert look_at() == ""
    assert look_at(NOW + DAY) == ""
    tick(done=True)
    keep(project, NOW + DAY)
    assert look_at(NOW + DAY) == ""
    tick(done=False)
    assert look_at(NOW + 2 * DAY) == "1 alerts"
    assert told("Owner") == ["must_have_red"] * 2
    assert told("Maren") == []
    notice = db.session.scalars(select(Notice).where(Notice.kind == "must_have_red")).first()
    assert (notice.subject, notice.params) == (f"criterion:{criterion('champions').id}", {"gate": "Go-live"})


def test_what_was_red_from_the_first_day_is_remembered_and_told_to_nobody(project):
    assert look_at() == ""
    keep(project, NOW)
    assert look_at(NOW + DAY) == ""
    assert [(row.alarm, row.told) for row in db.session.scalars(select(ReadinessAlert))] == [("must_have_red", False)]


def test_a_statement_that_no_longer_counts_is_stale_evidence(project):
    tick(done=True)
    number = criterion("survey").id
    with transaction(SYSTEM, "readiness.stated") as work:
        work.session.add(
            CriterionStatement(
                project_id=project, criterion_id=number, value=1, text="Asked all", signed_at=NOW, until=TODAY
            )
        )
    keep(project, NOW)
    assert look_at() == ""
    assert look_at(NOW + DAY) == "1 alerts"
    assert look_at(NOW + 2 * DAY) == ""
    assert told("Owner") == ["evidence_stale"]


def test_a_waiver_that_lapses_is_told_once_and_old_ones_to_nobody(project):
    tick(done=True)
    with transaction(SYSTEM, "readiness.waiver_given") as work:
        for key, until in (("survey", TODAY), ("champions", TODAY - timedelta(days=40))):
            shared = {"project_id": project, "criterion_id": criterion(key).id, "state": "given"}
            work.session.add(CriterionWaiver(**shared, reason="For a while", until=until, asked_at=NOW))
    assert look_at() == ""
    assert look_at(NOW + DAY) == "1 alerts"
    assert look_at(NOW + 3 * DAY) == ""
    assert told("Owner") == ["waiver_lapsed"]


def test_a_figure_that_leaves_its_limits_is_told_where_somebody_asks_for_it(project):
    tick(done=True)
    with transaction(SYSTEM, "kpis.watched") as work:
        for key, week in (("win-rate", date(2026, 2, 9)), ("win-rate", date(2025, 12, 1)), ("mql", date(2026, 2, 9))):
            work.session.add(KpiAnomaly(key=key, week=week, kind="above", value=0.9, before=0.4, found_at=NOW))
    assert look_at() == "1 alerts"
    assert look_at(NOW + DAY) == ""
    assert told("Maren") == ["kpi_left_limits"]


def test_what_has_ended_is_not_looked_at(project):
    tick(done=True)
    keep(project, NOW - DAY)
    projects.finish(project, actor=SYSTEM)
    tick(done=False)
    assert look_at() == ""
