"""A copied project has the plan of the first: calendars, people and what planners said, without what was done."""

from datetime import UTC, date, datetime

from accounts.calendars import service as calendars
from infra.bulk import columns_of
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from roadmap.copies import service as copies
from roadmap.exchange import queries
from roadmap.exchange import service as exchange
from roadmap.projects import service as projects
from roadmap.projects.models import Project
from roadmap.tasks.models import Task
from tests import factories
from tests.roadmap.exchange.test_mspdi_export import RICH

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
SAID = ("name", "type", "wbs", "constraint_type", "priority", "delay_minutes", "deadline_minute", "elapsed", "kept")


def test_a_copy_has_all_that_planners_said(app):
    first = exchange.import_plan(exchange.read_plan(RICH), actor=SYSTEM, now=NOW)
    second = projects.copy(first, "Again", date(2026, 1, 5), actor=SYSTEM, now=NOW)
    old, new = queries.outgoing(first), queries.outgoing(second)
    assert [{name: task[name] for name in SAID if name != "delay_minutes"} for task in new.tasks] == [
        {name: task[name] for name in SAID if name != "delay_minutes"} for task in old.tasks
    ]
    assert [each.name for each in new.calendars] == ["Again", "Mornings"]
    assert {each.id for each in new.calendars}.isdisjoint({each.id for each in old.calendars})
    assert [(each.units, each.work_minutes, each.done_minutes) for each in new.assignments] == [(50, 240, 0)]
    assert [(tie.type, tie.lag_unit) for tie in new.ties] == [(tie.type, tie.lag_unit) for tie in old.ties]
    assert all(task["percent_complete"] == 0 for task in new.tasks)


def test_dates_given_by_hand_move_with_the_start(app):
    first = exchange.import_plan(exchange.read_plan(RICH), actor=SYSTEM, now=NOW)
    second = projects.copy(first, "Later", date(2026, 1, 12), actor=SYSTEM, now=NOW)
    assert queries.outgoing(second).tasks[1]["constraint_date"] == datetime(2026, 1, 14, 10)


WHAT_WAS_DONE = {"percent_complete", "actual_start", "actual_finish", "done_minutes", "stop", "resume", "delay_minutes"}
FOUND_AGAIN = {"id", "project_id", "parent_id", "phase_id", "position", "type", "name", "calendar_id", "role_id", "key"}


def test_every_column_of_a_task_is_copied_or_left_behind_on_purpose():
    told = {*copies.KEPT, *copies.MOVED, *WHAT_WAS_DONE, *FOUND_AGAIN, "uid"}
    assert told == {"id", *columns_of(Task)}


def test_how_an_estimate_spreads_and_what_counts_its_list_are_copied(app):
    first = factories.project()
    task = factories.task(first, "Interview", estimate_shape="triangular", counted=True)
    second = projects.copy(first, "Again", date(2026, 1, 5), actor=SYSTEM, now=NOW)
    twin = db.session.query(Task).filter_by(project_id=second, name="Interview").one()
    assert (twin.estimate_shape, twin.counted) == ("triangular", True)
    assert twin.id != task


def test_days_off_of_the_house_are_copied(app):
    first = factories.project()
    own = db.session.get_one(Project, first).calendar_id
    calendars.add_exception(own, date(2026, 1, 7), "Moving house", [], actor=SYSTEM)
    second = projects.copy(first, "Again", date(2026, 1, 5), actor=SYSTEM, now=NOW)
    copied = db.session.get_one(Project, second).calendar
    assert copied.id != own
    assert [(each.day, each.name) for each in copied.exceptions] == [(date(2026, 1, 7), "Moving house")]


def test_the_day_by_which_a_plan_has_to_end_moves_with_the_start(app):
    first = factories.project()
    with transaction(SYSTEM, "project.changed") as work:
        source = work.session.get_one(Project, first)
        source.finish_by, start = datetime(2026, 4, 1, 17), source.start
    second = projects.copy(first, "Later", date.fromordinal(start.toordinal() + 7), actor=SYSTEM, now=NOW)
    assert db.session.get_one(Project, second).finish_by == datetime(2026, 4, 8, 17)
