"""A roll-out is planted whole or not at all, with the dates that were shown."""

from datetime import date, timedelta
from time import process_time

import pytest
from sqlalchemy import func, select

from accounts.access.queries import actor_of
from checklists.models import Item
from desk.setup import service
from desk.setup.service import NewProject
from desk.template import queries as templates
from infra.database import Base, db
from kernel.actor import SYSTEM, project_scope
from kernel.errors import NotFound, RuleBroken
from phases.foreseen.models import Foreseen
from readiness.gates import queries as gates
from roadmap.projects import queries as projects
from roadmap.projects import service as project_service
from roadmap.tasks import queries as tasks
from tests import factories
from tests.fixtures.app import NOW

START = date(2026, 3, 2)
TODAY = date(2026, 2, 18)


def wanted(**more):
    return NewProject(**{"name": "Europe launch", "start": START, "country": "BE", **more})


def create(actor=SYSTEM, **more):
    return service.create(wanted(**more), actor=actor, now=NOW)


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def due_days():
    return dict(
        db.session.execute(select(Item.id, Item.due).where(Item.anchor_id.is_not(None), Item.due.is_not(None))).all()
    )


def rows_of_all_tables():
    return {table.name: count(table) for table in Base.metadata.sorted_tables}


def test_the_dates_that_were_shown_are_the_dates_that_are_planted(app):
    shown = service.preview(wanted())
    project = create()
    rows = tasks.rows(project, TODAY)
    milestones = {(row.name, row.finish.date()) for row in rows if row.type == "milestone"}
    assert milestones == {(each.name, each.day) for each in shown.milestones}
    spans = {row.name: (row.start.date(), row.finish.date()) for row in rows if row.level == 1}
    assert {phase.name: (phase.start, phase.finish) for phase in shown.phases} == spans
    assert max(row.finish for row in rows).date() == shown.finish
    assert tasks.go_live_of([project])[project].date() == shown.go_live


def test_a_roll_out_is_planted_in_less_than_three_seconds_of_work(app):
    begun = process_time()
    create()
    assert process_time() - begun < 3


def test_everything_foreseen_is_there(app):
    create()
    kinds = dict(db.session.execute(select(Foreseen.kind, func.count()).group_by(Foreseen.kind)).all())
    assert {"meeting", "agenda", "communication", "training", "kpi", "sla", "scope"} <= kinds.keys()
    assert {"task", "item", "phase", "role", "risk", "action", "gate", "criterion"}.isdisjoint(kinds)


def test_every_gate_stands_at_its_milestone_with_all_that_it_asks(app):
    template = templates.load("crm-90-day")
    project = create()
    there = [(gate.key, [each.key for each in gate.criteria]) for gate in gates.gates(project)]
    wanted = sorted(template.gates, key=lambda gate: template.phase_number(gate.phase))
    assert there == [(gate.key, [each.key for each in gate.criteria]) for gate in wanted]
    stones = {gate.milestone for gate in template.gates}
    milestones = {row.id: row.key for row in tasks.rows(project, TODAY) if row.key in stones}
    assert {gate.key: milestones[gate.milestone_id] for gate in gates.gates(project)} == {
        gate.key: gate.milestone for gate in template.gates
    }
    roles = {each.role for gate in gates.gates(project) for each in gate.criteria}
    assert "" not in roles


def test_due_days_follow_the_plan_when_the_start_moves(app):
    project = create(country="")
    before = due_days()
    assert len(before) > 100
    project_service.change_start(project, START + timedelta(weeks=2), actor=SYSTEM)
    after = due_days()
    assert {after[id] - day for id, day in before.items()} == {timedelta(weeks=2)}


def test_when_planting_fails_nothing_is_left(app, monkeypatch):
    def fail(*_arguments):
        raise RuleBroken("plan.broken", "The last step failed.")

    monkeypatch.setattr("phases.foreseen.seed.plant", fail)
    before = rows_of_all_tables()
    with pytest.raises(RuleBroken):
        create()
    assert rows_of_all_tables() == before


def test_whoever_creates_it_manages_it_and_whoever_fills_a_role_sees_it(app):
    manager, member = factories.person("Priya"), factories.person("Jonas")
    guest = factories.person("Vera Vendor", email=None)
    project = create(
        manager, people={"project-manager": manager.id, "end-users": member.id, "crm-administrator": guest.id}
    )
    scope = project_scope(project)
    assert "manager" in actor_of(manager.id).roles_in(scope)
    assert "member" not in actor_of(manager.id).roles_in(scope)
    assert "member" in actor_of(member.id).roles_in(scope)
    assert not actor_of(guest.id).roles_in(scope) & {"member", "manager"}
    owners = {row.role: row.owner for row in tasks.rows(project, TODAY) if row.role}
    assert owners["CRM administrator"] == "Vera Vendor"


def test_a_named_manager_manages_it(app):
    person = factories.person("Priya")
    project = create(manager_id=person.id, people={"project-manager": person.id})
    assert actor_of(person.id).roles_in(project_scope(project)) - {"person", "starter"} == {"manager"}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"target_go_live": START}, "target_go_live"),
        ({"start": date(1900, 1, 1)}, "start"),
        ({"country": "ZZ"}, "country"),
        ({"country": "BE", "subdivision": "BY"}, "subdivision"),
        ({"timezone": "Moon/Base"}, "timezone"),
        ({"purpose": "x" * 20_001}, "purpose"),
    ],
)
def test_what_makes_no_sense_is_named_by_its_field(app, more, field):
    with pytest.raises(RuleBroken) as caught:
        create(**more)
    assert caught.value.field == field
    assert projects.visible(SYSTEM) == []


def test_an_unknown_template_is_refused(app):
    with pytest.raises(RuleBroken, match="crm-90-day"):
        create(template="none-such")


def test_an_unknown_person_is_refused_and_nothing_is_left(app):
    with pytest.raises((NotFound, RuleBroken)):
        create(people={"project-manager": 4711})
    assert projects.visible(SYSTEM) == []


@pytest.mark.parametrize("start", [date(1990, 1, 1), date(2099, 12, 28), date(2199, 12, 31), date(2026, 2, 28)])
def test_the_ends_of_the_calendar_can_be_planned(app, start):
    assert service.preview(wanted(start=start)).finish > start
    assert create(start=start)
