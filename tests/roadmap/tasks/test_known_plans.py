"""A plan that is kept between requests is the one that is stored, and follows the calendars that its tasks go by."""

from datetime import date

import pytest

from accounts.absences import service as absences
from accounts.absences.rules import Span
from accounts.calendars import service as calendars
from accounts.calendars.service import CalendarData
from kernel.actor import SYSTEM
from roadmap.assignments import service as assignments
from roadmap.projects.service import OFFICE_WEEK
from roadmap.revisions import queries as plans
from roadmap.tasks import queries, service
from roadmap.tasks.rules.dates import derive
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
DAY = 480


@pytest.fixture
def project(app):
    return factories.project()


def change(project, id, **values):
    return service.change(project, id, values, actor=SYSTEM, now=NOW)


def test_a_plan_that_is_known_gets_the_dates_that_a_new_one_would(project):
    first = factories.task(project, "Map", duration_minutes=2 * DAY)
    second = factories.task(project, "Load", after=first)
    for values in ({"duration_minutes": 3 * DAY}, {"owner_id": factories.person().id}, {"constraint_type": "ALAP"}):
        change(project, second, **values)
        known, read = plans.kept(project, plans.stamp_of(project).mark), queries.load(project)
        assert (known.plan.activities, known.nodes, known.names) == (read.plan.activities, read.nodes, read.names)
        assert known.figures == queries.stored_dates(project) == derive(read.plan, read.nodes, read.names)


def test_dates_follow_the_calendar_of_a_task_and_the_days_off_of_whoever_is_assigned(project):
    first, second = factories.task(project, "Map"), factories.task(project, "Load")
    own = calendars.add_calendar(CalendarData("Works council", OFFICE_WEEK), actor=SYSTEM)
    who = factories.person(projects={project: "member"})
    change(project, first, calendar_id=own)
    assignments.assign(project, second, ("person", who.id), 100, actor=SYSTEM)
    calendars.add_exception(own, date(2026, 1, 5), "Strike", [], actor=SYSTEM)
    absences.add_absence(who.id, Span(date(2026, 1, 5), date(2026, 1, 6)), "holiday", actor=SYSTEM)
    assert [row.start.day for row in queries.rows(project, TODAY)] == [6, 7]
