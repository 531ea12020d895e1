"""Plans of MS Project: what a file says becomes the same plan here, and what can't is told."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from accounts.calendars import queries as calendars
from accounts.calendars.models import WorkCalendar
from accounts.people.models import Person
from infra.database import db
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from roadmap.exchange import service as exchange
from roadmap.projects.models import Project
from roadmap.staffing.models import ProjectRole
from roadmap.tasks.models import Assignment, Dependency, Task
from tests import factories

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<Project xmlns="http://schemas.microsoft.com/project">'
HOURS = """<WorkingTimes><WorkingTime><FromTime>08:00:00</FromTime><ToTime>12:00:00</ToTime></WorkingTime>
<WorkingTime><FromTime>13:00:00</FromTime><ToTime>17:00:00</ToTime></WorkingTime></WorkingTimes>"""
WEEK = "".join(
    f"<WeekDay><DayType>{day}</DayType><DayWorking>{int(1 < day < 7)}</DayWorking>{HOURS * (1 < day < 7)}</WeekDay>"
    for day in range(1, 8)
)
CALENDARS = f"""<Calendars>
<Calendar><UID>1</UID><Name>Standard</Name><IsBaseCalendar>1</IsBaseCalendar><BaseCalendarUID>-1</BaseCalendarUID>
<WeekDays>{WEEK}</WeekDays><Exceptions><Exception><TimePeriod><FromDate>2026-12-24T00:00:00</FromDate>
<ToDate>2028-12-24T23:59:59</ToDate></TimePeriod><Name>Christmas Eve</Name><Type>2</Type><Month>11</Month>
<MonthDay>24</MonthDay><DayWorking>0</DayWorking></Exception></Exceptions></Calendar>
<Calendar><UID>2</UID><Name>Mornings</Name><IsBaseCalendar>0</IsBaseCalendar><BaseCalendarUID>1</BaseCalendarUID>
<WeekDays><WeekDay><DayType>6</DayType><DayWorking>0</DayWorking></WeekDay></WeekDays></Calendar>
<Calendar><UID>3</UID><Name>Vendor</Name><IsBaseCalendar>0</IsBaseCalendar><BaseCalendarUID>1</BaseCalendarUID></Calendar>
</Calendars>"""


def file(tasks="", *, head="", calendars=CALENDARS, resources="", assignments=""):
    """A small plan as MS Project would save it."""
    return (
        f"{HEAD}<Title>Small</Title><StartDate>2026-01-05T09:30:00</StartDate><CalendarUID>1</CalendarUID>{head}"
        f"{calendars}<Tasks>{tasks}</Tasks><Resources>{resources}</Resources>"
        f"<Assignments>{assignments}</Assignments></Project>"
    ).encode()


def row(uid, more="", *, level=1, duration="PT8H0M0S", name=None):
    """A row of it."""
    return (
        f"<Task><UID>{uid}</UID><ID>{uid}</ID><Name>{name or f'Task {uid}'}</Name><OutlineLevel>{level}</OutlineLevel>"
        f"<Duration>{duration}</Duration><DurationFormat>7</DurationFormat>{more}</Task>"
    )


def link(uid, kind=1, lag=0, form=7):
    """A link to a row before."""
    return (
        f"<PredecessorLink><PredecessorUID>{uid}</PredecessorUID><Type>{kind}</Type><LinkLag>{lag}</LinkLag>"
        f"<LagFormat>{form}</LagFormat></PredecessorLink>"
    )


def read(*tasks, **parts):
    return exchange.read_plan(file("".join(tasks), **parts))


def told(plan):
    return " ".join(f"{issue.where}: {issue.what}" for issue in plan.warnings)


def stored(app, *tasks, **parts):
    plan = read(*tasks, **parts)
    number = exchange.import_plan(plan, actor=SYSTEM, now=NOW, name="Small")
    return number, {each.uid: each for each in db.session.scalars(select(Task).where(Task.project_id == number))}


def test_tasks_keep_what_planners_said_of_them(app):
    number, tasks = stored(
        app,
        row(1, "<Summary>1</Summary>", name="Phase"),
        row(
            7,
            "<Type>2</Type><EffortDriven>1</EffortDriven><Priority>700</Priority><ConstraintType>4</ConstraintType>"
            "<ConstraintDate>2026-01-07T00:00:00</ConstraintDate><Deadline>2026-02-02T15:30:00</Deadline>"
            "<LevelingDelay>4800</LevelingDelay><Notes>Two\nlines</Notes><Contact>Ana</Contact>",
            level=2,
        ),
        row(9, "<Active>0</Active><IgnoreResourceCalendar>1</IgnoreResourceCalendar>", level=2),
        row(12, "<Milestone>1</Milestone>", level=1, duration="PT0H0M0S"),
    )
    wanted = {
        "type": "task",
        "parent_id": tasks["1"].id,
        "fixed": "work",
        "effort_driven": True,
        "priority": 700,
        "constraint_type": "SNET",
        "constraint_date": datetime(2026, 1, 7),
        "deadline": date(2026, 2, 2),
        "deadline_minute": 930,
        "delay_minutes": 480,
        "description": "Two\nlines",
        "kept": {"DurationFormat": "7", "Contact": "Ana"},
    }
    assert {name: getattr(tasks["7"], name) for name in wanted} == wanted
    assert (tasks["9"].active, tasks["9"].ignores_people) == (False, True)
    assert (tasks["1"].type, tasks["12"].type) == ("summary", "milestone")
    assert db.session.get_one(Project, number).start_minute == 9 * 60 + 30


def test_progress_manual_dates_and_elapsed_durations(app):
    _number, tasks = stored(
        app,
        row(
            1,
            "<PercentComplete>25</PercentComplete><ActualStart>2026-01-05T09:30:00</ActualStart>"
            "<ActualDuration>PT2H0M30S</ActualDuration><Stop>2026-01-05T11:30:00</Stop>"
            "<Resume>2026-01-08T08:00:00</Resume>",
        ),
        row(2, "<Manual>1</Manual><ManualStart>2026-03-02T08:00:00</ManualStart>"),
        row(3, duration="PT24H0M0S").replace("<DurationFormat>7", "<DurationFormat>40"),
    )
    assert (tasks["1"].percent_complete, tasks["1"].done_minutes) == (25, 120)
    assert (tasks["1"].stop, tasks["1"].resume) == (datetime(2026, 1, 5, 11, 30), datetime(2026, 1, 8, 8))
    assert tasks["2"].manual_start == datetime(2026, 3, 2, 8)
    assert (tasks["3"].elapsed, tasks["3"].duration_minutes) == (True, 1440)


@pytest.mark.parametrize(
    ("kind", "lag", "form", "expected"),
    [
        (1, 0, 7, ("FS", 0, "working", None)),
        (3, -4800, 7, ("SS", -480, "working", None)),
        (0, 14400, 8, ("FF", 1440, "elapsed", None)),
        (2, 50, 19, ("SF", 0, "percent", 50)),
        (1, -25, 52, ("FS", 0, "elapsed percent", -25)),
        (9, 600, 5, ("FS", 60, "working", None)),
    ],
)
def test_links_of_every_type_and_lag(app, kind, lag, form, expected):
    number, _tasks = stored(app, row(1), row(2, link(1, kind, lag, form)))
    tie = db.session.scalars(select(Dependency).where(Dependency.project_id == number)).one()
    assert (tie.type, tie.lag_minutes, tie.lag_unit, tie.lag_percent) == expected


def test_calendars_resources_and_who_works(app):
    number, tasks = stored(
        app,
        row(1, "<CalendarUID>2</CalendarUID>"),
        row(2),
        resources="<Resource><UID>0</UID></Resource>"
        "<Resource><UID>5</UID><Name>Ana</Name><MaxUnits>0.50</MaxUnits><CalendarUID>2</CalendarUID></Resource>"
        "<Resource><UID>6</UID><Name>Cable</Name><Type>0</Type><CalendarUID>3</CalendarUID></Resource>",
        assignments="<Assignment><UID>8</UID><TaskUID>1</TaskUID><ResourceUID>5</ResourceUID><Units>0.25</Units>"
        "<Work>PT2H0M0S</Work><Delay>600</Delay></Assignment>"
        "<Assignment><UID>9</UID><TaskUID>2</TaskUID><ResourceUID>-65535</ResourceUID></Assignment>",
    )
    roles = {
        role.name: role for role in db.session.scalars(select(ProjectRole).where(ProjectRole.project_id == number))
    }
    mornings = db.session.scalars(select(WorkCalendar).where(WorkCalendar.name == "Mornings")).one()
    assert (roles["Ana"].max_units, roles["Ana"].calendar_id, roles["Ana"].kind) == (50, mornings.id, "work")
    assert (roles["Cable"].calendar_id, roles["Cable"].kind) == (None, "material")
    assert tasks["1"].calendar_id == mornings.id
    assert mornings.week[4] == []
    assert [each.day for each in mornings.exceptions] == [date(2026, 12, 24)]  # later ones fall on days off
    work = db.session.scalars(select(Assignment).where(Assignment.project_id == number)).one()
    assert (work.role_id, work.units, work.work_minutes, work.delay_minutes) == (roles["Ana"].id, 25, 120, 60)


def test_further_calendars_stay_with_their_plan(app):
    number, _tasks = stored(app, row(1, "<CalendarUID>2</CalendarUID>"))
    own = db.session.get_one(Project, number).calendar_id
    assert [each.name for each in calendars.calendars() if each.project_id == number] == ["Standard"]
    assert [each.name for each in calendars.further(number, own)] == ["Mornings"]


def test_a_circle_is_named_and_opened(app):
    plan = read(row(1, link(3)), row(2, link(1)), row(3, link(2)))
    assert len(plan.ties) == 2
    assert "“Task 1”" in told(plan)
    assert "wait for each other" in told(plan)


def test_xml_of_another_kind_is_told(app):
    with pytest.raises(RuleBroken, match="holds “html”"):
        exchange.read_plan(b"<html><body/></html>")


def test_a_pool_fills_roles_with_people_known_here(app):
    ana, ben = (factories.person(name) for name in ("Ana Silva", "Ben Ode"))
    factories.person("Twin"), factories.person("Twin")
    ben_address = db.session.get_one(Person, ben.id).email.upper()
    resources = "".join(
        f"<Resource><UID>{number}</UID><Name>{name}</Name><EmailAddress>{email}</EmailAddress></Resource>"
        for number, (name, email) in enumerate((("ana silva", ""), ("Benjamin", ben_address), ("Twin", "")), 1)
    )
    plan = read(row(1), resources=resources)
    for pool, wanted in ((True, [ana.id, ben.id, None]), (False, [None, None, None])):
        number = exchange.import_plan(plan, actor=SYSTEM, now=NOW, name="Small", pool=pool)
        query = select(ProjectRole.person_id).where(ProjectRole.project_id == number).order_by(ProjectRole.id)
        assert list(db.session.scalars(query)) == wanted
