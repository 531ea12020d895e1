"""Load as it is read: whose time, from which projects, named as far as the reader may know."""

from datetime import date

import pytest

from accounts.absences import service as absences
from accounts.absences.rules import Share, Span
from accounts.calendars import service as calendars
from accounts.calendars.service import CalendarData
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from roadmap.assignments import service as assignments
from roadmap.assignments.rules import Fixed
from roadmap.projects import service as projects
from roadmap.resources import queries
from roadmap.resources.rules.load import OTHER
from roadmap.staffing import service as staffing
from roadmap.staffing.models import Allocation
from roadmap.tasks import service as tasks
from tests import factories
from tests.fixtures.app import NOW

MONDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 6)


@pytest.fixture
def project(app):
    return factories.project(start=MONDAY)


@pytest.fixture
def ann(app):
    return factories.person("Ann")


def role(project, name="Analyst", **values):
    return staffing.add_role(project, {"name": name, **values}, actor=SYSTEM)[0]


def allocate(project, role_id, person, percent, first=MONDAY, last=FRIDAY):
    with transaction(SYSTEM, "allocation.added") as work:
        row = Allocation(
            project_id=project,
            role_id=role_id,
            person_id=person and person.id,
            first=first,
            last=last,
            percent=percent,
            note="",
        )
        work.session.add(row)
        work.session.flush()
        return row.id


def loads(*project_ids, reader=SYSTEM, first=MONDAY, last=FRIDAY):
    db.session.rollback()
    return {row.name: row for row in queries.loads(project_ids, first, last, reader)}


def week(row):
    return [round(day.percent) for day in row.days]


def test_tasks_of_an_owner_or_of_whoever_fills_the_role_ask_for_their_time(project, ann):
    analyst = role(project, person_id=ann.id, share=50)
    factories.task(project, owner_id=ann.id, duration_minutes=2 * 480, work_minutes=480)
    factories.task(project, role_id=analyst, duration_minutes=480)
    factories.task(project, owner_id=ann.id, type="milestone")
    assert week(loads(project)["Ann"]) == [100, 50, 0, 0, 0]


def test_what_is_done_asks_for_nothing(project, ann):
    task = factories.task(project, owner_id=ann.id, duration_minutes=480)
    tasks.set_progress(project, task, 75, actor=SYSTEM, now=NOW)
    assert max(week(loads(project)["Ann"])) <= 25


def test_a_role_that_nobody_fills_has_a_row_of_its_own(project, ann):
    allocate(project, role(project, "Trainer"), None, 40)
    factories.task(project, role_id=role(project, "Tester"), duration_minutes=480)
    found = queries.loads([project], MONDAY, FRIDAY, SYSTEM)
    assert [(row.name, row.person_id, week(row)[0]) for row in found] == [("Trainer", None, 40), ("Tester", None, 100)]


def test_several_people_fill_one_role(project, ann):
    bob, analyst = factories.person("Bob", email=None, company="Vendor"), role(project)
    allocate(project, analyst, ann, 50)
    allocate(project, analyst, bob, 30)
    found = loads(project)
    assert (week(found["Ann"])[0], week(found["Bob"])[0]) == (50, 30)
    assert (found["Bob"].outside, found["Bob"].company, found["Ann"].outside) == (True, "Vendor", False)


def test_work_elsewhere_counts_and_is_named_only_to_who_may_see_it(project, ann):
    secret = factories.project("Secret merger", start=MONDAY)
    allocate(project, role(project), ann, 80)
    allocate(secret, role(secret, "Spy"), ann, 57)
    member = factories.person(projects={project: "member"})
    (hidden,) = queries.overloads(project, MONDAY, FRIDAY, member)
    (shown,) = queries.overloads(project, MONDAY, FRIDAY, SYSTEM)
    assert (hidden.percent, hidden.first, hidden.last) == (137, MONDAY, FRIDAY)
    assert [(each.cause.label, each.percent) for each in shown.causes] == [("Analyst", 80), ("Spy", 57)]
    assert [each.cause for each in hidden.causes][1] == OTHER
    assert "Secret" not in repr(hidden)
    assert "Spy" not in repr(loads(project, reader=member))


def test_who_may_see_a_plan_but_not_its_resources_reads_other_work(project, ann):
    other = factories.project("Other", start=MONDAY)
    allocate(project, role(project), ann, 80)
    allocate(other, role(other, "Spy"), ann, 57)
    reader = factories.person(projects={project: "member", other: "stakeholder"})
    assert queries.overloads(project, MONDAY, FRIDAY, reader)[0].causes[1].cause == OTHER


def test_archived_projects_ask_for_nothing_elsewhere(project, ann):
    old = factories.project("Old", start=MONDAY)
    allocate(project, role(project), ann, 80)
    allocate(old, role(old), ann, 57)
    projects.archive(old, actor=SYSTEM, now=NOW)
    assert week(loads(project)["Ann"])[0] == 80
    assert week(loads(old)["Ann"])[0] == 137, "its own page still shows it"


def test_days_off_and_part_time_change_what_is_there(project, ann):
    allocate(project, role(project), ann, 50)
    absences.add_absence(ann.id, Span(MONDAY, MONDAY), "sickness", actor=SYSTEM)
    absences.set_share(ann.id, Share(FRIDAY, 50), actor=SYSTEM)
    (found,) = queries.loads([project], MONDAY, FRIDAY, SYSTEM)
    assert week(found) == [0, 50, 50, 50, 100]
    assert [day.capacity for day in found.days] == [0, 480, 480, 480, 240]
    assert "sickness" not in repr(found)


def test_the_number_of_statements_does_not_grow(project, ann, asked):
    def count():
        db.session.rollback()
        db.session.expunge_all()
        with asked() as seen:
            queries.loads([project], MONDAY, FRIDAY, SYSTEM)
        return len(seen)

    allocate(project, role(project), ann, 50)
    factories.task(project, owner_id=ann.id)
    few = count()
    for number in range(5):
        other, someone = factories.project(f"Other {number}"), factories.person()
        allocate(project, role(project), someone, 50)
        allocate(other, role(other), someone, 50)
        factories.task(other, owner_id=someone.id)
    assert count() == few <= 8


def test_nothing_asked_is_nobody(app):
    assert queries.loads([], MONDAY, FRIDAY, SYSTEM) == []


def test_load_is_read_alike_on_both_databases(either_app):
    ann, bob = factories.person("Ann"), factories.person("Bob")
    project, other = factories.project(start=MONDAY), factories.project("Other", start=MONDAY)
    analyst = role(project, person_id=ann.id)
    allocate(project, role(project, "Trainer"), None, 40)
    allocate(other, role(other), ann, 50)
    factories.task(project, role_id=analyst, duration_minutes=960)
    factories.task(project, owner_id=bob.id, duration_minutes=480)
    absences.add_absence(bob.id, Span(MONDAY, MONDAY), "holiday", actor=SYSTEM)
    absences.set_share(bob.id, Share(MONDAY, 50), actor=SYSTEM)
    found = [(row.name, week(row)) for row in queries.loads([project], MONDAY, FRIDAY, SYSTEM)]
    assert found == [
        ("Ann", [150, 150, 50, 50, 50]),
        ("Bob", [0, 100, 100, 0, 0]),
        ("Trainer", [40, 40, 40, 40, 40]),
    ]


def test_a_role_works_in_its_own_calendar(project, ann):
    """As the scheduler has it: a crew of two works on Saturdays and not before Thursday; so does who fills the role."""
    week_end = [[], [], [], [[480, 720]], [[480, 720]], [[480, 720]], []]
    own = calendars.add_calendar(CalendarData("Weekend", week_end), project_id=project, actor=SYSTEM)
    crew = role(project, "Crew", calendar_id=own, max_units=200)
    led = role(project, "Lead", calendar_id=own, person_id=ann.id)
    for who in (crew, led):
        task = factories.task(project, duration_minutes=3 * 240)
        assignments.assign(project, task, ("role", who), 100, actor=SYSTEM)
        assignments.set_kind(project, task, Fixed.UNITS, driven=False, actor=SYSTEM)
    factories.task(project, owner_id=ann.id, duration_minutes=480)
    found = loads(project, last=date(2026, 3, 8))
    assert [round(day.minutes) for day in found["Crew"].days] == [0, 0, 0, 240, 240, 240, 0]
    assert [day.capacity for day in found["Crew"].days] == [0, 0, 0, 480, 480, 480, 0]
    assert week(found["Ann"]) == [100, 0, 0, 50, 50, 100, 0]
    assert not [each for row in found.values() for each in row.overloads]
    allocate(project, crew, None, 100, last=date(2026, 3, 8))
    assert week(loads(project, last=date(2026, 3, 8))["Crew"]) == [0, 0, 0, 50, 50, 50, 0]
