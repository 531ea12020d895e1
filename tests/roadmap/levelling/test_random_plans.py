"""Whatever the plan: no overload is left but those that are told with what holds them, and the load page agrees."""

from datetime import date, datetime
from random import Random

import pytest

from accounts.absences import service as absences
from accounts.absences.rules import Share, Span
from accounts.calendars import service as calendars
from accounts.calendars.service import CalendarData
from infra.database import db
from kernel.actor import SYSTEM
from roadmap.assignments import service as assignments
from roadmap.assignments.rules import Fixed
from roadmap.levelling import charts, queries, service
from roadmap.levelling.rules.serial import level
from roadmap.projects.models import Project
from roadmap.resources import queries as resources
from roadmap.resources.rules.load import FULL, Kind
from roadmap.staffing import service as staffing
from roadmap.tasks import service as tasks
from tests import factories
from tests.fixtures.app import NOW

MONDAY, LAST = date(2026, 3, 2), date(2026, 6, 30)
DAY = 480
SATURDAYS = [[], [], [[480, 720]], [[480, 720]], [[480, 720]], [[480, 960]], []]


def planned(seed: int) -> int:
    """A plan with a crew of its own calendar, part-time, days off, begun and pinned work, and work elsewhere."""
    random = Random(seed)
    project, other = factories.project(start=MONDAY), factories.project("Elsewhere", start=MONDAY)
    db.session.get(Project, other).state = "active"
    people = [factories.person(name) for name in ("Ann", "Bob")]
    absences.add_absence(people[0].id, Span(date(2026, 3, 4), date(2026, 3, 6)), "holiday", actor=SYSTEM)
    absences.set_share(people[1].id, Share(MONDAY, 60), actor=SYSTEM)
    own = calendars.add_calendar(CalendarData("Crew", SATURDAYS), project_id=project, actor=SYSTEM)
    crew = staffing.add_role(project, {"name": "Crew", "calendar_id": own, "max_units": 150.0}, actor=SYSTEM)[0]
    made: list[int] = []
    for number in range(10):
        dated = random.random() < 0.2
        values = {
            "duration_minutes": DAY * random.choice([1, 1, 2, 3]),
            "owner_id": None if random.random() < 0.4 else random.choice(people).id,
            "priority": random.choice([500, 500, 800, 1000]),
            "constraint_type": random.choice(["MSO", "SNLT", "SNET"]) if dated else "ASAP",
            "constraint_date": datetime(2026, 3, random.choice([4, 5, 9]), 8) if dated else None,
        }
        after = random.choice(made) if made and random.random() < 0.4 else None
        made.append(factories.task(project, f"T{number}", after=after, **values))
        if values["owner_id"] is None:
            units = random.choice([50.0, 100.0, 150.0])
            assignments.assign(project, made[-1], ("role", crew), units, actor=SYSTEM)
            fixed = random.choice([Fixed.UNITS, Fixed.DURATION])
            assignments.set_kind(project, made[-1], fixed, driven=False, actor=SYSTEM)
    if random.random() < 0.7:
        tasks.set_progress(project, made[0], 30, actor=SYSTEM, now=NOW)
    factories.task(other, "Theirs", owner_id=people[0].id, duration_minutes=3 * DAY)
    return project


def seen(project: int) -> list[resources.Overload]:
    """What the page of the load shows, among whose causes the project is."""
    db.session.rollback()
    found = resources.overloads(project, MONDAY, LAST, SYSTEM, today=MONDAY)
    return [each for each in found if any(named.cause.project_id == project for named in each.causes)]


@pytest.mark.parametrize("seed", range(6))
def test_no_overload_is_left_that_is_not_told_with_its_pins(app, seed):
    project = planned(seed)
    found = queries.situation([project], SYSTEM, MONDAY)
    assert found.overloads == seen(project)
    result = queries.outcome(found, level(found.problem))
    service.apply([project], result.delays, result.cleared, actor=SYSTEM)
    assert seen(project) == result.overloads
    told = charts.clashes(result)
    assert [each.overload for each in told] == result.overloads
    for each in result.overloads:
        jobs = [found.problem.jobs[found.place[named.cause.number]] for named in each.causes if is_ours(named, project)]
        alone = any(named.percent > FULL for named in each.causes)
        assert alone or all(not job.free or job.latest < 1 << 59 or job.ceiling < 1 << 59 for job in jobs), told


def is_ours(named, project: int) -> bool:
    return named.cause.kind is Kind.TASK and named.cause.project_id == project
