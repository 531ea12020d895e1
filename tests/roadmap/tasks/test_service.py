"""What people do to a plan, and the dates that follow in the same transaction."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from checklists import service as checklists
from checklists.models import Section
from infra.database import db
from infra.merge import as_plain
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from roadmap.outline import service as outline
from roadmap.projects import service as projects
from roadmap.projects.rules import Clash
from roadmap.tasks import queries, service
from roadmap.tasks.events import MilestoneReached, PlanRescheduled, TaskFinished
from roadmap.tasks.models import Task, TaskDates
from roadmap.tasks.rules.dates import derive
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
DAY = 480


@pytest.fixture
def project(app):
    return factories.project()


def rows(project):
    return {row.name: row for row in queries.rows(project, TODAY)}


def change(project, id, base=None, **values):
    return service.change(project, id, values, actor=SYSTEM, now=NOW, base=base)


def test_dates_follow_a_new_link(project):
    first = factories.task(project, "Map", duration_minutes=2 * DAY)
    factories.task(project, "Load", after=first)
    found = rows(project)
    assert found["Map"].finish == datetime(2026, 1, 6, 17)
    assert found["Load"].start == datetime(2026, 1, 7, 8)
    assert found["Load"].critical
    assert found["Load"].predecessors_text == "1"


def test_a_longer_task_moves_what_waits_for_it(project):
    first = factories.task(project, "Map")
    factories.task(project, "Load", after=first)
    change(project, first, duration_minutes=5 * DAY)
    assert rows(project)["Load"].start == datetime(2026, 1, 12, 8)


def test_a_cycle_is_refused_and_named_by_number_and_name(project):
    first = factories.task(project, "Map")
    second = factories.task(project, "Load", after=first)
    with pytest.raises(RuleBroken, match=r"1 Map → 2 Load → 1 Map|2 Load → 1 Map → 2 Load"):
        outline.link(project, second, first, actor=SYSTEM)
    assert rows(project)["Map"].predecessors == ()


def test_a_summary_spans_and_rolls_up_its_tasks(project):
    phase = factories.task(project, "Migration")
    done = factories.task(project, "Map", parent_id=phase, duration_minutes=DAY)
    factories.task(project, "Load", parent_id=phase, after=done, duration_minutes=3 * DAY)
    service.set_progress(project, done, 100, actor=SYSTEM, now=NOW)
    summary = rows(project)["Migration"]
    assert (summary.type, summary.percent) == ("summary", 25.0)
    assert summary.start == rows(project)["Map"].start
    assert summary.finish == rows(project)["Load"].finish


def test_the_order_gives_the_numbers(project):
    phase = factories.task(project, "Migration")
    for name in ("Map", "Load", "Check"):
        factories.task(project, name, parent_id=phase)
    outline.move(project, rows(project)["Check"].id, parent_id=phase, position=0, actor=SYSTEM)
    assert [(row.wbs, row.name, row.level) for row in queries.rows(project, TODAY)] == [
        ("1", "Migration", 1),
        ("1.1", "Check", 2),
        ("1.2", "Map", 2),
        ("1.3", "Load", 2),
    ]


def test_indent_makes_a_summary_and_outdent_a_task_again(project):
    first, second = factories.task(project, "Map"), factories.task(project, "Load")
    outline.indent(project, second, actor=SYSTEM)
    assert (rows(project)["Map"].type, rows(project)["Load"].wbs) == ("summary", "1.1")
    outline.outdent(project, second, actor=SYSTEM)
    assert (rows(project)["Map"].type, rows(project)["Load"].wbs) == ("task", "2")
    assert rows(project)["Map"].id == first


def test_reorder_stops_at_the_ends(project):
    factories.task(project, "Map")
    second = factories.task(project, "Load")
    outline.reorder(project, second, -5, actor=SYSTEM)
    assert [row.name for row in queries.rows(project, TODAY)] == ["Load", "Map"]


@pytest.mark.parametrize("how", ["indent the first", "outdent at the top", "below itself", "below a milestone"])
def test_a_row_stays_where_it_cannot_go(project, how):
    first = factories.task(project, "Map", type="milestone")
    second = factories.task(project, "Load")
    child = factories.task(project, "Batch 1", parent_id=second)
    with pytest.raises(RuleBroken):
        {
            "indent the first": lambda: outline.indent(project, first, actor=SYSTEM),
            "outdent at the top": lambda: outline.outdent(project, second, actor=SYSTEM),
            "below itself": lambda: outline.move(project, second, parent_id=child, actor=SYSTEM),
            "below a milestone": lambda: outline.move(project, second, parent_id=first, actor=SYSTEM),
        }[how]()


def test_delete_takes_what_is_below_and_its_links(project):
    before = factories.task(project, "Plan")
    phase = factories.task(project, "Migration")
    child = factories.task(project, "Map", parent_id=phase, after=before)
    factories.task(project, "Go", after=child)
    outline.delete(project, [phase], actor=SYSTEM)
    assert list(rows(project)) == ["Plan", "Go"]
    assert rows(project)["Go"].start == datetime(2026, 1, 5, 8)


def test_a_phase_is_not_deleted(project):
    phase = projects.add_phase(project, 1, "Kick-off", actor=SYSTEM)
    summary = factories.task(project, "Kick-off", phase_id=phase)
    inner = factories.task(project, "Meet", parent_id=summary)
    assert rows(project)["Meet"].phase == "Kick-off"
    with pytest.raises(RuleBroken, match="is a phase"):
        outline.delete(project, [summary], actor=SYSTEM)
    outline.delete(project, [inner], actor=SYSTEM)
    assert rows(project)["Kick-off"].type == "summary"


def test_predecessors_are_written_as_text(project):
    for name in ("Map", "Load", "Check"):
        factories.task(project, name)
    last = rows(project)["Check"].id
    outline.set_predecessors(project, last, "1; 2SS+2d", actor=SYSTEM)
    assert rows(project)["Check"].predecessors_text == "1;2SS+2d"
    outline.set_predecessors(project, last, "2FF-1d", actor=SYSTEM)
    assert rows(project)["Check"].predecessors_text == "2FF-1d"
    outline.unlink(project, rows(project)["Check"].predecessors[0].id, actor=SYSTEM)
    assert rows(project)["Check"].predecessors == ()


def test_a_pair_may_be_joined_at_both_ends(project):
    first, second = factories.task(project, "Map"), factories.task(project, "Load")
    outline.set_predecessors(project, second, "1SS+1d;1FF", actor=SYSTEM)
    outline.set_predecessors(project, second, "1SS+2d;1FF", actor=SYSTEM)
    assert rows(project)["Load"].predecessors_text == "1SS+2d;1FF"
    outline.link(project, first, second, type="FF", lag_minutes=DAY, actor=SYSTEM)
    assert rows(project)["Load"].predecessors_text == "1SS+2d;1FF+1d"
    copied = projects.copy(project, "Copy", date(2026, 2, 2), actor=SYSTEM, now=NOW)
    assert rows(copied)["Load"].predecessors_text == "1SS+2d;1FF+1d"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("9", "no task 9"),
        ("1XX", "no task 1XX"),
        ("1FS+", "no predecessor"),
        ("1;1", "named twice"),
        ("3", "wait for itself"),
    ],
)
def test_predecessors_that_cannot_be_are_said(project, text, says):
    for name in ("Map", "Load", "Check"):
        factories.task(project, name)
    with pytest.raises(RuleBroken, match=says):
        outline.set_predecessors(project, rows(project)["Check"].id, text, actor=SYSTEM)
    assert rows(project)["Check"].predecessors == ()


def test_progress_sets_when_it_began_and_ended(project):
    id = factories.task(project, "Map")
    service.set_progress(project, id, 40, actor=SYSTEM, now=NOW)
    row = rows(project)["Map"]
    assert (row.percent, row.actual_start, row.actual_finish) == (40, datetime(2026, 1, 5, 8), None)
    service.set_progress(project, id, 100, actor=SYSTEM, now=NOW)
    assert rows(project)["Map"].actual_finish == datetime(2026, 2, 18, 9, 10)
    service.set_progress(project, id, 0, actor=SYSTEM, now=NOW)
    assert rows(project)["Map"].actual_start is None


def test_a_task_begun_before_its_time_began_now(project):
    id = factories.task(project, "Map", constraint_type="SNET", constraint_date=datetime(2026, 4, 1, 8))
    service.set_progress(project, id, 10, actor=SYSTEM, now=NOW)
    assert rows(project)["Map"].actual_start == datetime(2026, 2, 18, 9, 10)


def test_late_is_unfinished_past_its_finish_or_deadline(project):
    id = factories.task(project, "Map", duration_minutes=60 * DAY, deadline=date(2026, 2, 17))
    assert rows(project)["Map"].late
    assert rows(project)["Map"].state == "late"
    change(project, id, deadline=date(2026, 2, 18))
    assert rows(project)["Map"].state == "not started"
    change(project, id, percent_complete=100)
    assert rows(project)["Map"].state == "done"


def test_changing_several_tasks_is_all_or_nothing(project):
    ids = [factories.task(project, name) for name in ("Map", "Load")]
    milestone = factories.task(project, "Go", type="milestone")
    with pytest.raises(RuleBroken, match="milestone has no duration"):
        service.bulk_change(project, [*ids, milestone], {"duration_minutes": DAY * 3}, actor=SYSTEM, now=NOW)
    assert rows(project)["Map"].duration_minutes == DAY
    service.bulk_change(project, ids, {"percent_complete": 50}, actor=SYSTEM, now=NOW)
    assert {rows(project)[name].percent for name in ("Map", "Load")} == {50}


def test_bulk_needs_a_choice(project):
    with pytest.raises(RuleBroken, match="Tick at least one"):
        service.bulk_change(project, [], {"percent_complete": 50}, actor=SYSTEM, now=NOW)


def test_forms_that_touch_different_fields_both_win(project):
    id = factories.task(project, "Map")
    shown = {"name": "Map", "duration_minutes": DAY}
    change(project, id, base=shown, name="Map fields", duration_minutes=DAY)
    change(project, id, base=shown, name="Map", duration_minutes=3 * DAY)
    row = rows(project)["Map fields"]
    assert row.duration_minutes == 3 * DAY


def test_forms_that_touch_the_same_field_ask(project):
    id = factories.task(project, "Map")
    change(project, id, base={"name": "Map"}, name="Map fields")
    with pytest.raises(Clash) as caught:
        change(project, id, base={"name": "Map"}, name="Field map")
    conflict = caught.value.conflicts[0]
    assert (conflict.name, conflict.mine, conflict.theirs) == ("name", "Field map", "Map fields")
    assert "Map fields" in rows(project)


def test_another_projects_task_does_not_exist(project):
    other = factories.project("Asia")
    id = factories.task(other, "Map")
    with pytest.raises(NotFound):
        change(project, id, name="Mine")
    with pytest.raises(NotFound):
        outline.link(project, id, factories.task(project), actor=SYSTEM)
    with pytest.raises(NotFound):
        queries.task(project, id, TODAY)


def test_an_archived_project_takes_no_changes(project):
    id = factories.task(project)
    projects.archive(project, actor=SYSTEM, now=NOW)
    for act in (
        lambda: change(project, id, name="New"),
        lambda: outline.delete(project, [id], actor=SYSTEM),
        lambda: service.set_progress(project, id, 5, actor=SYSTEM, now=NOW),
    ):
        with pytest.raises(RuleBroken, match="archived"):
            act()


def test_stored_dates_are_the_computed_ones_after_any_change(project):
    phase = factories.task(project, "Migration")
    ids = [factories.task(project, name, parent_id=phase, duration_minutes=2 * DAY) for name in "ABCDE"]
    outline.set_predecessors(project, ids[3], "1.1;1.2SS+1d", actor=SYSTEM)
    service.set_progress(project, ids[0], 100, actor=SYSTEM, now=NOW)
    outline.reorder(project, ids[4], -3, actor=SYSTEM)
    outline.delete(project, [ids[2]], actor=SYSTEM)
    projects.change_start(project, date(2026, 1, 7), actor=SYSTEM)
    loaded = queries.load(project)
    computed = derive(loaded.plan, loaded.nodes, loaded.names)
    stored = queries.stored_dates(project)
    assert stored == computed
    assert service.reschedule_all(actor=SYSTEM) == {project: 0}


def test_only_what_changed_is_written(project):
    first = factories.task(project, "Map", duration_minutes=5 * DAY)
    side = factories.task(project, "Side")
    ids = {row.task_id: row.id for row in db.session.query(TaskDates)}
    change(project, side, duration_minutes=2 * DAY)
    assert {row.task_id: row.id for row in db.session.query(TaskDates)} == ids
    assert db.session.get_one(Task, first).dates.total_slack_minutes == 0


def test_moving_the_start_moves_every_task(project):
    first = factories.task(project, "Map")
    factories.task(project, "Load", after=first)
    projects.change_start(project, date(2026, 1, 12), actor=SYSTEM)
    assert [row.start for row in queries.rows(project, TODAY)] == [datetime(2026, 1, 12, 8), datetime(2026, 1, 13, 8)]


def test_plain_values_of_a_form_merge_with_typed_ones(project):
    id = factories.task(project, "Map", deadline=date(2026, 3, 1))
    change(project, id, base={"deadline": as_plain(date(2026, 3, 1))}, deadline=date(2026, 3, 2))
    assert rows(project)["Map"].deadline == date(2026, 3, 2)


WRITE_STATEMENTS = 13
"""Eleven for a report that moves nothing; what follows the plan asks for its days when something moved."""


def test_reporting_progress_takes_a_fixed_number_of_statements(project, asked):
    phase = factories.task(project, "Migration")
    ids = [factories.task(project, f"Step {number}", parent_id=phase) for number in range(30)]
    service.set_progress(project, ids[0], 20, actor=SYSTEM, now=NOW)
    with asked() as seen:
        service.set_progress(project, ids[0], 40, actor=SYSTEM, now=NOW)
    assert len(seen) <= WRITE_STATEMENTS, seen
    assert sum("FROM task_dates" in each for each in seen) == 1
    assert not any("checklist_item" in each or "foreseen" in each for each in seen)


def test_only_a_plan_that_moved_is_told_about(project, listening):
    id = factories.task(project, "Map", duration_minutes=2 * DAY)
    heard = listening(PlanRescheduled)
    service.set_progress(project, id, 20, actor=SYSTEM, now=NOW)
    assert heard == []
    change(project, id, duration_minutes=5 * DAY)
    assert heard == [PlanRescheduled(project)]


def test_a_new_frame_is_told_even_if_no_task_moves(project, listening):
    factories.task(project, "Map", constraint_type="MSO", constraint_date=datetime(2026, 3, 2, 8))
    heard = listening(PlanRescheduled)
    projects.change_start(project, date(2026, 1, 12), actor=SYSTEM)
    assert heard == [PlanRescheduled(project)]


def test_what_is_finished_is_told_once(project, listening):
    task, stone = factories.task(project, "Map"), factories.task(project, "Go", type="milestone")
    heard = listening(TaskFinished, MilestoneReached)
    for _again in range(2):
        service.set_progress(project, task, 100, actor=SYSTEM, now=NOW)
        service.complete_milestone(project, stone, actor=SYSTEM, now=NOW)
    assert heard == [TaskFinished(project, task), MilestoneReached(project, stone)]
    change(project, task, percent_complete=50)
    change(project, task, actual_finish=datetime(2026, 2, 17, 16))
    assert heard[2:] == [TaskFinished(project, task)]


def guard(project, stone):
    """A list with one required item that stands before a milestone; the item's number."""
    made, _work = checklists.add_list(project, {"name": "Data", "guards_id": stone}, actor=SYSTEM)
    section = db.session.scalars(select(Section.id).where(Section.checklist_id == made)).one()
    return checklists.add_item(project, section, {"name": "Counts agree", "required": True}, actor=SYSTEM)[0]


def test_a_milestone_waits_for_its_required_items(app, project, listening):
    stone = factories.task(project, "Go", type="milestone")
    item = guard(project, stone)
    with app.test_request_context():
        refused_until_ticked(project, stone, item, listening(MilestoneReached))


def refused_until_ticked(project, stone, item, heard):
    obstacles = service.obstacles(stone)
    assert len(obstacles) == 1
    for act in (
        lambda: service.complete_milestone(project, stone, actor=SYSTEM, now=NOW),
        lambda: change(project, stone, percent_complete=100),
        lambda: service.bulk_change(project, [stone], {"percent_complete": 100}, actor=SYSTEM, now=NOW),
    ):
        with pytest.raises(RuleBroken) as refused:
            act()
        assert obstacles[0].sentence in refused.value.params["reasons"]
    assert (heard, rows(project)["Go"].percent) == ([], 0)
    checklists.tick(project, item, actor=SYSTEM, now=NOW)
    assert service.obstacles(stone) == []
    service.complete_milestone(project, stone, actor=SYSTEM, now=NOW)
    assert heard == [MilestoneReached(project, stone)]


def test_how_a_task_is_scheduled_can_be_set_and_moves_it(project):
    first = factories.task(project, "Map", duration_minutes=960)
    second = factories.task(project, "Load", duration_minutes=480)
    outline.set_predecessors(project, second, "1", actor=SYSTEM)
    moved = rows(project)["Load"].start
    change(project, first, active=False)
    assert rows(project)["Load"].start < moved
    change(project, second, manual_start=datetime(2026, 3, 7), manual_finish=datetime(2026, 3, 9))
    stands = rows(project)["Load"]
    assert (stands.start.date(), stands.finish) == (date(2026, 3, 7), datetime(2026, 3, 9, 17))
    with pytest.raises(RuleBroken, match="no such calendar"):
        change(project, first, calendar_id=999)
    with pytest.raises(RuleBroken, match="starts before it finishes"):
        change(project, first, manual_finish=datetime(2026, 3, 9))
