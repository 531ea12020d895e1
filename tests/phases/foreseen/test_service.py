"""Ticking, noting and dating what is foreseen; what follows the plan and its copies."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from desk.template.queries import load
from desk.template.rules import elements
from infra.database import db
from infra.undo.service import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from phases.foreseen import queries, rules, service
from phases.foreseen.models import Foreseen
from roadmap.projects import service as projects
from roadmap.projects.rules import Clash
from roadmap.staffing import queries as staffing
from roadmap.tasks import queries as tasks
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
MEETING, COURSE = "Kick-off meeting", "Train-the-trainer"


def days(project):
    found = select(Foreseen.id, Foreseen.due).where(Foreseen.project_id == project, Foreseen.due.is_not(None))
    return {row[0]: row[1] for row in db.session.execute(found)}


def test_everything_of_the_template_is_kept(project):
    work = {"phase", "task", "milestone", "checklist", "section", "item", "role"}
    elsewhere = work | {"risk", "action", "gate", "criterion"}
    wanted = [each.key for each in elements(load("crm-90-day")) if each.kind not in elsewhere]
    kept = db.session.scalars(select(Foreseen.key).order_by(Foreseen.id)).all()
    assert kept == wanted
    assert len(kept) > 200


def test_what_hangs_on_the_plan_has_its_day(project, find):
    meeting = find(MEETING)
    held = next(row for row in tasks.rows(project, TODAY) if row.key == "hold-kickoff")
    assert meeting.due == held.finish.date()
    course = next(each for each in queries.elements(project, kinds=["training"]) if each.due)
    assert course.due.weekday() < 5


def test_days_follow_the_start(project, manager):
    before = days(project)
    assert len(before) > 100
    projects.change_start(project, date(2026, 1, 19), actor=manager)
    after = days(project)
    assert {after[id] - day for id, day in before.items()} == {timedelta(weeks=2)}


def test_a_day_set_by_hand_and_what_is_done_stay_where_they_are(project, manager, find):
    meeting, course = find(MEETING), find(COURSE)
    service.set_due(project, [meeting.id], date(2026, 1, 8), actor=manager)
    service.set_state(project, course.id, "done", actor=manager)
    projects.change_start(project, date(2026, 1, 19), actor=manager)
    assert find(MEETING).due == date(2026, 1, 8)
    assert find(COURSE).due == course.due
    service.set_due(project, [meeting.id], None, actor=manager)
    assert find(MEETING).due == meeting.due + timedelta(weeks=2)
    service.set_state(project, course.id, "planned", actor=manager)
    assert find(COURSE).due == course.due + timedelta(weeks=2)


def test_a_state_is_set_once_and_can_be_undone(project, manager, find):
    meeting = find(MEETING)
    first = service.set_state(project, meeting.id, "done", actor=manager)
    assert (first.changed, find(MEETING).state) == (1, "done")
    assert service.set_state(project, meeting.id, "done", actor=manager).changed == 0
    undo(first.work.transaction_id, actor=manager)
    assert find(MEETING).state == "planned"


def test_done_is_not_dropped_at_once(project, manager, find):
    meeting = find(MEETING)
    service.set_state(project, meeting.id, "done", actor=manager)
    with pytest.raises(RuleBroken, match="Plan it again"):
        service.set_state(project, meeting.id, "dropped", actor=manager)


def test_several_at_once_say_which_could_not(project, manager, find):
    kpis = [each.id for each in queries.elements(project, kinds=["kpi"])]
    service.set_state(project, kpis[0], "dropped", actor=manager)
    marked = service.set_states(project, [*kpis, kpis[1]], "done", actor=manager)
    assert (marked.changed, marked.held_back) == (20, 1)
    undo(marked.work.transaction_id, actor=manager)
    assert {each.state for each in queries.elements(project, kinds=["kpi"])} == {"planned", "dropped"}


def test_note_and_role_are_changed_and_undone(project, manager, find):
    meeting = find(MEETING)
    trainer = next(role for role in staffing.roles(project) if role.key == "training-coordinator")
    service.set_role(project, meeting.id, trainer.id, actor=manager)
    work = service.set_note(project, meeting.id, " Room 5 ", actor=manager)
    assert (find(MEETING).note, find(MEETING).role) == ("Room 5", "Training coordinator")
    undo(work.transaction_id, actor=manager)
    assert (find(MEETING).note, find(MEETING).role) == ("", "Training coordinator")


def test_two_who_change_different_fields_both_win_and_the_same_field_asks(project, manager, find):
    meeting = find(MEETING)
    shown = {"note": "", "due": meeting.due.isoformat(), "role_id": meeting.role_id}
    service.set_due(project, [meeting.id], date(2026, 1, 9), actor=manager)
    service.change(project, meeting.id, {**shown, "note": "Mine", "due": meeting.due}, actor=manager, base=shown)
    assert (find(MEETING).note, find(MEETING).due) == ("Mine", date(2026, 1, 9))
    with pytest.raises(Clash):
        service.change(project, meeting.id, {"note": "Late"}, actor=manager, base=shown)


def test_another_projects_element_and_role_are_as_good_as_none(project, manager, find):
    other = factories.project("Other", actor=manager)
    with pytest.raises(NotFound):
        service.set_state(other, find(MEETING).id, "done", actor=manager)
    with pytest.raises(NotFound):
        service.set_states(project, [find(MEETING).id, 99_999], "done", actor=manager)
    assert find(MEETING).state == "planned"
    with pytest.raises(RuleBroken, match="role of this project"):
        service.set_role(project, find(MEETING).id, 99_999, actor=manager)


def test_an_archived_project_takes_no_change(project, manager, find):
    projects.archive(project, actor=manager, now=NOW)
    with pytest.raises(RuleBroken, match="archived"):
        service.set_note(project, find(MEETING).id, "x", actor=manager)


def test_a_copy_foresees_the_same_all_planned(project, manager, find):
    service.set_state(project, find(MEETING).id, "done", actor=manager)
    service.set_note(project, find(MEETING).id, "Room 5", actor=manager)
    copied = projects.copy(project, "Second", date(2026, 1, 19), actor=manager, now=NOW)
    there, here = queries.elements(copied), queries.elements(project)
    assert [each.name for each in there] == [each.name for each in here]
    assert {(each.state, each.note) for each in there} == {("planned", "")}
    assert {each.id for each in there}.isdisjoint(each.id for each in here)
    meeting = next(each for each in queries.nested(there) if each.name == MEETING)
    source = next(each for each in queries.nested(here) if each.name == MEETING)
    assert (len(meeting.parts["agenda"]), meeting.minutes) == (len(source.parts["agenda"]), source.minutes)
    assert all(each.parent_id == meeting.id for part in meeting.parts.values() for each in part)
    finishes = {row.id: row.finish.date() for row in tasks.rows(copied, TODAY)}
    hung = db.session.execute(select(Foreseen).where(Foreseen.project_id == copied, Foreseen.anchor_id.is_not(None)))
    on_the_day = [(row.due, finishes[row.anchor_id]) for row in hung.scalars() if not row.due_offset]
    assert len(on_the_day) > 100
    assert all(due == finish for due, finish in on_the_day)
    assert {each.role for each in there} == {each.role for each in here}


def test_late_is_what_is_planned_and_past(project, manager):
    found = queries.late(project, TODAY)
    assert found
    assert [each.due for each in found] == sorted(each.due for each in found)
    assert all(each.due < TODAY and each.state == "planned" for each in found)
    service.set_state(project, found[0].id, "done", actor=manager)
    assert found[0].id not in [each.id for each in queries.late(project, TODAY)]


def test_counts_of_the_database_are_those_of_the_rules(project, manager, find):
    service.set_state(project, find(MEETING).id, "done", actor=manager)
    counted = queries.counts(project, TODAY)
    rows = queries.elements(project)
    assert counted == {
        phase: rules.count([each for each in rows if each.phase_id == phase], TODAY)
        for phase in {each.phase_id for each in rows}
    }


def test_children_stand_below_their_parents(project):
    tops = queries.nested(queries.elements(project))
    kinds = {each.kind for each in tops}
    assert kinds.isdisjoint({"agenda", "attendee", "goal", "outcome"})
    meeting = next(each for each in tops if each.name == MEETING)
    assert meeting.minutes == sum(each.details["minutes"] for each in meeting.parts["agenda"]) > 0
    assert next(iter(queries.by_kind(tops))) == "meeting"


def test_the_system_may_act_too(project, find):
    assert service.set_state(project, find(MEETING).id, "done", actor=SYSTEM).changed == 1
