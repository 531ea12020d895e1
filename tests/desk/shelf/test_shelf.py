"""Templates of one's own: saved from a roll-out, planted again, edited, versioned, shared, exported and taken in."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from accounts.access.queries import actor_of
from checklists import queries as lists
from desk.setup import service as setup
from desk.shelf import queries, rules, service
from desk.template.queries import TemplateInvalid, TemplateUnknown
from desk.template.rules import elements
from infra.database import db
from kernel.actor import SYSTEM
from kernel.errors import Conflict, NotFound, Refused, RuleBroken
from readiness.gates import queries as gates
from readiness.gates import service as criteria
from roadmap.risks import queries as risks
from roadmap.tasks import queries as plans
from roadmap.tasks import service as tasks
from roadmap.tasks.models import Dependency
from tests import factories
from tests.fixtures.app import NOW

START = date(2026, 1, 5)
LATER = date(2026, 6, 1)


@pytest.fixture
def maren(app):
    return actor_of(factories.person("Maren Solberg").id)


@pytest.fixture
def small(app, maren):
    """A roll-out with two phases' worth of work, made by hand."""
    project = factories.project("Nordic launch")
    outer = factories.task(project, "Prepare")
    inner = factories.task(project, "Data", parent_id=outer)
    clean = factories.task(project, "Clean", parent_id=inner, duration_minutes=90)
    load = factories.task(project, "Load", parent_id=outer, after=clean, duration_minutes=960)
    factories.task(project, "Go-live", type="milestone", is_go_live=True, after=load)
    return project


def plant(key, actor=SYSTEM, start=LATER):
    return setup.create(setup.NewProject("Again", start, template=key), actor=actor, now=NOW)


def test_a_small_roll_out_comes_back_as_it_was(app, small, maren):
    key, found = service.save_project(small, "Small", "", "", actor=maren, now=NOW)
    project = plant(key)
    rows = {row.name: row for row in plans.rows(project, LATER)}
    assert found.left == ()
    assert rows["Clean"].duration_minutes == 90
    assert rows["Load"].duration_minutes == 960
    assert rows["Go-live"].is_go_live
    assert [link.wbs for link in rows["Load"].predecessors] == [rows["Clean"].wbs]
    assert rows["Clean"].start.date() == LATER
    assert "Prepare / Data" in rows


def test_the_shipped_roll_out_saved_and_planted_again_is_the_same(app, maren):
    first = setup.create(setup.NewProject("First", START), actor=maren, now=NOW)
    key, found = service.save_project(first, "Ours", "", "", actor=actor_of(maren.id), now=NOW)
    second = plant(key, start=START)
    assert found.left == ()
    for read in (_plan, _items, _risks, _links, _gates):
        assert read(second) == read(first)
    assert _kinds(key) == _kinds("crm-90-day")


def _kinds(key):
    return Counter(part.kind for part in elements(queries.load(key)) if part.kind != "risk")


def _plan(project):
    rows = plans.rows(project, START)
    return [(row.wbs, row.name, row.type, row.start, row.finish, row.role, row.phase) for row in rows]


def _items(project):
    rows = lists.open_items(project)
    return sorted((row.key, row.name, row.required, row.due) for row in rows)


def _risks(project):
    return sorted((row.title, row.score, row.responses[0].text) for row in risks.register(project))


def _gates(project):
    """Gates and criteria without the numbers of their rows."""
    own = {"id", "gate_id", "role_id", "owner_id", "owner"}
    return [
        (gate.key, gate.phase_number, gate.minimum_score, [_without(each, own) for each in gate.criteria])
        for gate in gates.gates(project)
    ]


def _without(row, names):
    return {field.name: getattr(row, field.name) for field in fields(row) if field.name not in names}


def _links(project):
    return len(db.session.scalars(select(Dependency.id).where(Dependency.project_id == project)).all())


def test_gates_come_along_within_the_limits_of_a_template(app, maren):
    project = setup.create(setup.NewProject("First", START), actor=maren, now=NOW)
    gate = gates.gate(project, "go-live")
    long = {
        "statement": "s" * 300,
        "help": "",
        "weight": 99.5,
        "freshness_days": None,
        "unit": "u" * 40,
        "role_id": None,
        "margin": 5.0,
        "window_days": 90,
        "never_waivable": True,
        "workaround": "w" * 400,
    }
    criteria.change_criterion(project, gate.criteria[0].id, long, actor=SYSTEM)
    criteria.drop_criterion(project, gate.criteria[1].id, actor=SYSTEM)
    odd = {"statement": "A list is ticked", "source": "checklist", "subject": "none-such"}
    criteria.add_criterion(project, "go-live", odd, actor=SYSTEM)
    new = {"statement": "People were asked", "source": "survey"}
    criteria.add_criterion(project, "go-live", new, actor=SYSTEM)
    key, found = service.save_project(project, "Ours", "", "", actor=actor_of(maren.id), now=NOW)
    again = gates.gate(plant(key), "go-live")
    assert dict(found.left) == {"foreseen": 1}
    assert len(again.criteria) == len(gate.criteria)
    first, last = again.criteria[0], again.criteria[-1]
    assert (first.statement, first.help, first.weight, first.freshness_days) == ("s" * 120, "s" * 300, 10, 365)
    assert (first.margin, first.window_days, first.never_waivable, first.workaround) == (5.0, 90, True, "w" * 300)
    assert (last.margin, last.window_days, last.never_waivable, last.workaround) == (0.0, None, False, "")
    assert (first.role, last.statement, last.key) == ("Not named yet", "People were asked", "people-were-asked")
    assert gate.criteria[1].key not in [each.key for each in again.criteria]


def test_dates_and_links_of_summaries_stay_behind_and_are_counted(app, small, maren):
    rows = {row.name: row.id for row in plans.rows(small, START)}
    tasks.change(small, rows["Load"], {"deadline": date(2026, 2, 1)}, actor=SYSTEM, now=NOW)
    _key, found = service.save_project(small, "Small", "", "", actor=maren, now=NOW)
    assert dict(found.left) == {"dates": 1}


def test_a_plan_without_a_milestone_is_no_template(app, maren):
    project = factories.project("Loose")
    factories.task(project, "Only this", duration_minutes=480)
    with pytest.raises(RuleBroken, match="ends with a milestone"):
        service.save_project(project, "Loose", "", "", actor=maren, now=NOW)
    assert len(queries.cards(maren)) == 1


def test_a_next_version_keeps_the_older_one(app, small, maren):
    key, _found = service.save_project(small, "Small", "", "", actor=maren, now=NOW)
    factories.task(small, "Hypercare", duration_minutes=480)
    service.save_project(small, "", "", "With hypercare", into=key, actor=maren, now=NOW)
    assert [(row.number, row.note) for row in queries.versions(key)] == [(2, "With hypercare"), (1, "")]
    changed = rules.differences(elements(queries.load(key, 1)), elements(queries.load(key, 2)))
    assert [each.name for each in changed.added if each.kind == "task"] == ["Hypercare"]
    assert service.restore(key, 1, actor=maren, now=NOW) == 3
    assert "Hypercare" not in [part.name for part in elements(queries.load(key))]


def test_text_is_changed_and_every_mistake_is_named_with_its_line(app, small, maren):
    key, _found = service.save_project(small, "Small", "", "", actor=maren, now=NOW)
    text = rules.to_text({"tasks": queries.sections(key)["tasks"]})
    assert service.write(key, "tasks", text.replace("name: Clean", "name: Scrub"), 1, "", actor=maren, now=NOW) == 2
    assert "Scrub" in [part.name for part in elements(queries.load(key))]
    with pytest.raises(TemplateInvalid) as refused:
        service.write(key, "tasks", text.replace("0.1875d", "soon"), 2, "", actor=maren, now=NOW)
    assert refused.value.problems[0].field == "duration"
    assert text.splitlines()[refused.value.problems[0].line - 1].strip().startswith("duration")
    with pytest.raises(Conflict):
        service.write(key, "tasks", text, 1, "", actor=maren, now=NOW)
    with pytest.raises(TemplateInvalid, match="another section"):
        service.write(key, "risks", text, 2, "", actor=maren, now=NOW)


def test_who_may_use_and_change_it(app, small, maren):
    other = actor_of(factories.person("Viggo Nyström").id)
    key, _found = service.save_project(small, "Small", "", "", actor=maren, now=NOW)
    with pytest.raises(NotFound):
        queries.card(key, other)
    with pytest.raises(NotFound):
        plant(key, other)
    service.share(key, shared=True, actor=maren)
    assert key in dict(queries.choices(other))
    with pytest.raises(Refused):
        service.change(key, "Mine", "", actor=other)
    service.put_away(key, away=True, actor=maren, now=NOW)
    assert key not in dict(queries.choices(other))
    with pytest.raises(TemplateUnknown):
        queries.load("no-such-template")


def test_export_and_taking_in_give_the_same(app, small, maren):
    key, _found = service.save_project(small, "Small", "For small ones", "", actor=maren, now=NOW)
    archive = service.packed(queries.files(key))
    assert service.packed(queries.files(key)) == archive
    taken = service.take_in(service.unpack(archive, "small.zip"), "", actor=maren, now=NOW)
    assert taken == f"{key}-2"
    first, second = (elements(queries.load(each)) for each in (key, taken))
    assert rules.differences(first, second).count == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"\xff\xfe\x00", "template.file"), (b"PK\x05\x06" + b"\0" * 18, "template.archive")],
)
def test_files_that_are_none(app, content, code):
    with pytest.raises(RuleBroken) as refused:
        service.unpack(content, "x.zip")
    assert refused.value.code == code


@given(st.text(max_size=80))
def test_any_name_gives_a_key_that_a_template_can_have(name):
    key = rules.key_of(name, frozenset({"template", "crm"}))
    assert key not in {"template", "crm"}
    assert key.replace("-", "").isalnum()
    assert key.isascii()
    assert key == key.lower()


def test_pages_of_a_template(app, small, client):
    person = factories.person("Maren Holm", projects={small: "manager"})
    browser = factories.sign_in(client, person)
    assert "none of them is your own yet" in browser.get("/templates").text
    saved = browser.post(f"/projects/{small}/save-as-template", data={"name": "Small", "into": ""})
    assert saved.location == "/templates/small"
    assert "Share it with everybody" in browser.get("/templates/small").text
    refused = browser.post("/templates/small/text", data={"text": "tasks: 7\n", "base": "1"})
    assert refused.status_code == 422
    assert "line 1" in refused.text
    assert "tasks: 7" in refused.text
    assert "name: Small" in browser.get("/templates/small/text?section=template").text
    assert browser.post("/templates/small/share", data={"shared": "yes"}).status_code == 303
    assert browser.get("/templates/small.zip").mimetype == "application/zip"
    assert 'value="small"' in browser.get("/projects/new?template=small").text
    assert browser.post("/templates/small/restore", data={"version": "²"}).status_code == 404
    assert browser.get("/templates/crm-90-day").status_code == 200
    assert browser.get("/templates/crm-90-day/text").status_code in {200, 403}
    assert browser.get("/templates/nothing-here").status_code == 404
    assert browser.post("/templates/import", data={}).status_code == 422
